/**
 * Children of the program's zygote: those that rewrite some pages and exit, and idle ones that can be asked to merge.
 */
import { NONE } from '../memory/frames.ts';
import type { Pages } from './pages.ts';
import { Task, type Steps } from './task.ts';
import type { Testbed } from './testbed.ts';
import type { Worker, WorkerOptions } from './worker.ts';
import { Xorshift } from './xorshift.ts';

/** A process forked, directly or not, from a worker. */
export abstract class Descendant extends Task {
  /** Number of the fork, from 0. */
  index = 0;
  readonly parent: Worker;

  constructor(testbed: Testbed, parent: Worker, mm: number, name: string) {
    super(testbed, name);
    this.parent = parent;
    this.mm = mm;
  }
}

const CHILD_SLEEP_MS = 20;
const IDLE_SLEEP_MS = 2;

/**
 * Rewrites a share of the pages at random places evenly over its life; some fork a grandchild after a quarter of it.
 */
export class Child extends Descendant {
  readonly #options: WorkerOptions;
  readonly #generation: number;

  constructor(testbed: Testbed, parent: Worker, mm: number, options: WorkerOptions, generation: number) {
    super(testbed, parent, mm, generation === 0 ? 'child' : 'grandchild');
    this.#options = options;
    this.#generation = generation;
  }

  protected override *main(): Steps {
    const { pages, lifeMs, childTouch, grandchildren } = this.#options;
    const random = Xorshift.seeded(this.pid, Math.trunc(this.now / 1e3), 5);
    const began = this.seconds;
    const end = began + lifeMs / 1e3;
    const want = Math.trunc((pages.count * childTouch) / 100);
    const isDouble = this.#generation === 0 && random.below(100) < grandchildren;
    const stop = isDouble ? began + lifeMs / 4e3 : end;
    let done = 0;
    while (!this.isKilled() && this.seconds < stop) {
      const due = Math.trunc((want * (this.seconds - began)) / (end - began));
      const before = done;
      for (; done < due && !this.isKilled(); done++) {
        const index = random.below(pages.count);
        yield* this.write(pages.start + index, pages.rewritten(index, random, this.seconds));
      }
      this.testbed.counts.childWrites += done - before;
      yield* this.msleep(CHILD_SLEEP_MS);
    }
    if (!isDouble || this.isKilled()) return;
    const mm = yield* this.fork();
    if (mm === NONE) return;
    this.testbed.addChild(new Child(this.testbed, this.parent, mm, this.#options, 1), this);
  }
}

/** Does nothing but what it is asked for. */
export class IdleChild extends Descendant {
  #isAsked = false;
  readonly #pages: Pages;

  constructor(testbed: Testbed, parent: Worker, mm: number, pages: Pages) {
    super(testbed, parent, mm, 'idle child');
    this.#pages = pages;
  }

  /** madvise(MADV_MERGEABLE). */
  askToMerge(): void {
    this.#isAsked = true;
  }

  /** It has done what it was asked for. A method: it may change at every yield. */
  isIdle(): boolean {
    return !this.#isAsked;
  }

  protected override *main(): Steps {
    while (!this.isKilled()) {
      if (this.#isAsked) {
        yield* this.madviseMergeable(this.#pages.start, this.#pages.count);
        this.#isAsked = false;
      }
      yield* this.msleep(IDLE_SLEEP_MS);
    }
  }
}
