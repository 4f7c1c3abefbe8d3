/**
 * The buddy allocator of the zone (mm/page_alloc.c: __rmqueue, __rmqueue_smallest, expand, __rmqueue_fallback,
 * move_freepages_block, __free_one_page, and the vendor's __rmqueue_cma).
 *
 * A free block is a frame with PG.buddy and `order`, linked in the list of (order, migratetype). Orders reach up to a
 * whole pageblock, as on ARM without huge pages, so that a block never spans two pageblocks.
 *
 * `cmaBalance` is the rule of later kernels: MOVABLE requests enter CMA smallest block first, at once while over half
 * of the free pages are CMA pages, else when the MOVABLE lists have nothing, before any other type is taken from
 * (__rmqueue_cma_fallback). Differences there: stealing goes by the rules of 3.10; the watermark is not boosted.
 *
 * Difference: NR_FREE_PAGES and NR_FREE_CMA_PAGES are counted from the lists, so they never drift as they could in 3.10
 * when a page of a block under isolation was freed onto its old list.
 */
import { int32, uint8 } from '../arena.ts';
import type { Registers } from '../registers.ts';
import { FrameLists } from './frameLists.ts';
import { NONE, PG, type Frames } from './frames.ts';
import { MIGRATE, MIGRATE_TYPES, type Pageblocks } from './pageblocks.ts';

/** fallbacks[]: other lists to take from, by the migratetype asked for; RESERVE comes after all. */
const FALLBACKS: readonly (readonly number[])[] = [
  [MIGRATE.reclaimable, MIGRATE.movable],
  [MIGRATE.unmovable, MIGRATE.movable],
  [MIGRATE.cma, MIGRATE.reclaimable, MIGRATE.unmovable],
];
/** The same where CMA has been tried already, or may not be had. */
const FALLBACKS_OUTSIDE_CMA: typeof FALLBACKS = [
  FALLBACKS[MIGRATE.unmovable],
  FALLBACKS[MIGRATE.reclaimable],
  [MIGRATE.reclaimable, MIGRATE.unmovable],
];

export class Buddy {
  readonly blocks: Pageblocks;
  /** Free lists; list of (order, type) is `order * MIGRATE_TYPES + type`. */
  readonly lists: FrameLists;
  /** Free pages by the migratetype of the list they are on. */
  readonly freeCount = int32(MIGRATE_TYPES);
  /** get_freepage_migratetype: valid for the head of a free block and for frames on per-cpu lists. */
  readonly freeType: Uint8Array;
  /** zone->cma_alloc of the vendor trees: an alloc_contig_range runs, no CMA-first allocation. */
  cmaAlloc = false;
  #free = 0;
  readonly #total: number;
  readonly #flags: Uint16Array;
  readonly #order: Uint8Array;
  readonly #balanced: boolean;
  readonly #fallbacks: typeof FALLBACKS;

  /** `cmaForMovable` false: MOVABLE requests never fall back to CMA. */
  constructor(frames: Frames, blocks: Pageblocks, cmaBalance: boolean, cmaForMovable = true) {
    this.#balanced = cmaBalance && cmaForMovable;
    this.#fallbacks = cmaBalance || !cmaForMovable ? FALLBACKS_OUTSIDE_CMA : FALLBACKS;
    this.blocks = blocks;
    this.lists = new FrameLists(frames, (blocks.order + 1) * MIGRATE_TYPES);
    this.freeType = uint8(frames.total);
    this.#total = frames.total;
    this.#flags = frames.flags;
    this.#order = frames.order;
  }

  registers(registers: Registers): void {
    this.#free = registers.derived(this.#free);
    this.cmaAlloc = registers.value(this.cmaAlloc ? 1 : 0) !== 0;
    this.blocks.registers(registers);
  }

  /** NR_FREE_PAGES: free pages but those under isolation. */
  freePages(): number {
    return this.#free - this.freeCount[MIGRATE.isolate];
  }

  /** NR_FREE_CMA_PAGES. */
  freeCmaPages(): number {
    return this.freeCount[MIGRATE.cma];
  }

