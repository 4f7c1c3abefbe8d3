/**
 * The program's requests for contiguous memory: a helper process writes a number of pages to the debugfs file of the
 * area and is killed when that takes too long. One attempt at a time; what the kernel's tracepoints say of it is
 * counted.
 */
import { BLOCKED } from '../clock/actor.ts';
import { CmaAlloc } from '../cma/cmaAlloc.ts';
import { MIGRATE_STAGE } from '../events.ts';
import { RequestNotes } from '../load/requestNotes.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { Steps } from './task.ts';
import type { TestbedAttempt } from './record.ts';
import type { Testbed } from './testbed.ts';

/** As which client its requests go. */
const CLIENT = 'program';

/** What a page that failed to migrate looked like. */
const BAD = { ksm: 1, nullNode: 2, anon: 3, reference: 4, other: 5 } as const;

/** A range that an earlier request got. */
export interface HeldRange {
  readonly pfn: number;
  readonly pages: number;
}

export class Requester {
  readonly attempts: TestbedAttempt[] = [];
  readonly #testbed: Testbed;
  readonly #alloc: CmaAlloc;
  readonly #notes: RequestNotes;
  readonly #timeoutNs: number;
  readonly #bad = new Map<number, number>();
  #isolationFailures = 0;
  #isCounting = false;

  constructor(testbed: Testbed, timeoutMs: number) {
    this.#testbed = testbed;
    this.#timeoutNs = timeoutMs * 1e6;
    const { kernel, description, costs } = testbed;
    this.#alloc = new CmaAlloc({
      range: kernel.range,
      cmaMutex: kernel.cmaMutex,
      kernel: description.kernel,
      costs,
      hooks: kernel.hooks,
      clock: kernel.clock,
      rangeFailed: () => {
        this.#notes.rangeFailed(this.#alloc.caller);
      },
    });
    this.#notes = new RequestNotes(kernel);
    kernel.ledger.onFailed = (pfn, stage) => this.#noteFailure(pfn, stage);
    kernel.ledger.onBusy = (pfn) => {
      if (!this.#isCounting) return;
      this.#isolationFailures++;
      if (!this.#bad.has(pfn)) this.#bad.set(pfn, BAD.other);
    };
  }

  /** One cma_alloc of `pages`, aligned to `order`, by the actor `who`. Returns the range, or null. */
  *attempt(
    pages: number,
    order: number,
    hold: number,
    who: number,
    clock: { cpu: number; now: number },
  ): Steps<HeldRange | null> {
    const testbed = this.#testbed;
    const alloc = this.#alloc;
    const before = { ...testbed.kernel.migrateCounts };
    this.#bad.clear();
    this.#isolationFailures = 0;
    this.#isCounting = true;
    this.#notes.begin();
    const began = clock.now;
    alloc.begin(testbed.area, pages, order);
    for (let isBusy = true; isBusy;) {
      const result = alloc.step(who, clock.cpu);
      this.#notes.stepped(result);
      isBusy = !alloc.isIdle;
      if (isBusy && result !== BLOCKED && clock.now - began > this.#timeoutNs) alloc.interrupt();
      if (isBusy || result > 0) yield result;
    }
    this.#isCounting = false;
    const after = testbed.kernel.migrateCounts;
    const ok = alloc.pfn !== NONE;
    const { measures } = testbed;
    const about = { at: began - measures.since, latency: clock.now - began, client: CLIENT, pages };
    measures.attempts.push(this.#notes.finish(alloc, about));
    this.attempts.push({
      t: testbed.seconds(began),
      size: pages,
      align: order,
      hold,
      outcome: ok ? 'ok' : alloc.errno === ERRNO.interrupted ? 'timeout' : 'fail',
      errno: ok ? 0 : -alloc.errno,
      lat_us: about.latency / 1e3,
      // Each range that was busy: all but the last one, and that too when the request failed.
      busy_retry: alloc.ranges + (alloc.errno === ERRNO.busy ? 1 : 0),
      mig_calls: after.calls - before.calls,
      mig_ok: after.migrated - before.migrated,
      mig_fail: after.failed - before.failed,
      iso_fail: this.#isolationFailures,
      ...this.#badPages(),
    });
    return ok ? { pfn: alloc.pfn, pages } : null;
  }

  *free(range: HeldRange, clock: { cpu: number }): Steps {
    const { memory, area, costs } = this.#testbed;
    memory.freeRange(clock.cpu, range.pfn, range.pages);
    area.release(range.pfn, range.pages);
    yield costs.syscall + range.pages * costs.testFrame;
  }

  /** As the probe on remove_migration_ptes sees it: only pages that had been unmapped, in part or whole, are noted. */
  #noteFailure(pfn: number, stage: number): void {
    if (!this.#isCounting) return;
    const { kind, mapping } = this.#testbed.kernel.frames;
    if (stage === MIGRATE_STAGE.mapped) {
      if (kind[pfn] === KIND.ksm) this.#bad.set(pfn, mapping[pfn] === NONE ? BAD.nullNode : BAD.ksm);
      else this.#bad.set(pfn, BAD.anon);
    } else if (stage === MIGRATE_STAGE.count) {
      const known = this.#bad.get(pfn);
      if (known === undefined || known === BAD.other) this.#bad.set(pfn, BAD.reference);
    }
  }

  #badPages() {
    const count = { ksm: 0, nullNode: 0, anon: 0, reference: 0 };
    for (const kind of this.#bad.values()) {
      if (kind === BAD.ksm || kind === BAD.nullNode) count.ksm++;
      if (kind === BAD.nullNode) count.nullNode++;
      if (kind === BAD.anon) count.anon++;
      if (kind === BAD.reference) count.reference++;
    }
    return {
      bad_pages: this.#bad.size,
      bad_ksm_unfound: count.ksm,
      bad_ksm_null_node: count.nullNode,
      bad_anon_unfound: count.anon,
      bad_extra_ref: count.reference,
    };
  }
}
