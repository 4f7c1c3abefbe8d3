/**
 * How the program handles ksmd: its sysfs files, settling (full speed until nothing merges any more), and stepping it
 * batch by batch through a sleep of 100 s that ends when sleep_millisecs is written.
 *
 * On a machine without KSM (`ksm.run` is not 1) what is written to run changes nothing, and nobody waits for ksmd.
 */
import { sleepFor } from '../clock/actor.ts';
import type { Steps } from './task.ts';
import type { Testbed } from './testbed.ts';

const MS = 1e6;
const SETTLE = { sleepMs: 1, pages: 50_000, pollMs: 5 } as const;
const BATCH_SLEEP_MS = 100_000;
const BATCH_POLL_MS = 2;
const STOP_MS = 10;

export class KsmKnobs {
  settled = { ok: 0, s: 0 };
  #toggle = 0;
  readonly #testbed: Testbed;
  readonly #isOff: boolean;

  constructor(testbed: Testbed) {
    this.#testbed = testbed;
    this.#isOff = testbed.description.ksm.run !== 1;
  }

  set(sleepMs: number, pages: number): void {
    const { ksmd } = this.#testbed.kernel;
    ksmd.pagesToScan = pages;
    if (ksmd.writeSleepMillisecs(sleepMs)) this.#wake();
  }

  /** Writes run: run_store takes ksm_thread_mutex, so the writer waits for the batch in work. */
  *run(value: 0 | 1): Steps {
    const { ksmd } = this.#testbed.kernel;
    while (ksmd.isInBatch) yield sleepFor(MS / 10);
    ksmd.run = this.#isOff ? 0 : value;
    if (ksmd.run === 1 && ksmd.isIdle) this.#wake();
    yield this.#testbed.costs.syscall;
  }

  /** Full scans at full speed, at least `scans`, until pages_sharing is the same after two, or for `most` seconds. */
  *settle(scans: number, most: number): Steps {
    const { kernel } = this.#testbed;
    const began = this.#testbed.secondsNow;
    this.set(SETTLE.sleepMs, SETTLE.pages);
    yield* this.run(1);
    if (this.#isOff) return;
    const first = kernel.cursor.seqnr;
    let last = -1;
    let lastScan = first;
    this.settled = { ok: 0, s: 0 };
    while (this.#testbed.secondsNow - began < most) {
      const scan = kernel.cursor.seqnr;
      if (scan !== lastScan) {
        const sharing = kernel.objects.pagesSharing;
        if (sharing === last && scan >= first + scans) {
          this.settled.ok = 1;
          break;
        }
        last = sharing;
        lastScan = scan;
      }
      yield sleepFor(SETTLE.pollMs * MS);
    }
    this.settled.s = this.#testbed.secondsNow - began;
  }

  /** One batch of exactly `pages` visits, or up to the end of the scan. */
  *batch(pages: number): Steps {
    const { ksmd } = this.#testbed.kernel;
    yield* this.run(0);
    if (this.#isOff) return;
    const batches = ksmd.batches;
    this.set(this.#toggled(BATCH_SLEEP_MS), pages);
    // Until ksmd has seen that it may not run.
    while (!ksmd.isIdle) yield sleepFor(BATCH_POLL_MS * MS);
    yield* this.run(1);
    do yield sleepFor(BATCH_POLL_MS * MS);
    while (ksmd.batches === batches || ksmd.isInBatch);
  }

  /** One batch up to the end of the scan. */
  *toHead(): Steps {
    yield* this.batch(100_000_000);
  }

  *stop(): Steps {
    yield* this.run(0);
    this.set(this.#toggled(2 * BATCH_SLEEP_MS), this.#testbed.kernel.ksmd.pagesToScan);
    yield sleepFor(STOP_MS * MS);
  }

  /** Another number of ms each time, so that writing it wakes ksmd. */
  #toggled(sleepMs: number): number {
    this.#toggle ^= 1;
    return sleepMs + this.#toggle;
  }

  #wake(): void {
    const { kernel, scheduler } = this.#testbed;
    scheduler.wake(kernel.ksmd.who);
  }
}
