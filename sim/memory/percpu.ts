/**
 * Per-cpu page lists in front of the buddy allocator (mm/page_alloc.c: buffered_rmqueue for order 0, rmqueue_bulk,
 * free_hot_cold_page, free_pcppages_bulk, drain_pages, drain_all_pages).
 *
 * `cmaFreeBypassesPcp` stands for the vendor trees: freed CMA pages go straight to the buddy allocator, and while a
 * pageblock is isolated the type of a page is read again when it leaves the per-cpu list (backport of 3.18). Without
 * it a page can go from a per-cpu list to the CMA list of a block under isolation, as in 3.10. `rereadsFreeType` is
 * the second half of that alone. `pcpScales`: a bulk free begins with the list of the page freed last and empties one
 * list after the other; each one in a row frees twice as much as the one before (nr_pcp_free, free_factor), an
 * allocation halves that.
 *
 * Difference: every page is hot; batch and high are given, not derived from the zone's size.
 */
import { int32 } from '../arena.ts';
import type { KernelChanges } from '../description.ts';
import type { Buddy } from './buddy.ts';
import { FrameLists } from './frameLists.ts';
import type { Frames } from './frames.ts';
import { MIGRATE, MIGRATE_PCPTYPES, type Pageblocks } from './pageblocks.ts';

export interface PerCpuOptions {
  readonly cpus: number;
  /** Pages moved at once between a list and the buddy allocator; length of a CPU's lists at which they are cut. */
  readonly pcpBatch: number;
  readonly pcpHigh: number;
  readonly cmaFreeBypassesPcp: boolean;
  readonly changes?: KernelChanges;
}

export class PerCpu {
  readonly cpus: number;
  /** The list of (cpu, type) is `cpu * MIGRATE_PCPTYPES + type`. */
  readonly lists: FrameLists;
  /** pcp->count: pages on the lists of a CPU. */
  readonly counts: Int32Array;
  readonly #batch: number;
  readonly #high: number;
  readonly #bypass: boolean;
  readonly #rereads: boolean;
  readonly #scales: boolean;
  /** pcp->free_factor by CPU. Not in the arena: later kernels are not explored. */
  readonly #freeFactor: Uint8Array;
  readonly #buddy: Buddy;
  readonly #blocks: Pageblocks;
  readonly #freeType: Uint8Array;

  constructor(frames: Frames, buddy: Buddy, options: PerCpuOptions) {
    this.cpus = options.cpus;
    this.lists = new FrameLists(frames, options.cpus * MIGRATE_PCPTYPES);
    this.counts = int32(options.cpus);
    this.#batch = options.pcpBatch;
    this.#high = options.pcpHigh;
    this.#bypass = options.cmaFreeBypassesPcp;
    this.#rereads = options.cmaFreeBypassesPcp || options.changes?.rereadsFreeType === true;
    this.#scales = options.changes?.pcpScales === true;
    this.#freeFactor = new Uint8Array(options.cpus);
    this.#buddy = buddy;
    this.#blocks = buddy.blocks;
    this.#freeType = buddy.freeType;
  }

  /**
   * One page from the CPU's list of `type`, refilled when empty; NONE. `cma`: the request has __GFP_CMA
   * (and is MOVABLE).
   */
  alloc(cpu: number, type: number, cma: boolean): number {
    const list = cpu * MIGRATE_PCPTYPES + type;
    this.#freeFactor[cpu] >>= 1;
    if (this.lists.heads[list] < 0) this.#refill(cpu, type, cma);
    const pfn = this.lists.heads[list];
    if (pfn < 0) return pfn;
    this.lists.remove(list, pfn);
    this.counts[cpu]--;
    return pfn;
  }

