/**
 * Physical memory of the device, put together: what other rooms allocate from and free to (mm/page_alloc.c:
 * __alloc_pages_nodemask for single pages, __free_page; mm/swap.c: put_page).
 *
 * Differences: one zone and one node; direct reclaim, the OOM killer and sleeping belong to the caller, who gets NONE.
 */
import type { CmaUse, KernelChanges } from '../description.ts';
import { UNCHANGED } from '../kernelProfiles.ts';
import { bootMemory } from './boot.ts';
import { Buddy } from './buddy.ts';
import { Frames, KIND, NONE } from './frames.ts';
import { Isolation } from './isolation.ts';
import { LowZone, type LowZoneOptions } from './lowZone.ts';
import { Lru } from './lru.ts';
import { MIGRATE, Pageblocks, type Span } from './pageblocks.ts';
import { Pagevecs } from './pagevec.ts';
import { PerCpu } from './percpu.ts';
import { PageRelease } from './release.ts';
import { Watermarks } from './watermarks.ts';

export interface MemoryOptions {
  /** Frames of the board. */
  readonly frames: number;
  readonly cpus: number;
  /** log2 of the pages of a pageblock, 10 on the device; also the highest order of a free block. */
  readonly pageblockOrder: number;
  readonly reserved: readonly Span[];
  /** CMA areas in the buddy allocator, made of whole pageblocks. */
  readonly cma: readonly Span[];
  /** pcp->batch and pcp->high: 31 and 186 on the device. */
  readonly pcpBatch: number;
  readonly pcpHigh: number;
  /** Part of `reserved`: its frames are taken over. */
  readonly lowZone?: LowZoneOptions;
  /** min_free_kbytes and extra_free_kbytes, in pages. */
  readonly minFreePages: number;
  readonly extraFreePages: number;
  /** False: pages go straight to the LRU, without pagevecs. */
  readonly pagevec: boolean;
  /** Vendor differences, as in KernelProfile. */
  readonly cmaFirstForAnon: boolean;
  readonly pageCacheOutsideCma: boolean;
  readonly cmaFreeBypassesPcp: boolean;
  /** As in KernelProfile; left out for a tree of 3.10. */
  readonly cmaFor?: CmaUse;
  readonly targetsOutsideCma?: boolean;
  /** Left out for a tree of 3.10. */
  readonly changes?: KernelChanges;
}

/** Allocation flags. */
export const GFP = {
  /** __GFP_MOVABLE */
  movable: 1,
  /** __GFP_CMA of the vendor trees, together with movable. */
  cma: 2,
  /** __GFP_RECLAIMABLE */
  reclaimable: 4,
  /** ALLOC_NO_WATERMARKS */
  noWatermark: 8,
  /** A page of the page cache, together with movable; tells only where `cmaFor` is 'page-cache'. */
  pageCache: 16,
  /** A movable page that may not be a CMA page. */
  outsideCma: 32,
} as const;

export class PhysicalMemory {
  readonly options: MemoryOptions;
  readonly frames: Frames;
  readonly blocks: Pageblocks;
  readonly buddy: Buddy;
  readonly watermarks: Watermarks;
  readonly percpu: PerCpu;
  readonly lru: Lru;
  /** The zone below, where the machine has one that matters. */
  readonly lowZone: LowZone | null;
  readonly release: PageRelease;
  readonly pagevecs: Pagevecs;
  readonly isolation: Isolation;
  /** An allocation fell below the low watermark; whoever runs kswapd resets it. */
  kswapdWanted = false;
  readonly #count: Int32Array;
  readonly #cmaFirst: boolean;
  readonly #cmaFor: CmaUse | undefined;

  constructor(options: MemoryOptions) {
    this.options = options;
    const changes = options.changes ?? UNCHANGED;
    const frames = new Frames(options.frames);
    this.frames = frames;
    this.blocks = new Pageblocks(options.frames, options.pageblockOrder, options.cma);
    this.buddy = new Buddy(frames, this.blocks, changes.cmaBalance, options.cmaFor === undefined);
    this.watermarks = new Watermarks(this.buddy, options.minFreePages, options.extraFreePages);
    this.percpu = new PerCpu(frames, this.buddy, options);
    this.lru = new Lru(frames);
    this.lowZone = options.lowZone === undefined ? null : new LowZone(frames, options.lowZone);
    this.release = new PageRelease(frames, this.lru, this.percpu, this.lowZone);
    this.pagevecs = new Pagevecs(frames, this.lru, this.release, options.cpus, options.pagevec, changes.sharedLruAdd);
    this.isolation = new Isolation(frames, this.buddy, this.percpu, this.release);
    this.#count = frames.count;
    this.#cmaFirst = options.cmaFirstForAnon && options.cmaFor === undefined;
    this.#cmaFor = options.cmaFor;
    bootMemory(frames, this.buddy, options.reserved, options.minFreePages, changes);
    this.lowZone?.takeOver();
  }

