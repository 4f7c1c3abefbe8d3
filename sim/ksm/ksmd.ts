/**
 * ksmd (mm/ksm.c: ksm_scan_thread, ksm_do_scan): batches of pages_to_scan items with a sleep of sleep_millisecs
 * between.
 *
 * The sysfs files pages_to_scan and sleep_millisecs can be written at any time; a write that changes the latter ends
 * the sleep between two batches (ksm_iter_wait, in kernels with `granularTimers`; in 3.10 the sleep goes on).
 *
 * Differences: while there is nothing to do it polls at its sleep interval instead of waiting for an event; nice 5 and
 * the freezer are left out.
 */
import type { CostProfile, KsmSettings } from '../description.ts';
import { BLOCKED, sleepDeferrably, sleepFor, type Actor } from '../clock/actor.ts';
import { NONE } from '../memory/frames.ts';
import type { Clock } from '../clock/clock.ts';
import { wheelExpiry } from '../clock/timerWheel.ts';
import { Series } from '../series.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import { FOUND, type Cursor } from './cursor.ts';
import type { ItemRemoval } from './itemRemoval.ts';
import { MERGE_POINTS, type MergeItem } from './mergeItem.ts';
import type { QuietVisits } from './quietVisits.ts';
import type { MmSlots } from './slots.ts';

/** Where a scripted test can stop ksmd inside an item. */
export const KSMD_POINTS = ['scanned', ...MERGE_POINTS] as const;
export type KsmdPoint = (typeof KSMD_POINTS)[number];

/** How soon ksmd looks again whether ksm_thread_mutex is free. */
const MUTEX_RETRY_NS = 100_000;

/** What ksmd measured of itself since `resetMeasures`. Times in ns. */
export interface KsmdMeasures {
  /** From pass start to pass end, sleeps included, of passes that started in the measured time. */
  readonly fullScans: Series;
  /** CPU time of each batch. */
  readonly wakes: Series;
  cpu: number;
  pagesScanned: number;
}

function noMeasures(): KsmdMeasures {
  return { fullScans: new Series(), wakes: new Series(), cpu: 0, pagesScanned: 0 };
}

export class Ksmd implements Actor {
  readonly name = 'ksmd';
  /** The run knob: 0 stopped, 1 scanning, 2 stopped and unmerged. */
  run: number;
  /** The sysfs knob; a batch under way keeps the number it began with. */
  pagesToScan: number;
  /** It found nothing to do and waits for that to change (ksm_thread_wait): a write of 1 to run may wake it. */
  isIdle = false;
  /** Stopping place that the last step reached, or null. */
  point: KsmdPoint | null = null;
  /** rmap_item in work, NONE between items. */
  item = NONE;
  /** What the last step finished, if anything. */
  finished: 'item' | 'passEnd' | 'empty' | null = null;
  measures = noMeasures();
  /** Actor id, set by whoever runs it. */
  who = 0;
  #left = 0;
  #awake = false;
  #wakeCpu = 0;
  /** When the pass under way began; NaN where that was before the measured time. */
  #passStart = NaN;
  /** Until the cursor is in this pass no batch is followed by a sleep. */
  hurryUntil = 0;
  /** Batches begun. */
  batches = 0;
  /** Steps that quiet visits saved so far. */
  stepsSaved = 0;
  /** CPU time since the device was built (task_sched_runtime), ns. */
  cpuTime = 0;
  /** Somebody else has ksm_thread_mutex: no batch begins. */
  isHeld = false;
  #sleepMillisecs: number;
  readonly #costs: CostProfile;
  readonly #hz: number;
  readonly #cursor: Cursor;
  readonly #merge: MergeItem;
  readonly #quiet: QuietVisits;
  readonly #removal: ItemRemoval;
  readonly #slots: MmSlots;
  readonly #granular: boolean;
  readonly #hooks: KernelHooks;
  readonly #clock: Readonly<Clock>;
  readonly #aloneFor: (who: number) => number;

  constructor(
    settings: KsmSettings,
    hz: number,
    costs: CostProfile,
    cursor: Cursor,
    merge: MergeItem,
    quiet: QuietVisits,
    removal: ItemRemoval,
    slots: MmSlots,
    granularTimers: boolean,
    hooks: KernelHooks,
    clock: Readonly<Clock>,
    aloneFor: (who: number) => number,
  ) {
    this.#clock = clock;
    this.#aloneFor = aloneFor;
    this.#hooks = hooks;
    this.#granular = granularTimers;
    this.pagesToScan = settings.pages_to_scan;
    this.#sleepMillisecs = settings.sleep_millisecs;
    this.run = settings.run;
    this.#costs = costs;
    this.#hz = hz;
    this.#cursor = cursor;
    this.#merge = merge;
    this.#quiet = quiet;
    this.#removal = removal;
    this.#slots = slots;
  }

  /** Page whose lock ksmd sleeps on after a BLOCKED step, NONE when it sleeps on an mmap_sem. */
  get waitingFor(): number {
    return this.#merge.waitingFor >= 0 ? this.#merge.waitingFor : this.#removal.waitingFor;
  }

  get sleepMillisecs(): number {
    return this.#sleepMillisecs;
  }

  /**
   * A write to sleep_millisecs. True: ksmd sleeps between two batches and the write wakes it, which is for whoever runs
   * the actors to do (`scheduler.wake(ksmd.who)`); its next step is a batch.
   */
  writeSleepMillisecs(value: number): boolean {
    const isChange = value !== this.#sleepMillisecs;
    this.#sleepMillisecs = value;
    return isChange && this.#granular && !this.#awake && !this.isIdle;
  }

