/**
 * Watermarks of the zone (mm/page_alloc.c: __setup_per_zone_wmarks, __zone_watermark_ok), with Android's
 * extra_free_kbytes.
 *
 * Differences: single pages only; one zone, so no lowmem_reserve; no ALLOC_HIGH and ALLOC_HARDER discounts.
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

  /** More than `mark` pages are free. Without `allocCma` (not a MOVABLE request) CMA pages do not count. */
  zoneWatermarkOk(mark: number, allocCma: boolean): boolean {
    const buddy = this.#buddy;
    return buddy.freePages() - (allocCma ? 0 : buddy.freeCmaPages()) > mark;
  }
}
