/**
 * Processes of the cost scenario: one that maps pages and times what it does, and those that hold pages of the area.
 */
import { NONE } from '../../memory/frames.ts';
import { PTE_SHIFT } from '../../process/pageTables.ts';
import { Task, type Steps } from '../task.ts';
import type { Testbed } from '../testbed.ts';

const BASE = 0x10000;
const COPIES_BASE = 0x60000;
/** Most pages that a grabbing process maps, and when it stops: free pages, free CMA pages. */
export const GRAB = { most: 100_000, look: 256, leastFree: 6000, leastCma: 600 } as const;
const POLL_MS = 1;
const US = 1e3;

/** Does `body` and whatever it is asked for after that, tells the controller by `isDone`, and exits when told to. */
abstract class Helper extends Task {
  isDone = false;
  #asked: Steps | null = null;

  protected override *main(): Steps {
    this.mm = this.mm === NONE ? this.testbed.kernel.spaces.create() : this.mm;
    yield* this.#tell(this.body());
    while (!this.isKilled()) {
      if (this.#asked === null) yield* this.msleep(POLL_MS);
      else yield* this.#tell(this.#asked);
    }
  }

  /** What the controller writes to its pipe: its steps are its own, since it may have to wait for its mmap_sem. */
  protected ask(steps: Steps): void {
    this.#asked = steps;
    this.isDone = false;
    this.testbed.scheduler.wake(this.who);
  }

  *#tell(steps: Steps): Steps {
    yield* steps;
    this.#asked = null;
    this.isDone = true;
  }

  protected abstract body(): Steps;
}

/** A child that only waits to be killed. */
export class Waiting extends Helper {
  constructor(testbed: Testbed, mm: number) {
    super(testbed, 'waiting child');
    this.mm = mm;
  }

  protected override *body(): Steps {
    yield 0;
  }
}

/** fork of a process with many pages: mean us of 8 forks with the pages and of 8 without them. */
export class ForkTimer extends Helper {
  withPages = 0;
  without = 0;
  readonly #pages: number;

  constructor(testbed: Testbed, pages: number) {
    super(testbed, 'fork timer');
    this.#pages = pages;
  }

  protected override *body(): Steps {
    yield* this.mmap(BASE, this.#pages);
    for (let i = 0; i < this.#pages; i++) yield* this.touch(BASE + i);
    this.withPages = yield* this.#meanFork();
    this.testbed.kernel.spaces.zapRange(this.mm, BASE, BASE + this.#pages, this.cpu);
    yield this.costs.syscall;
    this.without = yield* this.#meanFork();
  }

  *#meanFork(): Steps<number> {
    const forks = 8;
    let sum = 0;
    for (let i = 0; i < forks; i++) {
      const began = this.now;
      const child = new Waiting(this.testbed, yield* this.fork());
      sum += this.now - began;
      child.begin(this.now);
      yield* this.msleep(POLL_MS);
      child.kill();
      while (child.mm !== NONE) yield* this.msleep(POLL_MS);
    }
    return sum / forks / US;
  }
}

/** us per page of a first touch, a second write, a copy on write in a child, and a write after the child has gone. */
export class FaultTimer extends Helper {
  firstTouch = 0;
  writeAgain = 0;
  cowBreak = 0;
  cowReuse = 0;
  readonly #pages = 8192;
  readonly #isChild: boolean;

  constructor(testbed: Testbed, mm = NONE) {
    super(testbed, 'fault timer');
    this.mm = mm;
    this.#isChild = mm !== NONE;
  }

  protected override *body(): Steps {
    if (this.#isChild) {
      this.cowBreak = yield* this.#touchAll();
      return;
    }
    yield* this.mmap(BASE, this.#pages);
    this.firstTouch = yield* this.#touchAll();
    this.writeAgain = yield* this.#touchAll();
    const child = new FaultTimer(this.testbed, yield* this.fork());
    child.begin(this.now);
    while (!child.isDone) yield* this.msleep(POLL_MS);
    child.kill();
    while (child.mm !== NONE) yield* this.msleep(POLL_MS);
    this.cowBreak = child.cowBreak;
    this.cowReuse = yield* this.#touchAll();
  }

  *#touchAll(): Steps<number> {
    const began = this.now;
    for (let i = 0; i < this.#pages; i++) yield* this.touch(BASE + i);
    return (this.now - began) / this.#pages / US;
  }
}

/** Maps memory until the area is full and keeps those of its pages that lie in the area's first `keep` frames. */
export class Grabber extends Helper {
  /** Pages kept. */
  readonly kept: number[] = [];
  readonly children: Waiting[] = [];
  readonly #keep: number;

  constructor(testbed: Testbed, keep: number) {
    super(testbed, 'grabber');
    this.#keep = keep;
  }

  protected override *body(): Steps {
    const { testbed } = this;
    yield* this.mmap(BASE, GRAB.most);
    let pages = 0;
    for (; pages < GRAB.most; pages++) {
      if (pages % GRAB.look === 0) {
        yield testbed.vmstatNs;
        const { free, cma } = testbed.freeNow();
        if (free < GRAB.leastFree || cma < GRAB.leastCma) break;
      }
      yield* this.write(BASE + pages, testbed.contents.unique());
    }
    for (let i = 0; i < pages; i++) {
      const pfn = testbed.kernel.tables.get(this.mm, BASE + i) >> PTE_SHIFT;
      if (testbed.isInArea(pfn) && pfn < testbed.area.base + this.#keep) {
        this.kept.push(BASE + i);
        continue;
      }
      testbed.kernel.spaces.zapRange(this.mm, BASE + i, BASE + i + 1, this.cpu);
      yield this.costs.syscall + this.costs.exitPte;
    }
  }

  /** Asks it to have all that it maps merged. */
  askToMerge(): void {
    this.ask(this.madviseMergeable(BASE, GRAB.most));
  }

  /** Asks it for children that share everything it maps. */
  askToFork(count: number): void {
    this.ask(this.#forkTimes(count));
  }

  *#forkTimes(count: number): Steps {
    for (let i = 0; i < count; i++) {
      const child = new Waiting(this.testbed, yield* this.fork());
      child.begin(this.now);
      this.children.push(child);
    }
  }
}

/** Holds `copies` copies of each page that a grabber kept, mergeable. */
export class Copier extends Helper {
  pages = 0;
  readonly #of: Grabber;
  readonly #copies: number;

  constructor(testbed: Testbed, of: Grabber, copies: number) {
    super(testbed, 'copier');
    this.#of = of;
    this.#copies = copies;
  }

  protected override *body(): Steps {
    const { testbed } = this;
    const total = this.#of.kept.length * this.#copies;
    yield* this.mmap(COPIES_BASE, Math.max(1, total));
    for (const vpn of this.#of.kept) {
      const content = testbed.kernel.frames.content[testbed.kernel.tables.get(this.#of.mm, vpn) >> PTE_SHIFT];
      for (let i = 0; i < this.#copies; i++) yield* this.write(COPIES_BASE + this.pages++, content);
    }
    yield* this.madviseMergeable(COPIES_BASE, Math.max(1, total));
  }
}
