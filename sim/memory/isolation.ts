/**
 * Page isolation and the free-page part of alloc_contig_range (mm/page_isolation.c; mm/compaction.c:
 * isolate_freepages_range; mm/page_alloc.c: free_contig_range).
 *
 * Differences: a block whose type is neither MOVABLE nor CMA is refused outright (has_unmovable_pages would look at its
 * pages); a block isolated already is refused as later kernels do, callers hold cma_mutex anyway.
 */
import type { Buddy } from './buddy.ts';
import { KIND, NONE, PG, type Frames } from './frames.ts';
import { MIGRATE, type Pageblocks } from './pageblocks.ts';
import type { PerCpu } from './percpu.ts';
import type { PageRelease } from './release.ts';

export class Isolation {
  readonly #frames: Frames;
  readonly #buddy: Buddy;
  readonly #blocks: Pageblocks;
  readonly #percpu: PerCpu;
  readonly #release: PageRelease;

  constructor(frames: Frames, buddy: Buddy, percpu: PerCpu, release: PageRelease) {
    this.#frames = frames;
    this.#buddy = buddy;
    this.#blocks = buddy.blocks;
    this.#percpu = percpu;
    this.#release = release;
  }

  /**
   * start_isolate_page_range of the whole pageblocks around [first, end). False (-EBUSY): all is as before. Drains the
   * per-cpu lists.
   */
  startIsolatePageRange(first: number, end: number): boolean {
    const { pages } = this.#blocks;
    const from = first & ~(pages - 1);
    for (let pfn = from; pfn < end; pfn += pages) {
      if (this.#setMigratetypeIsolate(pfn)) continue;
      if (pfn > from) this.undoIsolatePageRange(from, pfn);
      return false;
    }
    return true;
  }

  /** undo_isolate_page_range: the isolated pageblocks around [first, end) are CMA again, as are their free pages. */
  undoIsolatePageRange(first: number, end: number): void {
    const blocks = this.#blocks;
    for (let pfn = first & ~(blocks.pages - 1); pfn < end; pfn += blocks.pages) {
      if (blocks.typeOf(pfn) !== MIGRATE.isolate) continue;
      this.#buddy.moveFreepagesBlock(pfn, MIGRATE.cma);
      blocks.setType(pfn, MIGRATE.cma);
    }
  }

  /**
   * Step 5 of alloc_contig_range: the free block at or before `start`; NONE (-EBUSY) when there is none in
   * its pageblock.
   */
  outerStart(start: number): number {
    const { flags } = this.#frames;
    let pfn = start;
    for (let order = 0; (flags[pfn] & PG.buddy) === 0;) {
      if (++order > this.#blocks.order) return NONE;
      pfn &= -1 << order;
    }
    return pfn;
  }

  /**
   * test_pages_isolated: the first frame that is neither free nor on its way there in an isolated block, NONE when all
   * are. Free pages left on another list by the races of 3.10 are moved to the ISOLATE list.
   */
  testPagesIsolated(outerStart: number, end: number): number {
    const { flags, order, count } = this.#frames;
    const { freeType } = this.#buddy;
    const blocks = this.#blocks;
    for (let pfn = outerStart; pfn < end;) {
      if (blocks.typeOf(pfn) !== MIGRATE.isolate) return pfn;
      if ((flags[pfn] & PG.buddy) !== 0) {
        const pages = 1 << order[pfn];
        if (freeType[pfn] !== MIGRATE.isolate) this.#buddy.moveFreepages(pfn, pfn + pages, MIGRATE.isolate);
        pfn += pages;
      } else if (count[pfn] === 0 && freeType[pfn] === MIGRATE.isolate) {
        pfn++;
      } else {
        return pfn;
      }
    }
    return NONE;
  }

  /**
   * isolate_freepages_range, strict: takes all free blocks of [outerStart, end) out of the allocator as single
   * pages with count 1. Returns the end of the last one, which may lie behind `end`; 0 when a frame was not free
   * (nothing is taken).
   */
  isolateFreepagesRange(outerStart: number, end: number): number {
    const { flags, order, count } = this.#frames;
    let last = outerStart;
    while (last < end) {
      if ((flags[last] & PG.buddy) === 0) return 0;
      last += 1 << order[last];
    }
    for (let pfn = outerStart; pfn < last;) pfn += 1 << this.#buddy.removeBlock(pfn);
    count.fill(1, outerStart, last);
    return last;
  }

  /** Steps 5 and 6 for [first, end): the first frame in the way, NONE when all are free and isolated. */
  firstBusy(first: number, end: number): number {
    const outer = this.outerStart(first);
    return outer < 0 ? first : this.testPagesIsolated(outer, end);
  }

  /**
   * Steps 5, 7 and 8: the frames [first, end) become the caller's (kind contiguous, count 1), head and tail go back.
   */
  takeRange(first: number, end: number): boolean {
    const { kind } = this.#frames;
    const outer = this.outerStart(first);
    const last = outer < 0 ? 0 : this.isolateFreepagesRange(outer, end);
    if (last === 0) return false;
    this.freeContigRange(0, outer, first - outer);
    this.freeContigRange(0, end, last - end);
    kind.fill(KIND.contiguous, first, end);
    return true;
  }

  /** free_contig_range: page by page. */
  freeContigRange(cpu: number, first: number, pages: number): void {
    for (let pfn = first; pfn < first + pages; pfn++) this.#release.putPage(cpu, pfn);
  }

  /** set_migratetype_isolate of the pageblock of `pfn`, with its drain_all_pages. */
  #setMigratetypeIsolate(pfn: number): boolean {
    const blocks = this.#blocks;
    if (pfn + blocks.pages > this.#frames.total) return false;
    const type = blocks.typeOf(pfn);
    if (type !== MIGRATE.cma && type !== MIGRATE.movable) return false;
    blocks.setType(pfn, MIGRATE.isolate);
    this.#buddy.moveFreepagesBlock(pfn, MIGRATE.isolate);
    this.#percpu.drainAllPages();
    return true;
  }
}
