/** `Device`: one simulated device, run by hand in steps of any length, looked at and asked for memory in between. */
import { checkedStrategy, SteppedDevice, Tracer } from '../../sim/index.ts';
import type {
  BulkKind,
  CmaAttempt,
  DeviceDescription,
  DeviceState,
  HandSetting,
  Observations,
  Sample,
  Strategy,
  TraceEvent,
} from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { formatDuration, LIMITS, planCells } from '../plan/index.ts';
import { quote } from '../plan/quote.ts';
import { suggestion } from '../plan/suggest.ts';
import type { Cell } from '../plan/types.ts';
import { readSize, SIZE_EXPECTED } from '../plan/units.ts';
import type { CellRecord } from '../run/cell.ts';
import { reduceCell } from '../run/reduce.ts';
import { chosenStrategies, pluginOf } from './deviceStrategies.ts';
import { durationNs, loadOptions, refuseUnknown, wholeFrom, WORKLOAD_KEYS } from './options.ts';
import type { Duration, WorkloadOptions } from './options.ts';
import { load } from './workload.ts';
import type { Workload } from './workload.ts';

/** Settings of a device. */
export interface DeviceOptions extends WorkloadOptions {
  /**
   * The fix: name of a built-in strategy (`strategies`), or a strategy of your own (`defineStrategy`); `'a+b'` or a
   * list: several that act together. Default: `'stock'`, the kernel as it is.
   */
  readonly strategy?: string | Strategy | readonly (string | Strategy)[];
  /** Which life it lives: equal seeds give equal lives, under whatever strategy. Default: 1. */
  readonly seed?: number;
  /**
   * Told of everything that happens, in order of time, while the device runs. It looks only: the device does the same
   * without. The events of a step are told with the next one; those of the last when the device comes to its end.
   */
  readonly onEvent?: (event: TraceEvent) => void;
  /** Kinds of events not to be told: there are very many of these, and the device runs faster without. */
  readonly withoutEvents?: readonly BulkKind[];
}

/** A request for contiguous memory made by hand. */
export interface AllocateOptions {
  /** CMA area by its name; default: the one of drivers that have none of their own. */
  readonly area?: string;
  /** How long the buffer is held; default: not at all. Infinity: to the end. */
  readonly hold?: Duration;
}

/** What is written into files of /sys/kernel/mm/ksm; a file that is not named keeps its value. */
export type KsmFiles = { readonly [Name in keyof HandSetting]?: NonNullable<HandSetting[Name]> };

const OPTION_KEYS = [...WORKLOAD_KEYS, 'strategy', 'seed', 'onEvent', 'withoutEvents'];
const AUDIT_EVERY_NS = 1e9;
/** Whom requests by hand are put down to. */
const HAND = 'by hand';

/**
 * One simulated device: booted and scanned by ksmd when it is made, then run in steps of simulated time. The same
 * workload, options and steps give the same device, each time and on every machine, and how it is stepped makes no
 * difference: run to its end it gives the very results that `run` has for this workload, strategy and seed.
 *
 * @example
 * ```ts
 * const device = new Device('fork-heavy', { strategy: 'stock', seed: 1 });
 * device.runFor('30s');
 * device.state().unfindablePtes; // ptes of KSM pages that try_to_unmap_ksm would not find now
 * device.allocate('8MB').errno; // 0, -16 (EBUSY) or -12 (ENOMEM)
 * ```
 */
export class Device {
  /** What the workload is called. */
  readonly workload: string;
  /** Names of its strategies, joined by `+`. */
  readonly strategy: string;
  readonly seed: number;
  readonly #cell: Cell;
  readonly #device: SteppedDevice;
  readonly #tracer: Tracer | null;
  /** Something was done to it that its workload does not say. */
  #isChanged = false;

  /**
   * Boots the device, which takes some tenths of a second.
   *
   * @throws UsageError for an unknown workload, strategy or option; InputError for a workload file or setting that is
   * wrong, with its place; RangeError when the device does not fit into its memory.
   */
  constructor(workload: Workload, options: DeviceOptions = {}) {
    refuseUnknown('Device', options, OPTION_KEYS);
    const { seed = 1, audit, onEvent, withoutEvents } = options;
    const { workload: loaded } = load(workload, loadOptions(options));
    if (loaded.description.program !== undefined)
      throw new UsageError(`${loaded.name} runs a recorded program, which cannot be stepped`, 'run() takes it');
    const { names, own } = chosenStrategies(options.strategy ?? 'stock');
    const [cell] = planCells({
      workloads: [loaded],
      strategies: [names.join('+')],
      plugins: own.map(pluginOf),
      seeds: 1,
      firstSeed: seed,
      auditEveryNs: audit === true ? AUDIT_EVERY_NS : 0,
    });
    this.workload = cell.workload;
    this.strategy = cell.strategy;
    this.seed = seed;
    // Nothing can be told of a function's surroundings, so a strategy that is given as an object has no identity.
    this.#cell = own.length === 0 ? cell : { ...cell, id: '' };
    this.#tracer = onEvent === undefined ? null : new Tracer(onEvent, withoutEvents);
    this.#device = new SteppedDevice(cell.input, own.map(checkedStrategy), this.#tracer);
    this.#device.runTo(0);
  }

  /** The whole device: memory, kernel, costs, load; as its strategy would have it. */
  get description(): DeviceDescription {
    return this.#device.world.description;
  }

  /** Simulated time since the start, ns. */
  get now(): number {
    return this.#device.now;
  }

  /** When the warm-up is over and measuring begins, ns from the start. */
  get measuredFrom(): number {
    return this.#device.measuredFrom;
  }

