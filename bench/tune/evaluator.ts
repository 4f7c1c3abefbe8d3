/**
 * Runs settings: each on every workload and seed that is asked for, once. Seeds are the same for all settings (common
 * random numbers), so that settings are compared on the same lives.
 */
import { InputError, UsageError } from '../errors.ts';
import { planCells } from '../plan/index.ts';
import type { Cell, ResolvedWorkload } from '../plan/types.ts';
import type { Plugin } from '../plugin/types.ts';
import type { CellError, CellRecord } from '../run/cell.ts';
import type { CellLimits } from '../run/limits.ts';
import { cellPool } from '../run/pool.ts';
import type { TaskPool } from '../run/tasks.ts';
import type { WorkerReply } from '../run/worker.ts';
import { costOf } from './budget.ts';
import { withoutBulk } from '../run/cell.ts';
import { keyOf } from './setting.ts';
import type { Setting } from './setting.ts';

/** Seeds `first` to `first + count - 1`. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

export interface Asked {
  readonly setting: Setting;
  readonly seeds: Seeds;
}

export interface EvaluatorOptions {
  /** The workloads under a setting. Throws UsageError and InputError where they cannot be so. */
  readonly load: (setting: Setting) => ResolvedWorkload[];
  readonly plugins: readonly Plugin[];
  readonly threads: number;
  readonly limits: CellLimits;
  readonly signal: AbortSignal;
  /** Cells of an interrupted search. */
  readonly known: ReadonlyMap<string, CellRecord>;
  /** Resolves when the record is safe. */
  readonly keep: (record: CellRecord) => Promise<void>;
  /** Told after each cell that ran. */
  readonly progress: () => void;
}

/** The search was asked to stop: what is done is kept. */
export class Interrupted extends Error {}

/** The device as it is does not run: there is nothing to compare with. */
export class CannotRun extends Error {
  readonly error: CellError;

  constructor(error: CellError) {
    super(error.message);
    this.error = error;
  }
}

export class Evaluator {
  /**
   * s of the reference machine for all cells asked for so far, kept ones included: the same however often interrupted.
   */
  spent = 0;
  /** Cells asked for so far. */
  cells = 0;
  /** Settings that cannot be, or whose cells failed, by key. */
  readonly problems = new Map<string, { readonly setting: Setting; readonly error: CellError }>();
  readonly #records = new Map<string, CellRecord>();
  readonly #plans = new Map<string, ResolvedWorkload[]>();
  /** By setting, and seed by seed. */
  readonly #done = new Map<string, Map<number, CellRecord[]>>();
  /** Of the cells that are being run. */
  readonly #failed = new Map<string, CellError>();
  readonly #pool: TaskPool<Cell, WorkerReply>;
  readonly #options: EvaluatorOptions;

  constructor(options: EvaluatorOptions) {
    const { threads, limits, signal } = options;
    this.#options = options;
    this.#pool = cellPool({ threads, limits, signal, onCell: (cell, reply) => this.#ran(cell, reply) });
    for (const [id, record] of options.known) this.#records.set(id, record);
  }

  /** Runs what has not run yet. Throws Interrupted. */
  async run(asked: readonly Asked[]): Promise<void> {
    const wanted = new Map<string, Cell>();
    const planned = asked.map((one) => ({ ...one, cells: this.#cellsOf(one) }));
    for (const { cells } of planned)
      for (const cell of cells) if (!this.#records.has(cell.id)) wanted.set(cell.id, cell);
    this.#failed.clear();
    await this.#pool.run([...wanted.values()]);
    const failed = this.#failed;
    if (this.#options.signal.aborted) throw new Interrupted();
    for (const { setting, cells } of planned) {
      const error = cells.map(({ id }) => failed.get(id)).find((one) => one !== undefined);
      if (error === undefined) this.#take(setting, cells);
      else this.problems.set(keyOf(setting), { setting, error });
    }
  }

  /** Cells that run at this moment. */
  get running(): number {
    return this.#pool.running;
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Its finished cells, seed by seed; `seeds`: of these alone. */
  of(setting: Setting, seeds: Seeds = { first: 0, count: Infinity }): CellRecord[] {
    const done = this.#done.get(keyOf(setting)) ?? new Map<number, CellRecord[]>();
    const within = [...done.keys()].filter((seed) => seed >= seeds.first && seed < seeds.first + seeds.count);
    return within.sort((a, b) => a - b).flatMap((seed) => done.get(seed)!);
  }

  hasFailed(setting: Setting): boolean {
    return this.problems.has(keyOf(setting));
  }

  /** Runs the device as it is on one seed. Returns what that takes, s of the reference machine. Throws CannotRun. */
  async runPresent(setting: Setting, seed: number): Promise<number> {
    const before = this.spent;
    await this.run([{ setting, seeds: { first: seed, count: 1 } }]);
    const problem = this.problems.get(keyOf(setting));
    if (problem !== undefined) throw new CannotRun(problem.error);
    return this.spent - before;
  }

  async #ran(cell: Cell, reply: WorkerReply): Promise<void> {
    const { keep, progress } = this.#options;
    if (reply.ok) {
      const record = withoutBulk(reply.record);
      await keep(record);
      this.#records.set(cell.id, record);
    } else this.#failed.set(cell.id, reply.error);
    progress();
  }

  #take(setting: Setting, cells: readonly Cell[]): void {
    const key = keyOf(setting);
    const done = this.#done.get(key) ?? new Map<number, CellRecord[]>();
    this.#done.set(key, done);
    for (const { id, seed } of cells) {
      const record = this.#records.get(id)!;
      const ofSeed = done.get(seed) ?? [];
      done.set(seed, ofSeed);
      if (ofSeed.includes(record)) continue;
      ofSeed.push(record);
      this.cells++;
      this.spent += costOf(record);
    }
  }

  #cellsOf({ setting, seeds }: Asked): Cell[] {
    const key = keyOf(setting);
    if (this.problems.has(key)) return [];
    try {
      const workloads = this.#plans.get(key) ?? this.#options.load(setting);
      this.#plans.set(key, workloads);
      const { plugins } = this.#options;
      const strategies = [setting.strategy];
      return planCells({ workloads, strategies, plugins, seeds: seeds.count, firstSeed: seeds.first, auditEveryNs: 0 });
    } catch (thrown) {
      if (!(thrown instanceof UsageError || thrown instanceof InputError)) throw thrown;
      this.problems.set(key, { setting, error: { name: thrown.name, message: thrown.message, stack: '' } });
      return [];
    }
  }
}
