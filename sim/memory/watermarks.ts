/**
 * Watermarks of the zone (mm/page_alloc.c: __setup_per_zone_wmarks, __zone_watermark_ok), with Android's extra_free_kbytes.
 *
 * Differences: one zone, so no lowmem_reserve; no ALLOC_HIGH and ALLOC_HARDER discounts.
 */
import type { Buddy } from './buddy.ts';

export class Watermarks {
  /** Pages. Allocation fails below `min`, kswapd wakes below `low` and sleeps above `high`. */
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly #buddy: Buddy;

  /** `minFreePages`, `extraFreePages`: min_free_kbytes and extra_free_kbytes, in pages. */
  constructor(buddy: Buddy, minFreePages: number, extraFreePages: number) {
    this.#buddy = buddy;
    this.min = minFreePages;
    this.low = minFreePages + extraFreePages + (minFreePages >> 2);
    this.high = minFreePages + extraFreePages + (minFreePages >> 1);
  }

  /** 2^order pages may be taken and leave `mark` pages. Without `allocCma` (not a MOVABLE request) free CMA pages do not count. */
  zoneWatermarkOk(order: number, mark: number, allocCma: boolean): boolean {
    const buddy = this.#buddy;
    let free = buddy.freePages() - ((1 << order) - 1);
    let min = mark;
    if (free - (allocCma ? 0 : buddy.freeCmaPages()) <= min) return false;
    for (let lower = 0; lower < order; lower++) {
      free -= buddy.freeBlocks(lower) << lower;
      min >>= 1;
      if (free <= min) return false;
    }
    return true;
  }
}
