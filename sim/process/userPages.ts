/**
 * What the process room asks of physical memory. The device answers with its allocator, a scripted test with
 * chosen frames.
 */
export interface UserPages {
  /**
   * A page for user memory, count 1, or NONE. `zeroed`: a zero-filled anonymous page, which vendor kernels allow to
   * come from a CMA area first (__GFP_CMA).
   */
  alloc(cpu: number, zeroed: boolean): number;
  /**
   * A page that cannot come from a CMA area, count 1, or NONE: without __GFP_MOVABLE, as KSM allocated its
   * own until 2.6.32.
   */
  allocOutsideCma(cpu: number): number;
  /** Whether the frame lies in a CMA area. */
  isCma(pfn: number): boolean;
  /** A new anonymous page enters the active anonymous lru_add pagevec. */
  addToLru(cpu: number, pfn: number): void;
  /** put_page. */
  put(cpu: number, pfn: number): void;
  /** lru_add_drain of this CPU. */
  drain(cpu: number): void;
  /** Page-cache page, or NONE. */
  lookup(file: number, index: number): number;
}
