/**
 * The program's controller: starts the processes, commands them, handles ksmd's knobs, asks for contiguous memory and
 * writes the record. The scenarios are written in its terms, in `scenarios/`.
 */
import type { Steps } from './task.ts';
import { Ballast } from './ballast.ts';
import { IdleChild } from './child.ts';
import { KsmKnobs } from './ksmKnobs.ts';
import { Observer, SERIES_COLS } from './observer.ts';
import { Pages } from './pages.ts';
import type { Params } from './params.ts';
import type { TestbedRecord, TestbedSysfs } from './record.ts';
import { Requester, type HeldRange } from './requester.ts';
import { Task } from './task.ts';
import type { Testbed } from './testbed.ts';
import { Worker, type Command } from './worker.ts';
import { Xorshift } from './xorshift.ts';

/** First page of every mergeable mapping. */
const BASE = 0x10000;
const POLL_MS = 1;
const SAMPLE_MS = 200;
/** A request costs the program so much besides: least time between two in the natural scenarios, less its sleep. */
const REQUEST_NS = 3_100_000;
/** How long the program waits for the ballast to give pages back: it may have been killed. */
const DROP_TIMEOUT_S = 20;
/** Largest alignment order that a DMA request asks for. */
const DMA_ALIGN = 8;

/** What a scenario says of a worker; the rest comes from the parameters. */
export interface WorkerPlan {
  readonly slot: number;
  readonly pages: number;
  readonly offset?: number;
  readonly forkRate?: number;
  readonly writeRate?: number;
}

export abstract class Controller extends Task {
  readonly params: Params;
  readonly knobs: KsmKnobs;
  readonly observer: Observer;
  readonly requester: Requester;
  isDone = false;
  /** Told when measuring begins, and when the program has ended. */
  onMeasuring: (() => void) | null = null;
  onDone: (() => void) | null = null;
  protected readonly random: Xorshift;
  readonly #notes: Record<string, unknown>[] = [];
  #before: TestbedSysfs | null = null;
  #measureAt = 0;
  #lastCensus = -Infinity;
  #lastCauses = -Infinity;

  constructor(testbed: Testbed, params: Params) {
    super(testbed, 'controller');
    this.params = params;
    this.knobs = new KsmKnobs(testbed);
    this.observer = new Observer(testbed);
    this.requester = new Requester(testbed, params.number('timeout', 8000));
    this.random = Xorshift.seeded(params.seed, 4242, 1);
  }

  /** Called when main has ended. */
  record(keys: Readonly<Record<string, string>>): TestbedRecord {
    const { testbed, observer } = this;
    const { counts } = testbed;
    return {
      name: keys['name'] ?? this.params.scenario,
      params: keys,
      cma: { base_pfn: testbed.area.base, count: testbed.area.pages },
      settle: this.knobs.settled,
      t_measure: this.#measureAt,
      ksm_before: this.#before,
      ksm_after: observer.sysfs(),
      workload: {
        forks: counts.forks,
        exits: counts.exits,
        fork_fail: counts.forkFailures,
        fork_s: counts.forkSeconds,
        parent_writes: counts.parentWrites,
        child_writes: counts.childWrites,
        max_live: counts.maxLive,
      },
      notes: this.#notes,
      series_cols: SERIES_COLS,
      series: observer.series,
      occupancy: observer.occupancy,
      census: observer.census,
      attempts: this.requester.attempts,
      causes: observer.causes,
      vmstat_delta: { oom_kill: testbed.oomKills, ...testbed.kernel.migrateCounts },
    };
  }

  protected override *life(): Steps {
    yield* this.main();
    this.isDone = true;
    this.onDone?.();
  }

  note(note: Record<string, unknown>): void {
    this.#notes.push(note);
  }

  *startBallast(): Steps {
    const { params, testbed } = this;
    const kind = params.text('ballast', 'aged');
    if (kind === '0') return;
    const ballast = new Ballast(testbed, {
      kind: kind === 'aged' || kind === 'auto' ? kind : params.ballastPages,
      seed: params.seed,
      keep: params.number('bkeep', 16),
      slack: params.number('bslack', 3900),
    });
    testbed.ballast = ballast;
    ballast.begin(testbed.scheduler.now);
    while (!ballast.isReady) yield* this.msleep(POLL_MS);
    this.note({ ballast_pages: ballast.pages });
  }

  /** Gives back `brelease` MB of the ballast outside the area. */
  *releaseBallast(): Steps {
    const pages = this.params.number('brelease', 0) * 256;
    const { ballast } = this.testbed;
    if (pages === 0 || ballast === null) return;
    ballast.drop(pages);
    const end = this.testbed.secondsNow + DROP_TIMEOUT_S;
    while (ballast.isDropping && this.testbed.secondsNow < end) yield* this.msleep(POLL_MS);
  }

  /** The sampler: a thread of its own, every 200 ms. */
  beginSeries(): void {
    new Sampler(this.testbed, this.observer, this).begin(this.testbed.scheduler.now);
  }

