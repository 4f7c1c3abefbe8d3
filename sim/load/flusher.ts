/**
 * Dirties page-cache pages at a Poisson rate and writes each back after a fixed time (fs/fs-writeback.c as far as it
 * matters to a migration: pages are dirty, then under writeback for a while, then clean).
 */
import { sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import { NONE } from '../memory/frames.ts';
import { DueList } from './dueList.ts';
import type { World } from './world.ts';

/** A page that is locked when its writeback is due is tried again after this time. */
const RETRY_NS = 1_000_000;

export class Flusher implements Actor {
  readonly name = 'flusher';
  #nextAt: number;
  /** Indexes of dirty pages by start of their writeback, frames under writeback by its end. */
  readonly #dirty = new DueList<number>();
  readonly #writing = new DueList<number>();
  readonly #file: number;
  readonly #stream: Stream;
  readonly #world: World;

  constructor(world: World, file: number) {
    this.#world = world;
    this.#file = file;
    this.#stream = new Stream(world.seed, this.name);
    this.#nextAt = this.#interval();
  }

  /** Runs from the first page that it dirties on. */
  begin(): void {
    this.#world.scheduler.add(this, this.#nextAt);
  }

  step(cpu: number): number {
    const { description, scheduler } = this.#world;
    const { costs } = description;
    const { now } = scheduler;
    if (this.#writing.nextAt <= now) {
      this.#endWriteback(cpu, this.#writing.shift());
      return costs.syscall;
    }
    if (this.#dirty.nextAt <= now) {
      this.#startWriteback(this.#dirty.shift(), now);
      return costs.syscall;
    }
    if (this.#nextAt <= now) {
      this.#dirtyOne(cpu, now);
      this.#nextAt += this.#interval();
      return costs.syscall;
    }
    const next = Math.min(this.#nextAt, this.#writing.nextAt, this.#dirty.nextAt);
    return sleepFor(next - now);
  }

  #dirtyOne(cpu: number, now: number): void {
    const { cache } = this.#world.memory;
    const index = this.#stream.below(cache.sizeOf(this.#file));
    const pfn = cache.lookup(this.#file, index);
    if (pfn === NONE || this.#world.kernel.locks.isPageLocked(pfn)) return;
    cache.lookupBuffers(cpu, pfn);
    cache.markDirty(pfn);
    this.#dirty.add(now + this.#world.description.load.pageCache.dirtyNs, index);
  }

  /** The page may have been written, dropped or moved meanwhile; a locked one is tried again later. */
  #startWriteback(index: number, now: number): void {
    const { memory, kernel, description } = this.#world;
    const pfn = memory.cache.lookup(this.#file, index);
    if (pfn === NONE) return;
    if (memory.cache.startWriteback(pfn)) this.#writing.add(now + description.costs.writeback, pfn);
    else if (kernel.locks.isPageLocked(pfn)) this.#dirty.add(now + RETRY_NS, index);
  }

  #endWriteback(cpu: number, pfn: number): void {
    this.#world.memory.cache.endWriteback(cpu, pfn);
    this.#world.kernel.locks.wakePage(pfn);
  }

  #interval(): number {
    return this.#stream.interval(SECOND / this.#world.description.load.pageCache.dirtiesPerSecond);
  }
}
