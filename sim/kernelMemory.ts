/**
 * Physical memory as the process, migration and CMA rooms see it: their requests in terms of the allocator, the LRU and
 * the page cache. An allocation that the watermarks refuse reclaims directly (__alloc_pages_slowpath).
 */
import type { ContigMemory, IsolateResult } from './cma/contigMemory.ts';
import { KIND, NONE, PG } from './memory/frames.ts';
import { LRU } from './memory/lru.ts';
import type { PageCache } from './memory/pagecache.ts';
import { GFP, type PhysicalMemory } from './memory/physical.ts';
import { Reclaim, SWAP_CLUSTER_MAX } from './memory/reclaim.ts';
import type { MigrationPages } from './migrate/migrationPages.ts';
import type { UserPages } from './process/userPages.ts';

export class KernelMemory implements UserPages, MigrationPages, ContigMemory {
  readonly memory: PhysicalMemory;
  readonly cache: PageCache;
  readonly reclaim: Reclaim;
  /** Allocations that failed even after direct reclaim. */
  failures = 0;
  /** Page-cache pages that contiguous allocations dropped, copies of such pages among them. */
  discarded = 0;
  /** Clears the ptes of a page-cache page; set once the reverse map exists. */
  unmapFile: (pfn: number) => void = () => undefined;
  readonly #skipsPinned: boolean;
  readonly #targetGfp: number;

  constructor(memory: PhysicalMemory, cache: PageCache) {
    this.memory = memory;
    this.cache = cache;
    this.#skipsPinned = memory.options.changes?.isolationSkipsPinned === true;
    this.#targetGfp = memory.options.targetsOutsideCma === true ? GFP.movable | GFP.outsideCma : GFP.movable;
    this.reclaim = new Reclaim(memory, cache);
  }

  alloc(cpu: number, zeroed: boolean): number {
    return this.#alloc(cpu, zeroed ? GFP.movable | GFP.cma : GFP.movable);
  }

  allocTarget(cpu: number): number {
    return this.#alloc(cpu, this.#targetGfp);
  }

  allocOutsideCma(cpu: number): number {
    return this.#alloc(cpu, 0);
  }

  isCma(pfn: number): boolean {
    return this.memory.blocks.isInCmaArea(pfn);
  }

  addToLru(cpu: number, pfn: number): void {
    this.memory.pagevecs.lruCacheAdd(cpu, pfn, LRU.activeAnon);
  }

  put(cpu: number, pfn: number): void {
    this.memory.putPage(cpu, pfn);
  }

  drain(cpu: number): void {
    this.memory.pagevecs.lruAddDrain(cpu);
  }

  lookup(file: number, index: number): number {
    return this.cache.lookup(file, index);
  }

  isolate(pfn: number): boolean {
    return this.memory.lru.isolateLruPage(pfn);
  }

  putback(cpu: number, pfn: number): void {
    this.memory.pagevecs.putbackLruPage(cpu, pfn);
  }

  putbackTarget(cpu: number, pfn: number): void {
    this.memory.pagevecs.putbackLruPage(cpu, pfn);
  }

  release(cpu: number, pfn: number): void {
    this.memory.lru.endIsolation(pfn);
    this.memory.putPage(cpu, pfn);
  }

  addTarget(cpu: number, pfn: number, wasMapped: boolean): void {
    const { lru, pagevecs } = this.memory;
    pagevecs.lruCacheAdd(cpu, pfn, lru.listFor(pfn));
    if (wasMapped) this.drain(cpu);
  }

  moveInCache(from: number, to: number): void {
    this.cache.replace(from, to);
  }

  startIsolate(first: number, end: number): boolean {
    return this.memory.isolation.startIsolatePageRange(first, end);
  }

  undoIsolate(first: number, end: number): void {
    this.memory.isolation.undoIsolatePageRange(first, end);
  }

  setCmaAlloc(running: boolean): void {
    this.memory.cmaAlloc = running;
  }

  lruAddDrainAll(): void {
    this.memory.pagevecs.lruAddDrainAll();
  }

  isolateMigratePage(pfn: number): IsolateResult {
    const { flags, count, mapcount, kind } = this.memory.frames;
    if ((flags[pfn] & PG.lru) === 0) return 'not-lru';
    if (this.#skipsPinned && kind[pfn] !== KIND.file && count[pfn] > mapcount[pfn]) return 'pinned';
    return this.memory.lru.isolateLruPage(pfn) ? 'isolated' : 'not-lru';
  }

  lruCacheDisable(): void {
    this.memory.pagevecs.disable();
  }

  lruCacheEnable(): void {
    this.memory.pagevecs.enable();
  }

  drainAllPages(): void {
    this.memory.percpu.drainAllPages();
  }

  firstBusy(first: number, end: number): number {
    return this.memory.isolation.firstBusy(first, end);
  }

  takeRange(first: number, end: number): boolean {
    return this.memory.isolation.takeRange(first, end);
  }

  freeRange(cpu: number, first: number, pages: number): void {
    this.memory.isolation.freeContigRange(cpu, first, pages);
  }

  /** Clean page-cache pages are unmapped and dropped (shrink_page_list with TTU_UNMAP); others stay on the list. */
  discardClean(cpu: number, pfn: number): boolean {
    const { kind, flags, mapcount } = this.memory.frames;
    if (kind[pfn] !== KIND.file || (flags[pfn] & (PG.dirty | PG.writeback | PG.locked)) !== 0) return false;
    if (mapcount[pfn] > 0) this.unmapFile(pfn);
    if (!this.cache.dropClean(cpu, pfn)) return false;
    this.discarded++;
    return true;
  }

  dropCopies(cpu: number, first: number, end: number): number {
    const { cleancache } = this.cache;
    if (cleancache === null) return NONE;
    const dropped = cleancache.discard(cpu, first, end);
    this.discarded += dropped;
    return dropped;
  }

  hasBusyBuffers(pfn: number): boolean {
    return this.cache.hasBusyBuffers(pfn);
  }

  bhLruDisable(): number {
    return this.cache.bhLru.disable();
  }

  bhLruEnable(): void {
    this.cache.bhLru.enable();
  }

  /** Pages of CMA areas that anonymous memory may not use though no contiguous allocation has them. */
  unusableCmaPages(): number {
    const { cmaFor } = this.memory.options;
    return cmaFor === undefined ? 0 : this.memory.freeCmaPages() + (this.cache.cleancache?.size ?? 0);
  }

  /**
   * __alloc_pages_direct_reclaim, again and again while it frees something: the page that `take` gets then, or NONE.
   */
  reclaimFor(cpu: number, take: () => number): number {
    while (this.reclaim.shrinkFileLru(cpu, SWAP_CLUSTER_MAX) > 0) {
      let pfn = take();
      if (pfn >= 0) return pfn;
      // What was freed may be on the per-cpu lists.
      this.memory.percpu.drainAllPages();
      pfn = take();
      if (pfn >= 0) return pfn;
    }
    this.failures++;
    return NONE;
  }

  #alloc(cpu: number, gfp: number): number {
    const pfn = this.memory.allocPage(cpu, gfp);
    return pfn >= 0 ? pfn : this.reclaimFor(cpu, () => this.memory.allocPage(cpu, gfp));
  }
}