  /** zone->free_area[order].nr_free: blocks of this order on all lists. */
  freeBlocks(order: number): number {
    const { lengths } = this.lists;
    let blocks = 0;
    for (let type = 0; type < MIGRATE_TYPES; type++) blocks += lengths[order * MIGRATE_TYPES + type];
    return blocks;
  }

  /** __rmqueue: 2^order pages for UNMOVABLE, RECLAIMABLE or MOVABLE use, off the lists; NONE when nothing fits. */
  rmqueue(order: number, type: number): number {
    const mayBalance = this.#balanced && type === MIGRATE.movable;
    let pfn = mayBalance && this.#isMostlyCma() ? this.#smallest(order, MIGRATE.cma) : NONE;
    if (pfn < 0) pfn = this.#smallest(order, type);
    if (pfn < 0 && mayBalance) pfn = this.#smallest(order, MIGRATE.cma);
    if (pfn < 0) pfn = this.#fallback(order, type, this.#fallbacks[type]);
    if (pfn < 0) pfn = this.#smallest(order, MIGRATE.reserve);
    return pfn;
  }

  /** The same for a MOVABLE request that may not have CMA pages. */
  rmqueueOutsideCma(order: number): number {
    let pfn = this.#smallest(order, MIGRATE.movable);
    if (pfn < 0) pfn = this.#fallback(order, MIGRATE.movable, FALLBACKS_OUTSIDE_CMA[MIGRATE.movable]);
    if (pfn < 0) pfn = this.#smallest(order, MIGRATE.reserve);
    return pfn;
  }

  /** A single CMA page, unless cmaAlloc; NONE. */
  takeCma(): number {
    return this.cmaAlloc ? NONE : this.#smallest(0, MIGRATE.cma);
  }

  /** The vendor's __rmqueue_cma for a MOVABLE request with __GFP_CMA: the CMA lists first, unless cma_alloc. */
  rmqueueCma(order: number): number {
    const pfn = this.cmaAlloc ? NONE : this.#smallest(order, MIGRATE.cma);
    return pfn >= 0 ? pfn : this.rmqueue(order, MIGRATE.movable);
  }