  /** No item in work and no scan_get_next_rmap_item begun. */
  get isBetweenItems(): boolean {
    return this.#merge.isIdle && this.#cursor.isIdle;
  }

  /** The next `advance` changes nothing that anybody else sees, nor what anybody else does changes for it. */
  get nextIsPrivate(): boolean {
    return this.#merge.isIdle ? this.#cursor.nextIsPrivate : this.#merge.nextIsPrivate;
  }

  /** Inside ksm_do_scan, with ksm_thread_mutex. */
  get isInBatch(): boolean {
    return this.#awake;
  }

  /** Items that the batch under way will look at still, for a watch. */
  get left(): number {
    return this.#left;
  }

  resetMeasures(): void {
    this.measures = noMeasures();
    this.#passStart = NaN;
  }

  step(cpu: number): number {
    if (!this.#awake) {
      if (this.isHeld) return sleepFor(MUTEX_RETRY_NS);
      this.isIdle = this.run !== 1 || this.#slots.isEmpty;
      if (this.isIdle) {
        if (this.#slots.isEmpty) this.#spend(this.#cursor.nothingToVisit());
        return this.#sleep();
      }
      this.#awake = true;
      this.batches++;
      this.#left = this.#hooks.pagesToScan?.(this.pagesToScan) ?? this.pagesToScan;
      this.#wakeCpu = 0;
      return this.#spend(this.#costs.ksmdWake);
    }
    if (this.isBetweenItems) {
      if (this.#left === 0 || this.run !== 1) return this.#endBatch();
      const visits = this.visitQuietly(this.#left, this.#aloneFor(this.who));
      if (visits > 0) {
        this.#left -= visits;
        this.measures.pagesScanned += visits;
        return this.#spend(this.#quiet.cost);
      }
      this.#left--;
      if (this.#slots.cursor === this.#slots.head) this.#passStart = this.#clock.now;
    }
    let cost = this.advance(cpu);
    // What takes no time and holds no lock leaves nobody an opening: on to the next step.
    while (cost === 0 && this.finished === null && this.point !== 'replaced' && this.point !== 'upgraded_null') {
      cost = this.advance(cpu);
    }
    if (cost === BLOCKED) return BLOCKED;
    if (this.finished === 'item') this.measures.pagesScanned++;
    if (this.finished === 'passEnd' || this.finished === 'empty') {
      if (this.finished === 'passEnd' && this.#passStart >= 0) {
        this.measures.fullScans.push(this.#clock.now + cost - this.#passStart);
      }
      this.#left = 0;
    }
    return this.#spend(cost);
  }

  /**
   * Between two items: makes quiet visits, `most` at most, whose steps all begin less than `ns` from now. Returns how
   * many; none where the next visit is not quiet.
   */
  visitQuietly(most: number, ns: number): number {
    const quiet = this.#quiet;
    if (ns <= 0 || !quiet.arePossible) return 0;
    quiet.run(this.#cursor, most, ns);
    if (quiet.visits > 0) this.stepsSaved += quiet.steps - 1;
    return quiet.visits;
  }

  /** One step of one item, whatever the batch: sets `point` and `finished`. Returns ns or BLOCKED. */
  advance(cpu: number): number {
    this.point = null;
    this.finished = null;
    if (!this.#merge.isIdle) {
      const cost = this.#merge.step(this.#cursor.seqnr, this.who, cpu);
      if (cost === BLOCKED) return BLOCKED;
      this.point = this.#merge.point;
      if (this.isBetweenItems) this.finished = 'item';
      return cost;
    }
    const cost = this.#cursor.step(this.who, cpu);
    if (cost === BLOCKED) return BLOCKED;
    if (this.#cursor.found === FOUND.item) {
      this.item = this.#cursor.item;
      this.#merge.begin(this.#cursor.item, this.#cursor.page);
      this.point = 'scanned';
    } else if (this.#cursor.found === FOUND.passEnd) {
      this.finished = 'passEnd';
    } else if (this.#cursor.found === FOUND.empty) {
      this.finished = 'empty';
    }
    return cost;
  }

  #spend(cost: number): number {
    this.#wakeCpu += cost;
    this.measures.cpu += cost;
    this.cpuTime += cost;
    return cost;
  }

  #endBatch(): number {
    this.#awake = false;
    this.measures.wakes.push(this.#wakeCpu);
    return this.#sleep();
  }

  /** schedule_timeout_interruptible(msecs_to_jiffies(sleep)): at least so many whole jiffies, up to the next tick. */
  #sleep(): number {
    if (this.run === 1 && this.#cursor.seqnr < this.hurryUntil && !this.isIdle) return sleepFor(0);
    const hz = this.#hz;
    const { now } = this.#clock;
    const jiffies = Math.ceil((this.#sleepMillisecs * hz) / 1e3);
    const tick = Math.floor((now * hz) / 1e9);
    const expiry = this.#granular ? wheelExpiry(tick, jiffies) : tick + jiffies + 1;
    // A tick is no whole number of ns at HZ=300; time is.
    const ns = Math.ceil((expiry * 1e9) / hz) - now;
    return this.#hooks.sleepsDeferrably === true ? sleepDeferrably(ns) : sleepFor(ns);
  }
}
