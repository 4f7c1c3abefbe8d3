/**
 * A driver that asks for contiguous memory: rounds at planned times, each with its buffers one after the other, all held
 * until the hold time after the last one is over. A round that is due while another one is still being served follows it.
 */
import { BLOCKED, FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import { CmaAlloc } from '../cma/cmaAlloc.ts';
import { NONE } from '../memory/frames.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { Cause, CauseCounts } from '../observations.ts';
import type { CmaRequests } from './cmaRequests.ts';
import type { HeldBuffers } from './heldBuffers.ts';
import type { World } from './world.ts';

export class CmaClient implements Actor {
  readonly name: string;
  #who = NONE;
  #began = 0;
  /** Buffers of the round so far, as pfn and pages in turn. */
  readonly #got: number[] = [];
  readonly #failed = new Map<number, Cause>();
  /** Those of the round `#round` alone. */
  readonly #blockers = new Map<number, Cause>();
  #round = 0;
  #cpu = 0;
  readonly #requests: CmaRequests;
  readonly #held: HeldBuffers;
  readonly #alloc: CmaAlloc;
  readonly #world: World;

  constructor(world: World, requests: CmaRequests, held: HeldBuffers) {
    this.name = `cma client ${requests.client}`;
    this.#world = world;
    this.#requests = requests;
    this.#held = held;
    const { kernel, description } = world;
    this.#alloc = new CmaAlloc({
      range: kernel.range,
      cmaMutex: kernel.cmaMutex,
      kernel: description.kernel,
      costs: description.costs,
      hooks: kernel.hooks,
      now: kernel.now,
      rangeFailed: () => this.#noteFailures(),
    });
  }

  /** Runs from its first round on. */
  begin(): void {
    this.#who = this.#world.scheduler.add(this, this.#requests.nextAt);
  }

  step(cpu: number, now: number): number {
    if (!this.#alloc.isIdle) return this.#allocate(cpu, now);
    const requests = this.#requests;
    if (requests.left === 0 && now < requests.nextAt) {
      return requests.nextAt === Infinity ? FINISHED : sleepFor(requests.nextAt - now);
    }
    requests.next();
    this.#failed.clear();
    this.#blockers.clear();
    this.#round = 0;
    this.#cpu = 0;
    this.#began = now;
    this.#alloc.begin(requests.area, requests.pages, requests.alignOrder);
    this.#world.watch?.requested?.(requests.client, requests.pages, this.#alloc, now);
    return this.#allocate(cpu, now);
  }

  #allocate(cpu: number, now: number): number {
    const result = this.#alloc.step(this.#who, cpu);
    if (result > 0) this.#cpu += result;
    this.#world.lowMemory.afterAllocation();
    if (result === BLOCKED || !this.#alloc.isIdle) return result;
    this.#finish(now + result);
    return result;
  }

  #finish(now: number): void {
    const { errno, pfn, migratePasses, contigTries, ranges, caller, migrated } = this.#alloc;
    const { measures, watch } = this.#world;
    const { client, area, pages, holdNs, left } = this.#requests;
    if (this.#began >= measures.since) {
      const attempt = {
        at: this.#began - measures.since,
        latency: now - this.#began,
        client,
        pages,
        errno,
        migratePasses,
        contigTries,
        ranges,
        caller,
        migrated,
        failed: this.#failed.size,
        causes: countCauses(this.#failed),
        blocked: errno === 0 || caller > this.#round ? {} : countCauses(this.#blockers),
        cpu: this.#cpu,
      };
      measures.attempts.push(attempt);
      watch?.answered?.(attempt, this.#began, now);
    }
    if (errno === 0) {
      this.#got.push(pfn, pages);
      // Of pages that moved or were freed in a later try.
      this.#world.kernel.ledger.forgetFailures();
    }
    if (left > 0) return;
    for (let i = 0; i < this.#got.length; i += 2) {
      this.#held.hold(area, this.#got[i], this.#got[i + 1], now + holdNs);
    }
    this.#got.length = 0;
  }

  /** Who stood in the way of the range just given up: each page counts once an attempt, with its last cause. */
  #noteFailures(): void {
    const { range, ledger } = this.#world.kernel;
    this.#world.watch?.rangeFailed?.(this.#requests.client, this.#alloc);
    if (this.#alloc.caller > this.#round) {
      this.#blockers.clear();
      this.#round = this.#alloc.caller;
    }
    for (const pfn of range.leftover) {
      const cause = ledger.failureOf(pfn);
      // After -ENOMEM the pages behind the one that found no target were not tried again.
      const named = cause === 'unknown' && range.rc === ERRNO.noMemory ? 'no-target' : cause;
      this.#failed.set(pfn, named);
      this.#blockers.set(pfn, named);
    }
    ledger.forgetFailures();
  }
}

function countCauses(failed: ReadonlyMap<number, Cause>): Partial<CauseCounts> {
  const counts: Partial<CauseCounts> = {};
  for (const cause of failed.values()) counts[cause] = (counts[cause] ?? 0) + 1;
  return counts;
}
