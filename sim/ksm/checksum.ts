/** calc_checksum (mm/ksm.c): jhash2 of a page's bytes, modelled on its content number. */

/** Stands for jhash2: any bijection that maps no content in use to 0, the checksum of a new rmap_item. */
const CHECKSUM_KEY = 0x5bd1e995;

/** `mask`: bits that the modelled checksum has. */
export function checksumOf(content: number, mask: number): number {
  return (content ^ CHECKSUM_KEY) & mask;
}
