/**
 * Sizes of the per-cpu lists (mm/page_alloc.c: zone_batchsize; since 5.13 zone_highsize).
 *
 * Difference: computed once; later kernels do it again when the watermarks change.
 */

/** `managed`: pages the zone gives out; `minFree`: its min watermark; `scales`: as since 5.13. Pages each. */
export function pcpSizes(
  managed: number,
  minFree: number,
  cpus: number,
  scales: boolean,
): { batch: number; high: number } {
  const batch = zoneBatchsize(managed, scales ? 256 : 128);
  if (!scales) return { batch, high: 6 * batch };
  const low = minFree + (minFree >> 2);
  return { batch, high: Math.max(Math.floor(low / cpus), 4 * batch) };
}

/** About a quarter of a thousandth of the zone, 2^n - 1; `most` before quartering: 512 KB, 1 MB in later kernels. */
function zoneBatchsize(managed: number, most: number): number {
  const batch = Math.max(1, Math.floor(Math.min(most, Math.floor(managed / 1024)) / 4));
  let power = 1;
  while (power * 2 <= batch + (batch >> 1)) power *= 2;
  return Math.max(1, power - 1);
}
