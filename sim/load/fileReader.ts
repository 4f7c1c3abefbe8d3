/**
 * Reads files nobody maps: new page-cache pages at a Poisson rate, locked until they are read in. Pages that come due
 * during one read are read together by the next, a cluster at most (mm/readahead.c).
 *
 * The file is a ring: behind its end reading goes on at its start, past pages that are cached still.
 */
import { sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import { NONE } from '../memory/frames.ts';
import { cachePage } from './cachePage.ts';
import type { World } from './world.ts';

/** Pages of the largest read: 128 kB, the default read-ahead window. */
const CLUSTER = 32;

export class FileReader implements Actor {
  readonly name = 'file reader';
  #nextAt: number;
  #index: number;
  readonly #reading: number[] = [];
  readonly #file: number;
  readonly #stream: Stream;
  readonly #world: World;

  /** Reads `file` from page `first` on. */
  constructor(world: World, file: number, first: number) {
    this.#world = world;
    this.#file = file;
    this.#index = first;
    this.#stream = new Stream(world.seed, this.name);
    this.#nextAt = this.#interval();
  }

  /** Runs from its first read on. */
  begin(): void {
    this.#world.scheduler.add(this, this.#nextAt);
  }

  step(cpu: number): number {
    const { kernel, lowMemory, description, scheduler } = this.#world;
    const { now } = scheduler;
    for (const pfn of this.#reading) kernel.locks.unlockPage(pfn);
    this.#reading.length = 0;
    while (this.#nextAt <= now && this.#reading.length < CLUSTER) {
      const pfn = this.#readNext(cpu);
      if (pfn === NONE && this.#reading.length === 0) return lowMemory.allocationFailed();
      if (pfn === NONE) break;
      this.#nextAt += this.#interval();
      // Copied from a guaranteed CMA: nothing to wait for.
      if (this.#world.memory.cache.wasCopied) continue;
      kernel.locks.tryLockPage(pfn);
      this.#reading.push(pfn);
    }
    lowMemory.afterAllocation();
    if (this.#reading.length > 0) return sleepFor(description.costs.fileRead);
    return sleepFor(Math.max(0, this.#nextAt - now));
  }

  #readNext(cpu: number): number {
    const { memory, description } = this.#world;
    const { cache } = memory;
    const pages = cache.sizeOf(this.#file);
    let index = this.#index % pages;
    while (cache.lookup(this.#file, index) !== NONE) index = (index + 1) % pages;
    const hasBuffers = this.#stream.chance(description.load.pageCache.buffers);
    const pfn = cachePage(memory, cpu, this.#file, index, hasBuffers);
    if (pfn !== NONE) this.#index = index + 1;
    return pfn;
  }

  #interval(): number {
    return this.#stream.interval(SECOND / this.#world.description.load.pageCache.readsPerSecond);
  }
}
