/**
 * The program's ballast: one process that is not mergeable and fills memory. The "aged" kind fills all of it, then
 * frees in random order all its pages in the CMA area but a few, and so many others that the allocator's balance
 * between the area and the rest begins; so new pages are spread over the whole area.
 */
import { PTE_SHIFT } from '../process/pageTables.ts';
import { NONE } from '../memory/frames.ts';
import { Task, type Steps } from './task.ts';
import type { Testbed } from './testbed.ts';
import { mixBelow, Xorshift } from './xorshift.ts';

/** First page of its mapping, apart from everybody else's, and most pages that it maps (480 MB). */
const START = 0x40000;
const MOST_PAGES = 480 << 8;
/** Where its large allocations go. */
const HEAP = START + MOST_PAGES + 512;
const PAGE_BYTES = 4096;
/** Its number among the workers, part of its seed. */
const SLOT = 63;
/** Pages between two looks at the free counters while it fills and while it frees. */
const FILL_LOOK = 256;
const FREE_LOOK = 128;
/** Filling ends when fewer pages than this are free. */
const LEAST_FREE = 9000;
const POLL_MS = 20;

export interface BallastOptions {
  /** `aged`, `auto` (until the allocator's balance begins), or a number of pages. */
  readonly kind: 'aged' | 'auto' | number;
  readonly seed: number;
  /** One page in so many of the area is kept; free pages beyond twice the free CMA pages at which freeing ends. */
  readonly keep: number;
  readonly slack: number;
}

export class Ballast extends Task {
  /** Filling and freeing is over. */
  isReady = false;
  /** Pages it has left. */
  pages = 0;
  /** Pages outside the area still to give back on request. */
  #drop = 0;
  #others: number[] = [];
  readonly #options: BallastOptions;
  readonly #random: Xorshift;

  constructor(testbed: Testbed, options: BallastOptions) {
    super(testbed, 'ballast');
    this.#options = options;
    this.#random = Xorshift.seeded(SLOT + 1, options.seed, 11);
  }

  get isDropping(): boolean {
    return this.#drop > 0;
  }

  /** Gives back so many pages outside the area. */
  drop(pages: number): void {
    this.#drop = pages;
  }

  protected override *main(): Steps {
    this.mm = this.testbed.kernel.spaces.create();
    yield this.costs.execBase;
    yield* this.mmap(START, MOST_PAGES);
    yield* this.#fill();
    if (this.#options.kind === 'aged') yield* this.#age();
    this.isReady = true;
    while (!this.isKilled()) {
      while (this.#drop > 0 && this.#others.length > 0 && !this.isKilled()) {
        this.#drop--;
        yield* this.#free(this.#others.pop()!);
      }
      this.#drop = 0;
      yield* this.msleep(POLL_MS);
    }
  }

  *#fill(): Steps {
    const { kind } = this.#options;
    const { testbed } = this;
    for (let i = 0; i < MOST_PAGES && !this.isKilled(); i++) {
      if (typeof kind === 'number') {
        if (i >= kind) break;
      } else if (i % FILL_LOOK === 0) {
        yield testbed.vmstatNs;
        const { free, cma } = testbed.freeNow();
        if ((kind === 'auto' && free <= 2.05 * cma + 5000) || free < LEAST_FREE) break;
      }
      yield* this.touch(START + i);
      this.pages++;
    }
  }

  *#age(): Steps {
    const { testbed } = this;
    const { keep, slack } = this.#options;
    // Where its pages lie, 8 bytes each, and their two lists, 4 bytes each.
    const map = Math.ceil((this.pages * 8) / PAGE_BYTES);
    const list = Math.ceil((this.pages * 4) / PAGE_BYTES);
    yield* this.mmap(HEAP, map + 2 * list);
    for (let i = 0; i < map + 2 * list; i++) yield* this.touch(HEAP + i);
    const inArea: number[] = [];
    const others: number[] = [];
    for (let i = 0; i < this.pages; i++) {
      const pfn = testbed.kernel.tables.get(this.mm, START + i) >> PTE_SHIFT;
      if (!testbed.isInArea(pfn)) others.push(i);
      else if (mixBelow(pfn, 3, 3, keep) !== 0) inArea.push(i);
    }
    this.#shuffle(inArea);
    this.#shuffle(others);
    for (const page of inArea) yield* this.#free(page);
    let k = 0;
    for (; k < others.length && !this.isKilled(); k++) {
      if (k % FREE_LOOK === 0) {
        yield testbed.vmstatNs;
        const { free, cma } = testbed.freeNow();
        if (free >= 2 * cma + slack) break;
      }
      yield* this.#free(others[k]);
    }
    if (this.mm === NONE) return;
    // It frees all but the list that it goes on using.
    this.testbed.kernel.spaces.munmap(this.mm, HEAP, map + list, this.cpu);
    yield this.costs.syscall + (map + list) * this.costs.exitPte;
    // What is given back later comes from the end of the list.
    this.#others = others.slice(k);
  }

  #shuffle(values: number[]): void {
    for (let k = values.length - 1; k > 0; k--) {
      const j = this.#random.below(k + 1);
      [values[k], values[j]] = [values[j], values[k]];
    }
  }

  /** madvise(MADV_DONTNEED) of one page. */
  *#free(page: number): Steps {
    if (this.mm === NONE) return;
    this.testbed.kernel.spaces.zapRange(this.mm, START + page, START + page + 1, this.cpu);
    this.pages--;
    yield this.costs.syscall + this.costs.exitPte;
  }
}
