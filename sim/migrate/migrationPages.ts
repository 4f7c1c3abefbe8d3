/** What the migration room asks of physical memory and the page cache. */
export interface MigrationPages {
  /** A migration target (alloc_migrate_target: movable, no __GFP_CMA), count 1, or NONE. */
  allocTarget(cpu: number): number;
  /** The same from outside CMA. */
  allocOutsideCma(cpu: number): number;
  /** isolate_lru_page: +1 reference, off the LRU; false when the page is not on it. */
  isolate(pfn: number): boolean;
  /** putback_lru_page of an isolated page: onto a pagevec, then the isolation's reference is dropped. */
  putback(cpu: number, pfn: number): void;
  /** putback_lru_page of a migration target, moved to or not: the same with the allocation's reference. */
  putbackTarget(cpu: number, pfn: number): void;
  /** put_page of what later kernels free at once: an old page, which is isolated, or a target that was not used. */
  release(cpu: number, pfn: number): void;
  /**
   * lru_cache_add of a page that was moved to, with lru_add_drain of this CPU when it was mapped. It keeps
   * its reference.
   */
  addTarget(cpu: number, pfn: number, wasMapped: boolean): void;
  /** try_to_release_page of a page with buffers would fail: somebody has a reference of a buffer_head. */
  hasBusyBuffers(pfn: number): boolean;
  /** migrate_page_move_mapping of a page-cache page: the cache's references move to the new frame. */
  moveInCache(from: number, to: number): void;
}