  /** When the life of the workload is over, ns from the start: nothing runs longer. */
  get end(): number {
    return this.#device.end;
  }

  /**
   * Runs on for a span of simulated time. Returns the state then.
   *
   * @throws UsageError when that is behind the end (`duration` makes the life longer); StrategyError when a strategy of
   * your own goes wrong; RangeError when a table of the model is full, which only changes by hand can do.
   */
  runFor(span: Duration): DeviceState {
    return this.runUntil(this.now + durationNs('span', span));
  }

  /** Runs until that time since the start; otherwise as `runFor`. */
  runUntil(time: Duration): DeviceState {
    const until = durationNs('time', time);
    if (until < this.now) throw new UsageError(`it is ${formatDuration(this.now)} already: time does not run back`);
    if (until > this.end)
      throw new UsageError(
        `the device's life ends at ${formatDuration(this.end)}, before ${formatDuration(until)}`,
        "make it longer with duration, for example { duration: '600s' }",
      );
    this.#device.runTo(until);
    this.#closeAtEnd();
    return this.state();
  }

  /** Runs to the end. Returns the state then. */
  run(): DeviceState {
    return this.runUntil(this.end);
  }

  /** State at this moment. */
  state(): DeviceState {
    return this.#device.state();
  }

  /** State at each second of the measured time so far. */
  get samples(): readonly Sample[] {
    return [...this.#device.samples];
  }

  /** Requests for contiguous memory that were answered in the measured time so far, in the order of the answers. */
  get requests(): readonly CmaAttempt[] {
    return this.#device.isMeasuring ? [...this.#device.world.measures.attempts] : [];
  }

  /** What was observed since measuring began: raw samples in ns. @throws UsageError during the warm-up. */
  observations(): Observations {
    if (!this.#device.isMeasuring)
      throw new UsageError(
        `measuring begins at ${formatDuration(this.measuredFrom)}: the device is warming up`,
        "run it until then, or make the warm-up shorter with { settings: { warm_up: '1s' } }",
      );
    return this.#device.observe();
  }

  /**
   * The observations as the record of a cell, as `run` has it: percentiles, counts by cause, histograms. At the end it
   * is the cell of `run`, byte by byte; with a strategy that was given as an object its `id` is empty.
   *
   * @throws UsageError during the warm-up, and when something was done by hand: those would be no results of the
   * workload.
   */
  results(): CellRecord {
    if (this.#isChanged)
      throw new UsageError(
        'this device was changed by hand, so it has no results of its workload',
        'observations() tells what happened',
      );
    return reduceCell(this.#cell, this.observations());
  }

  /**
   * Asks for contiguous memory now, as a driver does (dma_alloc_from_contiguous), and runs until the answer is there.
   * The request is one more among those of the load; in `requests` its client is `by hand`.
   *
   * @param size whole pages of 4 KiB, or a text with a unit such as `'8MB'`
   * @throws UsageError for a size or an area that there is not, and when the end comes before the answer.
   */
  allocate(size: number | string, options: AllocateOptions = {}): CmaAttempt {
    refuseUnknown('allocate', options, ['area', 'hold']);
    const { hold = 0 } = options;
    const area = this.#area(options.area);
    const asked = {
      client: HAND,
      area: area.name,
      pages: wholeFrom('size in pages', pagesOf(size), 1, area.pages),
      alignOrder: null,
      holdNs: hold === Infinity ? null : durationNs('hold', hold),
    };
    this.#refuseEnd();
    this.#isChanged = true;
    const answer = this.#device.request(asked);
    this.#closeAtEnd();
    if (answer === null) throw new UsageError(`the device's life ended before the request was answered`);
    return answer;
  }

  /**
   * Writes to files of /sys/kernel/mm/ksm, as `echo 500 > sleep_millisecs` does. It happens with the first step of time
   * to come; a write to `run` waits for the batch of ksmd in work.
   *
   * @throws UsageError for a value that the file does not take.
   */
  writeKsm(files: KsmFiles): void {
    refuseUnknown('writeKsm', files, ['run', 'pages_to_scan', 'sleep_millisecs']);
    const { run = null, pages_to_scan = null, sleep_millisecs = null } = files;
    if (run !== null) wholeFrom('run', run, 0, 2);
    if (pages_to_scan !== null) wholeFrom('pages_to_scan', pages_to_scan, 1, LIMITS.pagesToScan);
    if (sleep_millisecs !== null) wholeFrom('sleep_millisecs', sleep_millisecs, 0, LIMITS.sleepMillisecs);
    this.#refuseEnd();
    this.#isChanged = true;
    this.#device.writeKsm({ run, pages_to_scan, sleep_millisecs });
  }

  #area(name: string | undefined): DeviceDescription['memory']['cma'][number] {
    const { cma } = this.description.memory;
    const names = cma.map((area) => area.name);
    const found = cma.find((area) => (name === undefined ? area.isDefault : area.name === name));
    if (found !== undefined) return found;
    throw new UsageError(
      `unknown CMA area ${quote(name ?? '')}${suggestion(name ?? '', names)}`,
      `there are: ${names.join(', ')}`,
    );
  }

  #refuseEnd(): void {
    if (this.now >= this.end) throw new UsageError("the device's life is over", 'make it longer with duration');
  }

  /** The last events are told. */
  #closeAtEnd(): void {
    if (this.now === this.end) this.#tracer?.close(this.end);
  }
}

function pagesOf(size: number | string): number {
  if (typeof size === 'number') return size;
  const reading = readSize(size.trim());
  if ('wrong' in reading)
    throw new UsageError(`size: ${reading.wrong}`, `expected ${SIZE_EXPECTED}, or a number of pages`);
  return reading.value;
}
