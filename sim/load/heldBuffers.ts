/**
 * Contiguous buffers that clients hold, and their release in time (dma_release_from_contiguous). An actor of its own,
 * so that a client that waits in one allocation does not hold its other buffers longer.
 */
import { BLOCKED, sleepFor, type Actor } from '../clock/actor.ts';
import type { Scheduler } from '../clock/scheduler.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import type { CostProfile } from '../description.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { NONE } from '../memory/frames.ts';
import type { Watch } from '../watch/watch.ts';
import { DueList } from './dueList.ts';

interface Buffer {
  readonly area: CmaArea;
  readonly pfn: number;
  readonly pages: number;
}

export class HeldBuffers implements Actor {
  readonly name = 'buffer release';
  #who = NONE;
  readonly #held = new DueList<Buffer>();
  readonly #memory: KernelMemory;
  readonly #scheduler: Scheduler;
  readonly #costs: CostProfile;
  readonly #watch: Watch | null;

  constructor(memory: KernelMemory, scheduler: Scheduler, costs: CostProfile, watch: Watch | null) {
    this.#watch = watch;
    this.#memory = memory;
    this.#scheduler = scheduler;
    this.#costs = costs;
  }

  begin(): void {
    this.#who = this.#scheduler.add(this, this.#scheduler.now);
  }

  /** Holds the buffer until `until`, ns; Infinity: to the end. */
  hold(area: CmaArea, pfn: number, pages: number, until: number): void {
    if (until === Infinity) return;
    this.#held.add(until, { area, pfn, pages });
    if (this.#held.nextAt === until) this.#scheduler.wake(this.#who, until);
  }

  step(cpu: number): number {
    const { nextAt } = this.#held;
    const { now } = this.#scheduler;
    if (nextAt === Infinity) return BLOCKED;
    if (nextAt > now) return sleepFor(nextAt - now);
    const { area, pfn, pages } = this.#held.shift();
    this.#memory.memory.isolation.freeContigRange(cpu, pfn, pages);
    area.release(pfn, pages);
    this.#watch?.released?.(area, pfn, pages, now);
    return this.#costs.syscall + pages * this.#costs.testFrame;
  }
}
