/**
 * get_user_pages by somebody for a while: a run of pages of a random process, or of the page cache, gets an extra
 * reference each. Differences: pages that are not present are passed over instead of being faulted in; KSM pages are
 * pinned for reading, so they are not copied.
 */
import { sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import type { PinHolder as PinDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { DueList } from './dueList.ts';
import type { World } from './world.ts';

export class PinHolder implements Actor {
  readonly name: string;
  #nextAt: number;
  /** Frames of each pin, by time of release. */
  readonly #held = new DueList<readonly number[]>();
  readonly #pin: PinDescription;
  readonly #file: number;
  readonly #stream: Stream;
  readonly #world: World;

  /** `file`: the file of the page-cache load. */
  constructor(world: World, pin: PinDescription, file: number) {
    this.name = `pins ${pin.name}`;
    this.#world = world;
    this.#pin = pin;
    this.#file = file;
    this.#stream = new Stream(world.seed, this.name);
    this.#nextAt = this.#interval();
  }

  /** Runs from its first pin on. */
  begin(): void {
    this.#world.scheduler.add(this, this.#nextAt);
  }

  step(cpu: number): number {
    const { now } = this.#world.scheduler;
    const due = this.#held.nextAt;
    if (due <= now) {
      this.#release(cpu, now);
      return this.#world.description.costs.syscall;
    }
    if (this.#nextAt <= now) {
      this.#take(this.#nextAt + this.#stream.interval(this.#pin.holdNs), now);
      this.#nextAt += this.#interval();
      return this.#world.description.costs.syscall;
    }
    return sleepFor(Math.min(due, this.#nextAt) - now);
  }

  /** Always three draws, whatever is found. */
  #take(until: number, now: number): void {
    const whose = this.#stream.unit();
    const where = this.#stream.unit();
    const pfns = this.#pin.target === 'anon' ? this.#anonPages(whose, where) : this.#filePages(where);
    const { frames } = this.#world.kernel;
    for (const pfn of pfns) {
      frames.count[pfn]++;
      frames.pins[pfn]++;
    }
    this.#held.add(until, pfns);
    this.#world.watch?.pinned?.(this.#pin.name, pfns, now);
  }

  #release(cpu: number, now: number): void {
    const { kernel, memory, watch } = this.#world;
    const pfns = this.#held.shift();
    watch?.unpinned?.(this.#pin.name, pfns, now);
    for (const pfn of pfns) {
      kernel.frames.pins[pfn]--;
      memory.put(cpu, pfn);
    }
  }

  #anonPages(whose: number, where: number): number[] {
    const { processes, plans, kernel } = this.#world;
    const pfns: number[] = [];
    if (processes.size === 0) return pfns;
    const { mm, group } = processes.at(Math.floor(whose * processes.size));
    const pages = plans[group].privatePages;
    if (mm === NONE || pages === null) return pfns;
    const first = Math.floor(where * pages.total);
    for (let page = first; page < Math.min(pages.total, first + this.#pin.pages); page++) {
      pages.select(page);
      const entry = kernel.tables.get(mm, pages.vpn);
      if ((entry & (PTE.present | PTE.zero)) === PTE.present) pfns.push(entry >> PTE_SHIFT);
    }
    return pfns;
  }

  #filePages(where: number): number[] {
    const { cache } = this.#world.memory;
    const pages = cache.sizeOf(this.#file);
    const first = Math.floor(where * pages);
    const pfns: number[] = [];
    for (let index = first; index < Math.min(pages, first + this.#pin.pages); index++) {
      const pfn = cache.lookup(this.#file, index);
      if (pfn !== NONE) pfns.push(pfn);
    }
    return pfns;
  }

  #interval(): number {
    return this.#stream.interval(SECOND / this.#pin.perSecond);
  }
}
