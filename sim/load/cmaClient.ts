/**
 * A driver that asks for contiguous memory: rounds at planned times, each with its buffers one after the other, all
 * held until the hold time after the last one is over. A round that is due while another one is still being served
 * follows it.
 */
import { BLOCKED, FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import { CmaAlloc } from '../cma/cmaAlloc.ts';
import { NONE } from '../memory/frames.ts';
import type { CmaAttempt } from '../observations.ts';
import type { CmaRequests } from './cmaRequests.ts';
import { RequestNotes } from './requestNotes.ts';
import type { World } from './world.ts';

export class CmaClient implements Actor {
  readonly name: string;
  #who = NONE;
  #began = NaN;
  /** Buffers of the round so far, as pfn and pages in turn. */
  readonly #got: number[] = [];
  readonly #requests: CmaRequests;
  readonly #alloc: CmaAlloc;
  readonly #notes: RequestNotes;
  readonly #world: World;
  readonly #told: ((attempt: CmaAttempt) => void) | null;

  /** `told`: of each request that is over. */
  constructor(world: World, requests: CmaRequests, told: ((attempt: CmaAttempt) => void) | null = null) {
    this.#told = told;
    this.name = `cma client ${requests.client}`;
    this.#world = world;
    this.#requests = requests;
    const { kernel, description } = world;
    this.#alloc = new CmaAlloc({
      range: kernel.range,
      cmaMutex: kernel.cmaMutex,
      kernel: description.kernel,
      costs: description.costs,
      hooks: kernel.hooks,
      clock: kernel.clock,
      rangeFailed: () => {
        world.watch?.rangeFailed?.(requests.client, this.#alloc);
        this.#notes.rangeFailed(this.#alloc.caller);
      },
    });
    this.#notes = new RequestNotes(kernel);
  }

  /** Runs from its first round on. */
  begin(): void {
    this.#who = this.#world.scheduler.add(this, this.#requests.nextAt);
  }

  step(cpu: number): number {
    if (!this.#alloc.isIdle) return this.#allocate(cpu);
    const requests = this.#requests;
    const { now } = this.#world.scheduler;
    if (requests.left === 0 && now < requests.nextAt) {
      return requests.nextAt === Infinity ? FINISHED : sleepFor(requests.nextAt - now);
    }
    requests.next();
    this.#notes.begin();
    this.#began = now;
    this.#alloc.begin(requests.area, requests.pages, requests.alignOrder);
    this.#world.watch?.requested?.(requests.client, requests.pages, this.#alloc, now);
    return this.#allocate(cpu);
  }

  #allocate(cpu: number): number {
    const result = this.#alloc.step(this.#who, cpu);
    this.#notes.stepped(result);
    this.#world.lowMemory.afterAllocation();
    if (result === BLOCKED || !this.#alloc.isIdle) return result;
    this.#finish(this.#world.scheduler.now + result);
    return result;
  }

  #finish(now: number): void {
    const { errno, pfn } = this.#alloc;
    const { measures, watch, held } = this.#world;
    const { client, area, pages, holdNs, left } = this.#requests;
    const about = { at: this.#began - measures.since, latency: now - this.#began, client, pages };
    const attempt = this.#notes.finish(this.#alloc, about);
    if (this.#began >= measures.since) {
      measures.attempts.push(attempt);
      watch?.answered?.(attempt, this.#began, now);
    }
    this.#told?.(attempt);
    if (errno === 0) this.#got.push(pfn, pages);
    if (left > 0) return;
    for (let i = 0; i < this.#got.length; i += 2) {
      held.hold(area, this.#got[i], this.#got[i + 1], now + holdNs);
    }
    this.#got.length = 0;
  }
}