  /** free_hot_cold_page of a frame with count 0. */
  free(cpu: number, pfn: number): void {
    const type = this.#blocks.typeOf(pfn);
    let listType = type;
    if (type >= MIGRATE_PCPTYPES) {
      if (type === MIGRATE.isolate || (type === MIGRATE.cma && this.#bypass)) {
        this.#buddy.freeOne(pfn, 0, type);
        return;
      }
      listType = MIGRATE.movable;
    }
    this.#freeType[pfn] = type;
    this.lists.addHead(cpu * MIGRATE_PCPTYPES + listType, pfn);
    if (++this.counts[cpu] < this.#high) return;
    if (this.#scales) this.#emptyLists(cpu, Math.min(this.#pagesToFree(cpu), this.counts[cpu]), listType);
    else this.#freeBulk(cpu, Math.min(this.#batch, this.counts[cpu]));
  }

  /** drain_pages: everything on the lists of one CPU goes to the buddy allocator. */
  drainPages(cpu: number): void {
    if (this.counts[cpu] === 0) return;
    if (this.#scales) this.#emptyLists(cpu, this.counts[cpu], 0);
    else this.#freeBulk(cpu, this.counts[cpu]);
  }

  drainAllPages(): void {
    for (let cpu = 0; cpu < this.cpus; cpu++) this.drainPages(cpu);
  }

  /**
   * rmqueue_bulk: up to a batch. The list is shared, so CMA pages fetched here may go to later requests
   * without __GFP_CMA.
   */
  #refill(cpu: number, type: number, cma: boolean): void {
    const buddy = this.#buddy;
    const list = cpu * MIGRATE_PCPTYPES + type;
    for (let i = 0; i < this.#batch; i++) {
      const pfn = cma ? buddy.rmqueueCma(0) : buddy.rmqueue(0, type);
      if (pfn < 0) return;
      const blockType = this.#blocks.typeOf(pfn);
      this.#freeType[pfn] = blockType >= MIGRATE.cma ? blockType : type;
      this.lists.addTail(list, pfn);
      this.counts[cpu]++;
    }
  }

  /** nr_pcp_free: a batch, twice as much at each further bulk free without an allocation between, but a batch stays. */
  #pagesToFree(cpu: number): number {
    const batch = this.#batch;
    if (this.#high < batch) return 1;
    const most = this.#high - batch;
    const pages = batch << this.#freeFactor[cpu];
    if (pages < most) this.#freeFactor[cpu]++;
    return Math.max(batch, Math.min(pages, most));
  }

  /** free_pcppages_bulk of later kernels: the list of `first` from its tail until it is empty, then the next ones. */
  #emptyLists(cpu: number, pages: number, first: number): void {
    const { lists } = this;
    const rereadType = this.#rereads && this.#blocks.isolated > 0;
    let type = first;
    for (let left = pages; left > 0; type = (type + 1) % MIGRATE_PCPTYPES) {
      const list = cpu * MIGRATE_PCPTYPES + type;
      for (let pfn = lists.tails[list]; pfn >= 0 && left > 0; pfn = lists.tails[list], left--) {
        lists.remove(list, pfn);
        this.#buddy.freeOne(pfn, 0, rereadType ? this.#blocks.typeOf(pfn) : this.#freeType[pfn]);
      }
    }
    this.counts[cpu] -= pages;
  }

  /** free_pcppages_bulk: from the tails, going round the lists, more from a list the more empty ones were passed. */
  #freeBulk(cpu: number, pages: number): void {
    const { lists } = this;
    const rereadType = this.#rereads && this.#blocks.isolated > 0;
    let type = 0;
    let batch = 0;
    let left = pages;
    while (left > 0) {
      let list = 0;
      do {
        batch++;
        if (++type === MIGRATE_PCPTYPES) type = 0;
        list = cpu * MIGRATE_PCPTYPES + type;
      } while (lists.tails[list] < 0);
      // The only list that is not empty: everything from it.
      if (batch === MIGRATE_PCPTYPES) batch = left;
      do {
        const pfn = lists.tails[list];
        lists.remove(list, pfn);
        this.#buddy.freeOne(pfn, 0, rereadType ? this.#blocks.typeOf(pfn) : this.#freeType[pfn]);
        left--;
        batch--;
      } while (left > 0 && batch > 0 && lists.tails[list] >= 0);
    }
    this.counts[cpu] -= pages;
  }
}
