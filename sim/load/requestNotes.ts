/**
 * What is noted of a request for contiguous memory while it is served: who stood in the way of each range that was
 * given up, so that the attempt can be told when it is over. Each page counts once an attempt, with its last cause.
 */
import type { CmaAlloc } from '../cma/cmaAlloc.ts';
import type { Kernel } from '../kernel.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { Cause, CauseCounts, CmaAttempt } from '../observations.ts';

export class RequestNotes {
  readonly #failed = new Map<number, Cause>();
  /** Those of the round `#round` alone. */
  readonly #blockers = new Map<number, Cause>();
  #round = 0;
  #cpu = 0;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** A request begins. */
  begin(): void {
    this.#failed.clear();
    this.#blockers.clear();
    this.#round = 0;
    this.#cpu = 0;
  }

  /** A step of it had this result; those above 0 are CPU time, ns. */
  stepped(result: number): void {
    if (result > 0) this.#cpu += result;
  }

  /** A range was just given up in the round `caller`. */
  rangeFailed(caller: number): void {
    const { range, ledger } = this.#kernel;
    if (caller > this.#round) {
      this.#blockers.clear();
      this.#round = caller;
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

  /** The request is over: what `alloc` has of it, and what was noted. `about`: the rest. */
  finish(alloc: CmaAlloc, about: Pick<CmaAttempt, 'at' | 'latency' | 'client' | 'pages'>): CmaAttempt {
    const { at, latency, client, pages } = about;
    const { errno, migratePasses, contigTries, ranges, caller, migrated } = alloc;
    // Of pages that moved or were freed in a later try.
    if (errno === 0) this.#kernel.ledger.forgetFailures();
    return {
      at,
      latency,
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
  }
}

function countCauses(failed: ReadonlyMap<number, Cause>): Partial<CauseCounts> {
  const counts: Partial<CauseCounts> = {};
  let last: Cause = 'unknown';
  let run = 0;
  // Pages of one cause mostly follow each other, by the hundred.
  for (const cause of failed.values()) {
    if (cause !== last && run > 0) {
      counts[last] = (counts[last] ?? 0) + run;
      run = 0;
    }
    last = cause;
    run++;
  }
  if (run > 0) counts[last] = (counts[last] ?? 0) + run;
  return counts;
}
