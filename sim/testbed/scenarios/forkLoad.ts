/** fork_heavy and fork_free: a settled map, a load that runs for a while, and requests meanwhile. */
import { Controller } from '../controller.ts';
import type { HeldRange } from '../requester.ts';
import type { Steps } from '../task.ts';
import type { Worker } from '../worker.ts';

abstract class ForkLoad extends Controller {
  /** The host is busy: the program waits, and compaction creeps. */
  *#wait(isBeforeFill: boolean): Steps {
    const { stall } = this.testbed;
    if (stall.isBeforeFill !== isBeforeFill || stall.ns === 0) return;
    this.testbed.isHostBusy = true;
    yield* this.msleep(stall.ns / 1e6);
    this.testbed.isHostBusy = false;
  }

  protected *prepare(): Steps {
    yield* this.startBallast();
    this.beginSeries();
    yield* this.#wait(true);
  }

  protected *fill(workers: readonly Worker[]): Steps {
    for (const worker of workers) yield* this.command(worker, 'fill');
    yield* this.#wait(false);
    for (const worker of workers) yield* this.command(worker, 'madvise');
  }

  protected *measure(workers: readonly Worker[], remark?: Record<string, unknown>): Steps {
    const { params, knobs, observer } = this;
    if (params.flag('settle', 1)) yield* knobs.settle(3, 90);
    yield* this.releaseBallast();
    yield* this.census();
    yield* observer.takeOccupancy(true);
    knobs.set(params.sleepMs, params.pagesToScan);
    yield* knobs.run(1);
    this.markBefore();
    if (remark !== undefined) this.note(remark);
    for (const worker of workers) worker.command = 'run';
    yield* this.msleep(params.warmSeconds * 1e3);
    yield* observer.takeOccupancy(true);
    yield* this.#attempts(params.seconds, params.number('gap', 150), params.hold);
    yield* this.census();
    yield* observer.takeOccupancy(true);
  }

  *#attempts(seconds: number, gapMs: number, hold: number): Steps {
    const { random, testbed } = this;
    const sizes = this.params.sizes(testbed.area.pages);
    const end = testbed.secondsNow + seconds;
    const order = sizes.map((_, i) => i);
    const held: HeldRange[] = [];
    let next = order.length;
    let heldPages = 0;
    let heldSize = 0;
    while (testbed.secondsNow < end) {
      if (hold > 0) {
        const size = sizes[heldSize % sizes.length];
        const got = yield* this.attempt(size, heldPages);
        if (got !== null) {
          held.push(got);
          heldPages += size;
        }
        if (got === null || heldPages + size > hold) {
          for (const range of held.splice(0)) yield* this.requester.free(range, this.clock);
          heldPages = 0;
          heldSize++;
          yield* this.msleep(gapMs * 4);
        } else {
          yield* this.msleep(gapMs / 8);
        }
        continue;
      }
      if (next === order.length) {
        order.forEach((_, i) => (order[i] = i));
        for (let i = order.length - 1; i > 0; i--) {
          const j = random.below(i + 1);
          [order[i], order[j]] = [order[j], order[i]];
        }
        next = 0;
      }
      yield* this.attemptAndFree(sizes[order[next++]]);
      yield* this.msleep(gapMs * (0.5 + random.unit()));
    }
    for (const range of held) yield* this.requester.free(range, this.clock);
  }
}

export class ForkHeavy extends ForkLoad {
  protected override *main(): Steps {
    yield* this.prepare();
    const worker = yield* this.spawn({ slot: 0, pages: this.params.mappedPages });
    yield* this.fill([worker]);
    yield* this.measure([worker]);
  }
}

/** The same map and rewrites in processes made by exec. */
export class ForkFree extends ForkLoad {
  protected override *main(): Steps {
    const { params } = this;
    const total = params.mappedPages;
    const count = params.workers;
    const pages = Math.trunc(total / count);
    const live = (params.forkRate * params.childLifeMs) / 1e3;
    let writes = (total * params.parentWrites) / 100;
    writes += (params.forkRate * total * params.childTouch) / 100;
    // The same rate per mapped page as with forks, unless the same absolute rate is asked for.
    if (!params.flag('wabs')) writes /= 1 + live;
    yield* this.prepare();
    const workers: Worker[] = [];
    for (let slot = 0; slot < count; slot++) {
      const plan = { slot, pages, offset: slot * pages, forkRate: 0, writeRate: writes / count };
      workers.push(yield* this.spawn(plan));
    }
    yield* this.fill(workers);
    yield* this.measure(workers, { writes_per_s_total: writes });
  }
}