  /** zone->cma_alloc: an alloc_contig_range runs, so that nothing is taken from CMA first. */
  get cmaAlloc(): boolean {
    return this.buddy.cmaAlloc;
  }

  set cmaAlloc(running: boolean) {
    this.buddy.cmaAlloc = running;
  }

  /**
   * One page with count 1, whose kind the caller sets; NONE when the watermarks forbid it or nothing is left.
   * `gfp`: bits of GFP.
   */
  allocPage(cpu: number, gfp: number): number {
    const isMovable = (gfp & GFP.movable) !== 0;
    const mayUseCma = isMovable && this.#mayUseCma(gfp);
    if ((gfp & GFP.noWatermark) === 0) {
      const marks = this.watermarks;
      if (!marks.zoneWatermarkOk(marks.low, mayUseCma)) {
        this.kswapdWanted = true;
        const low = this.lowZone?.alloc(false) ?? NONE;
        if (low >= 0) return low;
        if (!marks.zoneWatermarkOk(marks.min, mayUseCma)) return this.lowZone?.alloc(true) ?? NONE;
      }
    }
    const type = isMovable ? MIGRATE.movable : (gfp & GFP.reclaimable) !== 0 ? MIGRATE.reclaimable : MIGRATE.unmovable;
    const pfn = this.#take(cpu, type, gfp, mayUseCma);
    if (pfn >= 0) this.#count[pfn] = 1;
    return pfn;
  }

  /** A free CMA page with count 1, for what only CMA areas hold; NONE. */
  takeCmaPage(): number {
    const pfn = this.buddy.takeCma();
    if (pfn >= 0) this.#count[pfn] = 1;
    return pfn;
  }

  /** buffered_rmqueue. What may or may not come from CMA goes past the per-cpu list, whose pages are anybody's. */
  #take(cpu: number, type: number, gfp: number, mayUseCma: boolean): number {
    if ((gfp & GFP.outsideCma) !== 0) return this.buddy.rmqueueOutsideCma(0);
    const first = mayUseCma && this.#cmaFor === 'page-cache' ? this.buddy.takeCma() : NONE;
    if (first >= 0) return first;
    return this.percpu.alloc(cpu, type, this.#cmaFirst && type === MIGRATE.movable && (gfp & GFP.cma) !== 0);
  }

  /** ALLOC_CMA of a movable request: free CMA pages count for it. */
  #mayUseCma(gfp: number): boolean {
    if (this.#cmaFor === undefined) return (gfp & GFP.outsideCma) === 0;
    return this.#cmaFor === 'page-cache' && (gfp & GFP.pageCache) !== 0;
  }

  /**
   * One given frame with count 1, for scripted tests; false when it is not free. Drains the per-cpu lists
   * when it is on one.
   */
  allocExact(pfn: number): boolean {
    if (!this.buddy.allocExact(pfn)) {
      if (this.frames.kind[pfn] !== KIND.free || this.#count[pfn] !== 0) return false;
      this.percpu.drainAllPages();
      if (!this.buddy.allocExact(pfn)) return false;
    }
    this.#count[pfn] = 1;
    return true;
  }

  /** Pages taken at boot and never given back, kind kernel. Returns how many of `pages` there were. */
  allocKernelPages(pages: number, gfp: number): number {
    for (let got = 0; got < pages; got++) {
      const pfn = this.allocPage(0, gfp);
      if (pfn < 0) return got;
      this.frames.kind[pfn] = KIND.kernel;
    }
    return pages;
  }

  getPage(pfn: number): void {
    this.#count[pfn]++;
  }

  /** put_page, and __free_page: the last reference takes the page off the LRU and frees it. */
  putPage(cpu: number, pfn: number): void {
    this.release.putPage(cpu, pfn);
  }

  /** NR_FREE_PAGES: without per-cpu lists and pages under isolation. */
  freePages(): number {
    return this.buddy.freePages();
  }

  /** NR_FREE_CMA_PAGES, part of freePages. */
  freeCmaPages(): number {
    return this.buddy.freeCmaPages();
  }
}