  *spawn(plan: WorkerPlan): Steps<Worker> {
    const { params, testbed } = this;
    const pages = new Pages(testbed.contents, {
      start: BASE,
      count: plan.pages,
      offset: plan.offset ?? 0,
      remerge: params.number('remerge', 50),
      epochMs: params.number('epoch_ms', 4000),
    });
    const worker = new Worker(testbed, {
      slot: plan.slot,
      seed: params.seed,
      pages,
      forkRate: plan.forkRate ?? params.forkRate,
      lifeMs: params.childLifeMs,
      childTouch: params.childTouch,
      grandchildren: params.number('gp', 0),
      maxLive: params.maxLive,
      writeRate: plan.writeRate ?? (plan.pages * params.parentWrites) / 100,
    });
    testbed.workers.push(worker);
    worker.begin(testbed.scheduler.now);
    while (worker.acks === 0) yield* this.msleep(POLL_MS);
    return worker;
  }

  /** A command, and the wait for its end. */
  *command(worker: Worker, command: Command, argument = 0): Steps {
    const { acks } = worker;
    worker.argument = argument;
    worker.command = command;
    while (worker.acks === acks && worker.mm >= 0) yield* this.msleep(POLL_MS);
  }

  /** The worker exits and is waited for. */
  *exitWorker(worker: Worker): Steps {
    worker.command = 'exit';
    while (worker.mm >= 0) yield* this.msleep(POLL_MS);
  }

  /** The idle child calls madvise(MADV_MERGEABLE), and is waited for. */
  *mergeChild(index: number): Steps {
    const child = [...this.testbed.children].find((one) => one.index === index);
    if (!(child instanceof IdleChild)) throw new Error(`there is no idle child ${index}`);
    child.askToMerge();
    while (!child.isIdle() && child.mm >= 0) yield* this.msleep(POLL_MS);
  }

  markBefore(): void {
    this.#before = this.observer.sysfs();
    this.#measureAt = this.testbed.secondsNow;
    this.onMeasuring?.();
  }

  *census(): Steps {
    yield* this.observer.takeCensus();
    this.#lastCensus = this.testbed.secondsNow;
  }

  /** ksmd stands still while unfindable ptes are classified. */
  *causes(): Steps {
    this.#lastCauses = this.testbed.secondsNow;
    const { ksmd } = this.testbed.kernel;
    const was = ksmd.run;
    if (was === 1) yield* this.knobs.run(0);
    yield* this.observer.takeCauses();
    if (was === 1) yield* this.knobs.run(1);
  }

  *stage(name: string): Steps {
    yield* this.census();
    yield* this.observer.takeOccupancy(true);
    if (!this.params.flag('nocause')) yield* this.causes();
    const { pages_shared, pages_sharing, full_scans } = this.observer.sysfs();
    this.note({
      stage: name,
      t: this.testbed.secondsNow,
      full_scans,
      pages_shared,
      pages_sharing,
      census_idx: this.observer.census.length - 1,
      attempt_idx: this.requester.attempts.length,
      occ_idx: this.observer.occupancy.length - 1,
    });
  }

  /** One request, after a look at everything when the last one is too long ago. */
  *attempt(size: number, hold = 0): Steps<HeldRange | null> {
    const { params, testbed } = this;
    if (testbed.secondsNow - this.#lastCensus > params.number('census_ms', 1000) / 1e3) {
      yield* this.census();
      yield* this.observer.takeOccupancy(false);
      if (testbed.secondsNow - this.#lastCauses > params.number('cause_ms', 3000) / 1e3) yield* this.causes();
    }
    const align = params.number('align', -1);
    yield REQUEST_NS;
    // The requester looks at the step's CPU and time itself.
    return yield* this.requester.attempt(size, align < 0 ? dmaAlign(size) : align, hold, this.who, this.clock);
  }

  *attemptAndFree(size: number): Steps<boolean> {
    const got = yield* this.attempt(size);
    if (got !== null) yield* this.requester.free(got, this.clock);
    return got !== null;
  }

  /** A generator of the scenario's own. */
  protected seededBy(number: number, pages: number): Xorshift {
    return Xorshift.seeded(this.params.seed, number, pages);
  }

  /** Requests for the whole area until one succeeds, for `seconds` at most. */
  protected *untilSuccess(seconds: number): Steps {
    const end = this.testbed.secondsNow + seconds;
    do {
      if (yield* this.attemptAndFree(this.testbed.area.pages)) return;
      yield* this.msleep(this.params.number('gap', 300));
    } while (this.testbed.secondsNow < end);
  }

  /** Requests of all sizes in turn, each freed at once. */
  *eachSize(): Steps {
    for (const size of this.params.sizes(this.testbed.area.pages)) yield* this.attemptAndFree(size);
  }
}

class Sampler extends Task {
  readonly #observer: Observer;
  readonly #controller: Controller;

  constructor(testbed: Testbed, observer: Observer, controller: Controller) {
    super(testbed, 'sampler');
    this.#observer = observer;
    this.#controller = controller;
  }

  protected override *main(): Steps {
    while (!this.#controller.isDone) {
      yield this.testbed.vmstatNs;
      this.#observer.sample();
      yield* this.msleep(SAMPLE_MS);
    }
  }
}

/** get_order of a request, as the DMA mapping code limits it. */
function dmaAlign(pages: number): number {
  let order = 0;
  while (1 << order < pages) order++;
  return Math.min(order, DMA_ALIGN);
}
