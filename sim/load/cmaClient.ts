/**
 * A driver that asks for contiguous memory: rounds at planned times, each with its buffers one after the other, all held
 * until the hold time after the last one is over. A round that is due while another one is still being served follows it.
 */
import { BLOCKED, sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { CmaAlloc } from '../cma/cmaAlloc.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import type { CmaClient as ClientDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import type { HeldBuffers } from './heldBuffers.ts';
import { RequestNotes } from './requestNotes.ts';
import type { World } from './world.ts';

const SECOND = 1e9;

export class CmaClient implements Actor {
  readonly name: string;
  #who = NONE;
  /** Buffers of the round still to ask for, 0: between rounds. */
  #left = 0;
  #nextAt: number;
  #pages = 0;
  #began = 0;
  /** Buffers of the round so far, as pfn and pages in turn. */
  readonly #got: number[] = [];
  readonly #stream: Stream;
  readonly #weights: readonly number[];
  readonly #weightSum: number;
  readonly #client: ClientDescription;
  readonly #area: CmaArea;
  readonly #held: HeldBuffers;
  readonly #alloc: CmaAlloc;
  readonly #notes: RequestNotes;
  readonly #world: World;

  constructor(world: World, client: ClientDescription, area: CmaArea, held: HeldBuffers) {
    this.name = `cma client ${client.name}`;
    this.#world = world;
    this.#client = client;
    this.#area = area;
    this.#held = held;
    this.#stream = new Stream(world.seed, this.name);
    this.#weights = client.sizes.map((size) => size.weight);
    this.#weightSum = this.#weights.reduce((sum, weight) => sum + weight, 0);
    const { kernel, description } = world;
    this.#alloc = new CmaAlloc({
      range: kernel.range,
      cmaMutex: kernel.cmaMutex,
      kernel: description.kernel,
      costs: description.costs,
      hooks: kernel.hooks,
      now: kernel.now,
      rangeFailed: () => {
        world.watch?.rangeFailed?.(client.name, this.#alloc);
        this.#notes.rangeFailed(this.#alloc.caller);
      },
    });
    this.#notes = new RequestNotes(kernel);
    const start = description.warmupNs + client.startNs;
    this.#nextAt = client.periodic ? start : start + this.#interval();
  }

  /** Runs from its first round on. */
  begin(): void {
    this.#who = this.#world.scheduler.add(this, this.#nextAt);
  }

  step(cpu: number, now: number): number {
    if (!this.#alloc.isIdle) return this.#allocate(cpu, now);
    if (this.#left === 0) {
      if (now < this.#nextAt) return sleepFor(this.#nextAt - now);
      this.#nextAt += this.#interval();
      this.#left = this.#client.buffers;
    }
    this.#left--;
    this.#pages = this.#client.sizes[this.#stream.weighted(this.#weights, this.#weightSum)].pages;
    this.#notes.begin();
    this.#began = now;
    this.#alloc.begin(this.#area, this.#pages, this.#client.alignOrder);
    this.#world.watch?.requested?.(this.#client.name, this.#pages, this.#alloc, now);
    return this.#allocate(cpu, now);
  }

  #allocate(cpu: number, now: number): number {
    const result = this.#alloc.step(this.#who, cpu);
    this.#notes.stepped(result);
    this.#world.lowMemory.afterAllocation();
    if (result === BLOCKED || !this.#alloc.isIdle) return result;
    this.#finish(now + result);
    return result;
  }

  #finish(now: number): void {
    const { errno, pfn } = this.#alloc;
    const { measures, watch } = this.#world;
    const latency = now - this.#began;
    const about = { at: this.#began - measures.since, latency, client: this.#client.name, pages: this.#pages };
    const attempt = this.#notes.finish(this.#alloc, about);
    if (this.#began >= measures.since) {
      measures.attempts.push(attempt);
      watch?.answered?.(attempt, this.#began, now);
    }
    if (errno === 0) this.#got.push(pfn, this.#pages);
    if (this.#left > 0) return;
    for (let i = 0; i < this.#got.length; i += 2) {
      this.#held.hold(this.#area, this.#got[i], this.#got[i + 1], now + this.#client.holdNs);
    }
    this.#got.length = 0;
  }

  #interval(): number {
    const mean = SECOND / this.#client.perSecond;
    return Math.round(this.#client.periodic ? mean : this.#stream.exponential(mean));
  }
}