  /** __free_one_page: merges with free buddies and links the result in a list of `type`. `toTail`: FPI_TO_TAIL. */
  freeOne(first: number, firstOrder: number, type: number, toTail = false): void {
    const { blocks } = this;
    let pfn = first;
    let order = firstOrder;
    while (order < blocks.order) {
      const buddy = pfn ^ (1 << order);
      if (!this.#isFree(buddy, order)) break;
      this.removeBlock(buddy);
      pfn &= buddy;
      order++;
    }
    // A block whose next merge is near goes to the tail, so that it is not handed out at once.
    if (order < blocks.order - 1) {
      const combined = pfn & ~(1 << order);
      if (this.#isFree(combined ^ (2 << order), order + 1)) {
        this.#insert(pfn, order, type, true);
        return;
      }
    }
    this.#insert(pfn, order, type, toTail);
  }

  /** Takes the free block with head `pfn` off its list; returns its order. */
  removeBlock(pfn: number): number {
    const order = this.#order[pfn];
    const type = this.freeType[pfn];
    this.lists.remove(order * MIGRATE_TYPES + type, pfn);
    this.freeCount[type] -= 1 << order;
    this.#free -= 1 << order;
    this.#flags[pfn] &= ~PG.buddy;
    return order;
  }

  /** move_freepages: puts the free blocks that begin in [first, end) on the lists of `type`; returns pages moved. */
  moveFreepages(first: number, end: number, type: number): number {
    const flags = this.#flags;
    let moved = 0;
    for (let pfn = first; pfn < end;) {
      if ((flags[pfn] & PG.buddy) === 0) {
        pfn++;
        continue;
      }
      const order = this.removeBlock(pfn);
      this.#insert(pfn, order, type, false);
      pfn += 1 << order;
      moved += 1 << order;
    }
    return moved;
  }

  /** move_freepages_block: the pageblock of `pfn`; one that the zone cuts off is left alone. */
  moveFreepagesBlock(pfn: number, type: number): number {
    const { blocks } = this;
    const first = pfn & ~(blocks.pages - 1);
    if (first + blocks.pages > this.#total) return 0;
    return this.moveFreepages(first, first + blocks.pages, type);
  }

  /** Head of the free block that contains the frame, NONE when it is not free. */
  headOf(pfn: number): number {
    for (let order = 0; order <= this.blocks.order; order++) {
      const head = pfn & ~((1 << order) - 1);
      if ((this.#flags[head] & PG.buddy) !== 0) return this.#order[head] >= order ? head : NONE;
    }
    return NONE;
  }

  /**
   * Takes one given frame out of its free block; false when it is not free or under isolation. Not in the kernel: for
   * scripted tests.
   */
  allocExact(pfn: number): boolean {
    let head = this.headOf(pfn);
    if (head < 0 || this.freeType[head] === MIGRATE.isolate || this.blocks.typeOf(head) === MIGRATE.isolate)
      return false;
    const type = this.freeType[head];
    for (let order = this.removeBlock(head) - 1; order >= 0; order--) {
      const upper = head + (1 << order);
      if (pfn < upper) {
        this.#insert(upper, order, type, false);
      } else {
        this.#insert(head, order, type, false);
        head = upper;
      }
    }
    return true;
  }

  /** Lowest frame of [first, end) that allocExact would give, NONE when there is none. */
  lowestFree(first: number, end: number): number {
    for (let pfn = first; pfn < end; pfn++) {
      const head = this.headOf(pfn);
      if (head >= 0 && this.freeType[head] !== MIGRATE.isolate && this.blocks.typeOf(head) !== MIGRATE.isolate)
        return pfn;
    }
    return NONE;
  }

  /** __rmqueue_smallest: the smallest block of this type that fits. */
  #smallest(order: number, type: number): number {
    const { heads } = this.lists;
    const top = this.blocks.order;
    for (let current = order; current <= top; current++) {
      const pfn = heads[current * MIGRATE_TYPES + type];
      if (pfn < 0) continue;
      this.removeBlock(pfn);
      this.#expand(pfn, order, current, type);
      return pfn;
    }
    return NONE;
  }

  /** __rmqueue_fallback: the largest block of another type, and perhaps the whole pageblock with it. */
  #fallback(order: number, type: number, others: readonly number[]): number {
    const { blocks } = this;
    const { heads } = this.lists;
    for (let current = blocks.order; current >= order; current--) {
      for (let i = 0; i < others.length; i++) {
        const other = others[i];
        const pfn = heads[current * MIGRATE_TYPES + other];
        if (pfn < 0) continue;
        // CMA blocks keep their type, and their free pages their list: nothing unmovable may ever get there.
        const isCma = other === MIGRATE.cma;
        if (!isCma && (current >= blocks.order >> 1 || type === MIGRATE.reclaimable)) {
          const moved = this.moveFreepagesBlock(pfn, type);
          if (moved >= blocks.pages >> 1) blocks.setType(pfn, type);
        }
        this.removeBlock(pfn);
        this.#expand(pfn, order, current, isCma ? other : type);
        return pfn;
      }
    }
    return NONE;
  }

  /** Over half of the free pages are CMA pages. */
  #isMostlyCma(): boolean {
    return this.freeCount[MIGRATE.cma] > this.freePages() >> 1;
  }

  /** expand: the upper halves of a block cut down from order `high` to `low` go back. */
  #expand(pfn: number, low: number, high: number, type: number): void {
    for (let order = high - 1; order >= low; order--) this.#insert(pfn + (1 << order), order, type, false);
  }

  #insert(pfn: number, order: number, type: number, atTail: boolean): void {
    this.#flags[pfn] |= PG.buddy;
    this.#order[pfn] = order;
    this.freeType[pfn] = type;
    this.freeCount[type] += 1 << order;
    this.#free += 1 << order;
    if (atTail) this.lists.addTail(order * MIGRATE_TYPES + type, pfn);
    else this.lists.addHead(order * MIGRATE_TYPES + type, pfn);
  }

  /** page_is_buddy. */
  #isFree(pfn: number, order: number): boolean {
    return pfn < this.#total && (this.#flags[pfn] & PG.buddy) !== 0 && this.#order[pfn] === order;
  }
}
