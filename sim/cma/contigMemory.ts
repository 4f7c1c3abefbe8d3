/**
 * What the CMA room asks of physical memory and the page cache: page isolation and the drains (mm/page_isolation.c,
 * mm/page_alloc.c).
 */

/** What came of isolating a page; `pinned`: left on the LRU for references besides its ptes. */
export type IsolateResult = 'isolated' | 'not-lru' | 'pinned';

export interface ContigMemory {
  /** start_isolate_page_range on whole pageblocks around [first, end), with drain_all_pages. False: -EBUSY. */
  startIsolate(first: number, end: number): boolean;
  /** undo_isolate_page_range: the pageblocks are CMA again. */
  undoIsolate(first: number, end: number): void;
  /** zone->cma_alloc of the vendor trees: no CMA-first allocation meanwhile. */
  setCmaAlloc(running: boolean): void;
  lruAddDrainAll(): void;
  /** lru_cache_disable, which drains all pagevecs, and lru_cache_enable. */
  lruCacheDisable(): void;
  lruCacheEnable(): void;
  drainAllPages(): void;
  /** isolate_migratepages_range for one frame. `pinned` in later kernels only. */
  isolateMigratePage(pfn: number): IsolateResult;
  /** Steps 5 and 6 of alloc_contig_range: the first frame that is not free in an isolated block, NONE when all are. */
  firstBusy(first: number, end: number): number;
  /**
   * isolate_freepages_range, and the head and tail outside [first, end) freed again: the frames are the
   * caller's, count 1.
   */
  takeRange(first: number, end: number): boolean;
  /** free_contig_range. */
  freeRange(cpu: number, first: number, pages: number): void;
  /** reclaim_clean_pages_from_list for one isolated page: true when it was a clean page-cache page and is gone. */
  discardClean(cpu: number, pfn: number): boolean;
  /** A guaranteed CMA: drops all that lies in [first, end) and returns how many pages; NONE for any other. */
  dropCopies(cpu: number, first: number, end: number): number;
  /** invalidate_bh_lrus, after which the LRUs of buffer_heads stay empty until bhLruEnable. Returns entries dropped. */
  bhLruDisable(): number;
  bhLruEnable(): void;
}
