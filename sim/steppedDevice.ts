/**
 * The device of a cell, run in steps of any length: warm-up, measured time with a sample each second, observations. How
 * it is stepped leaves no trace in what it does.
 */
import type { CellInput } from './description.ts';
import { runWithAudits } from './load/audit.ts';
import { request, writeKsm, type HandRequest, type HandSetting } from './load/byHand.ts';
import { baselineOf, beginMeasuring, observe, takeSample, type Baseline } from './load/observe.ts';
import type { World } from './load/world.ts';
import { SAMPLE_NS, type CmaAttempt, type Observations, type Sample } from './observations.ts';
import { startCell } from './startCell.ts';
import type { Strategy } from './strategies/index.ts';
import type { Watch } from './watch/watch.ts';

/**
 * State of a device at a moment: the files of /sys/kernel/mm/ksm, and what no kernel can know. Counts of
 * pages and ptes.
 */
export interface DeviceState extends Omit<Sample, 'at'> {
  /** Simulated time since the start, ns. */
  readonly now: number;
}

export class SteppedDevice {
  readonly world: World;
  /** When measuring begins and when it ends, ns of simulated time from the start. */
  readonly measuredFrom: number;
  readonly end: number;
  /** State at each second of measured time so far. */
  readonly samples: Sample[] = [];
  /** null: measuring has not begun. */
  #baseline: Baseline | null = null;
  /** When measuring begins, or else the next sample is taken. */
  #due: number;
  readonly #auditEveryNs: number;

  /** Boots and settles the device: its time is 0. Arguments and errors as of `runCell`. */
  constructor(input: CellInput, plugins: readonly Strategy[] = [], watch: Watch | null = null) {
    this.world = startCell(input, plugins, watch);
    const { warmupNs, durationNs } = this.world.description;
    this.measuredFrom = warmupNs;
    this.end = warmupNs + durationNs;
    this.#due = warmupNs;
    this.#auditEveryNs = input.auditEveryNs;
  }

  /** Simulated time since the start, ns. */
  get now(): number {
    return this.world.scheduler.now;
  }

  get isMeasuring(): boolean {
    return this.#baseline !== null;
  }

  /** Runs until it is `until`, ns: not before now, not behind the end. Throws as `runCell` does. */
  runTo(until: number): void {
    for (;;) {
      const stop = Math.min(until, this.#due);
      runWithAudits(this.world, stop, this.#auditEveryNs);
      if (stop === this.#due) this.#reachDue();
      if (stop === until) return;
    }
  }

  /** What was observed since measuring began. */
  observe(): Observations {
    if (this.#baseline === null) throw new RangeError('measuring has not begun: the device is warming up');
    const { description, measures } = this.world;
    const { events } = description.load;
    const seen = observe(this.world, this.#baseline, this.samples);
    return events === undefined ? seen : { ...seen, replay: { events: events.length, missed: measures.missedEvents } };
  }

  state(): DeviceState {
    const { at, ...state } = takeSample(this.world);
    return { now: at + this.world.measures.since, ...state };
  }

  /** Asks for contiguous memory now, and runs until the answer is there; null when the end comes first. */
  request(asked: HandRequest): CmaAttempt | null {
    const { world, end } = this;
    const answers: { readonly attempt: CmaAttempt; readonly at: number }[] = [];
    request(world, asked, (attempt) => {
      answers.push({ attempt, at: world.measures.since + attempt.at + attempt.latency });
    });
    // Behind the next step, so that it is taken.
    while (answers.length === 0 && this.now < end) this.runTo(Math.min(world.scheduler.peekNextTime() + 1, end));
    const answer = answers.at(0);
    if (answer === undefined || answer.at > end) return null;
    this.runTo(Math.max(this.now, answer.at));
    return answer.attempt;
  }

  /** Writes to /sys/kernel/mm/ksm with the first step of time to come. */
  writeKsm(written: HandSetting): void {
    writeKsm(this.world, written);
  }

  #reachDue(): void {
    const { world } = this;
    this.#due += SAMPLE_NS;
    if (this.#baseline === null) {
      beginMeasuring(world);
      world.watch?.sampled?.(world);
      this.#baseline = baselineOf(world);
    } else {
      this.samples.push(takeSample(world));
      world.watch?.sampled?.(world);
    }
  }
}
