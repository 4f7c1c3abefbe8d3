/**
 * The program's worker: worker 0 of the fork scenarios is the "zygote", which forks children; the workers of fork_free
 * are made by exec. A worker obeys commands from the controller, which it polls for every 2 ms.
 */
import { NONE } from '../memory/frames.ts';
import { Child, IdleChild } from './child.ts';
import { ln } from './log.ts';
import type { Pages } from './pages.ts';
import { Task, type Steps } from './task.ts';
import type { Testbed } from './testbed.ts';
import { Xorshift } from './xorshift.ts';

export type Command = 'fill' | 'madvise' | 'rewrite' | 'exit' | 'fork' | 'run' | 'stop';

export interface WorkerOptions {
  /** Number of the worker, part of its seed. */
  readonly slot: number;
  readonly seed: number;
  readonly pages: Pages;
  /** Forks per second, 0 for none; life of a child, ms; percentage of the pages that it rewrites. */
  readonly forkRate: number;
  readonly lifeMs: number;
  readonly childTouch: number;
  /** Percentage of children that fork a child of their own and exit early. */
  readonly grandchildren: number;
  readonly maxLive: number;
  /** Pages rewritten per second. */
  readonly writeRate: number;
}

const POLL_MS = 2;
const RUN_SLEEP_MS = 5;
/** A worker that fell behind by more writes than this lets them go. */
const MOST_BEHIND = 4000;

export class Worker extends Task {
  command: Command | null = null;
  argument = 0;
  /** Commands obeyed. */
  acks = 0;
  readonly options: WorkerOptions;
  readonly #random: Xorshift;

  constructor(testbed: Testbed, options: WorkerOptions) {
    super(testbed, `worker ${options.slot}`);
    this.options = options;
    this.#random = Xorshift.seeded(options.slot + 1, options.seed, 11);
    options.pages.epochStart = testbed.secondsNow;
  }

  protected override *main(): Steps {
    const { pages } = this.options;
    this.mm = this.testbed.kernel.spaces.create();
    yield this.costs.execBase;
    yield* this.mmap(pages.start, pages.count);
    this.acks++;
    while (!this.isKilled()) {
      const command = this.command;
      if (command === null) {
        yield* this.msleep(POLL_MS);
        continue;
      }
      if (command === 'exit') {
        this.#done();
        return;
      }
      if (command === 'run') {
        this.acks++;
        yield* this.#run();
      } else {
        yield* this.#obey(command);
      }
      this.#done();
    }
  }

  #done(): void {
    this.command = null;
    this.acks++;
  }

  *#obey(command: Command): Steps {
    const { pages } = this.options;
    if (command === 'fill') {
      for (let i = 0; i < pages.count && !this.isKilled(); i++) yield* this.write(pages.start + i, pages.initial(i));
    } else if (command === 'madvise') {
      yield* this.madviseMergeable(pages.start, pages.count);
    } else if (command === 'rewrite') {
      for (let i = 0; i < pages.count && !this.isKilled(); i++) yield* this.write(pages.start + i, pages.unique());
      this.testbed.counts.parentWrites += pages.count;
    } else if (command === 'fork') {
      for (let i = 0; i < this.argument && !this.isKilled(); i++) {
        const mm = yield* this.#timedFork();
        if (mm !== NONE) this.testbed.addChild(new IdleChild(this.testbed, this, mm, pages), this);
      }
    }
  }

  *#timedFork(): Steps<number> {
    const began = this.now;
    const mm = yield* this.fork();
    this.testbed.counts.forkSeconds += (this.now - began) / 1e9;
    if (mm === NONE) this.testbed.counts.forkFailures++;
    return mm;
  }

  /** Forks as a Poisson process and rewrites pages at a steady rate, until told to stop. */
  *#run(): Steps {
    const { options, testbed } = this;
    const { forkRate, writeRate, pages } = options;
    const random = this.#random;
    let began = this.seconds;
    let nextFork = began + (forkRate > 0 ? random.unit() / forkRate : Infinity);
    let done = 0;
    while (this.command !== 'stop' && !this.isKilled()) {
      const time = this.seconds;
      if (time >= nextFork) {
        nextFork += -ln(1 - random.unit()) / forkRate;
        if (nextFork < time - 1) nextFork = time;
        const live = testbed.liveChildren;
        testbed.counts.maxLive = Math.max(testbed.counts.maxLive, live);
        if (live < options.maxLive) {
          const mm = yield* this.#timedFork();
          if (mm !== NONE) testbed.addChild(new Child(testbed, this, mm, options, 0), this);
        }
      }
      let due = Math.trunc(writeRate * (time - began));
      if (due > done + MOST_BEHIND) {
        began += (due - done - MOST_BEHIND) / writeRate;
        due = done + MOST_BEHIND;
      }
      const before = done;
      for (; done < due && !this.isKilled(); done++) {
        const index = random.below(pages.count);
        yield* this.write(pages.start + index, pages.rewritten(index, random, this.seconds));
      }
      testbed.counts.parentWrites += done - before;
      yield* this.msleep(RUN_SLEEP_MS);
    }
  }
}
