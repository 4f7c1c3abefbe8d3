/**
 * Page tables: one entry per virtual page number (vpn) below 2^20, in leaves of 256 entries as on ARM.
 *
 * Difference: two levels with a flat top; leaves are freed at exit only, as free_pgtables does for what stays mapped.
 */
import { int32 } from '../arena.ts';
import { NONE } from '../memory/frames.ts';
import { Pool } from './pool.ts';

/** Bits of an entry; the frame is `entry >> PTE_SHIFT`. An entry of 0 is none. */
export const PTE = {
  present: 1,
  write: 2,
  dirty: 4,
  young: 8,
  /** Migration entry (not present): names the old frame; `write` remembers writability. */
  migration: 16,
  /** Present, maps the zero page: no frame, no reference, no mapcount. */
  zero: 32,
  /**
   * No bit of the hardware: ksmd has ranked an rmap_item in the unstable tree by what the page holds that this pte
   * maps. Whoever changes either says so (`PageTables.change`, `unrank`).
   */
  ranked: 64,
} as const;
/** Bits of an entry below the frame. */
export const PTE_SHIFT = 7;

/** Virtual pages of an address space. */
export const VPN_LIMIT = 1 << 20;
export const LEAF_PAGES = 256;
const LEAF_SHIFT = 8;

export class PageTables {
  /** All leaves, entry by entry: what `slot` indexes. */
  readonly entries: Int32Array;
  /** Address spaces there can be, and virtual pages of each. */
  readonly mms: number;
  readonly vpnLimit: number;
  /** Told of each ranked pte that is not any more. */
  unranked: ((slot: number) => void) | null = null;
  readonly #top: Int32Array;
  /** Entries of one top level. */
  readonly #topEntries: number;
  readonly #leaves: Pool;

  /** `vpnLimit`: addresses from there on are never used; a multiple of LEAF_PAGES. */
  constructor(maxMm: number, maxLeaves: number, vpnLimit = VPN_LIMIT) {
    this.mms = maxMm;
    this.vpnLimit = vpnLimit;
    this.#topEntries = vpnLimit >> LEAF_SHIFT;
    this.#top = int32(maxMm * this.#topEntries).fill(NONE);
    this.entries = int32(maxLeaves * LEAF_PAGES);
    this.#leaves = new Pool('page-table leaves', maxLeaves);
  }

  /** Index into `entries`, or NONE where no leaf exists (then no page of these 256 is mapped). */
  slot(mm: number, vpn: number): number {
    const leaf = this.#top[mm * this.#topEntries + (vpn >> LEAF_SHIFT)];
    return leaf < 0 ? NONE : (leaf << LEAF_SHIFT) + (vpn & (LEAF_PAGES - 1));
  }

  /** As `slot`, making the leaf when there is none (pte_alloc). */
  slotForWrite(mm: number, vpn: number): number {
    const at = mm * this.#topEntries + (vpn >> LEAF_SHIFT);
    let leaf = this.#top[at];
    if (leaf < 0) {
      leaf = this.#leaves.alloc();
      this.#top[at] = leaf;
    }
    return (leaf << LEAF_SHIFT) + (vpn & (LEAF_PAGES - 1));
  }

  get(mm: number, vpn: number): number {
    const slot = this.slot(mm, vpn);
    return slot < 0 ? 0 : this.entries[slot];
  }

  /** Whether a present pte at vpn maps this very frame. */
  mapsPage(mm: number, vpn: number, pfn: number): boolean {
    const entry = this.get(mm, vpn);
    return (entry & (PTE.present | PTE.zero)) === PTE.present && entry >> PTE_SHIFT === pfn;
  }

  set(mm: number, vpn: number, entry: number): void {
    this.change(this.slotForWrite(mm, vpn), entry);
  }

  /** The pte of the slot maps another page from now on, or none. */
  change(slot: number, entry: number): void {
    if ((this.entries[slot] & PTE.ranked) !== 0) this.unranked?.(slot);
    this.entries[slot] = entry;
  }

  /** What the page of a ranked pte holds changes, or the pte is none any more that ksmd may look at. */
  unrank(slot: number): void {
    this.entries[slot] &= ~PTE.ranked;
    this.unranked?.(slot);
  }

  /** The same for all ranked ptes in [start, end). */
  unrankRange(mm: number, start: number, end: number): void {
    for (let vpn = start; vpn < end;) {
      const stop = Math.min(end, (vpn | (LEAF_PAGES - 1)) + 1);
      let slot = this.slot(mm, vpn);
      for (; slot >= 0 && vpn < stop; vpn++, slot++) if ((this.entries[slot] & PTE.ranked) !== 0) this.unrank(slot);
      vpn = stop;
    }
  }

  /** Frees all leaves of an address space; every entry must be 0 by now. */
  release(mm: number): void {
    const end = (mm + 1) * this.#topEntries;
    for (let at = mm * this.#topEntries; at < end; at++) {
      if (this.#top[at] < 0) continue;
      this.#leaves.free(this.#top[at]);
      this.#top[at] = NONE;
    }
  }
}
