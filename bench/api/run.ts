/** `run`: what `cma-stress run` does, from a program. What it needs is loaded when it is first called. */
import type { CellRecord, FailedCell } from '../run/cell.ts';
import type { CellLimits } from '../run/limits.ts';
import type { WorkloadOptions } from './options.ts';
import type { Run } from './runResult.ts';
import type { Workload } from './workload.ts';

/** What is to be run; what is left out is as with `cma-stress run`. */
export interface RunPlan extends WorkloadOptions {
  /** Default: `fork-free`, `fork-heavy` and `zygote-launch`. */
  readonly workloads?: Workload | readonly Workload[];
  /**
   * Names of strategies, `all` for every built-in one, and paths or `file:` URLs of files with strategies of your own
   * (docs/how-to/write-a-strategy.md); `a+b` lets several act together. Default: `stock` and six fixes.
   */
  readonly strategies?: string | URL | readonly (string | URL)[];
  /** Seeds for each workload and strategy; default: what the workload asks for, 5 for the default workloads. */
  readonly seeds?: number;
  /** Default: 1. */
  readonly firstSeed?: number;
  /** Adds seeds until the 95 % interval of every failure rate is that narrow: a share, 0.01 for one point. */
  readonly untilCi?: number;
  /** With `untilCi`: at most so many seeds. Default: 100. */
  readonly maxSeeds?: number;
  /** Conditions to be looked for, for example `'failure_rate > 2%'`: `crossings` of the run says where they hold. */
  readonly failIf?: readonly string[];
  /** Worker threads; default: one for each processor. Results do not depend on it. */
  readonly threads?: number;
  /** What one cell may use; default: 1 GB of heap, 10 minutes of wall time, 48 h of simulated time. */
  readonly limits?: Partial<CellLimits>;
  /**
   * Directory for the results, which every command can read (`cma-stress report DIR`) and `cma-stress run --resume DIR`
   * can go on with. Default: none, the run is kept in memory: about 15 kB of JSON a cell of the built-in workloads.
   */
  readonly out?: string;
  /** Aborting lets cells that run end, and begins no more. */
  readonly signal?: AbortSignal;
  /** Told of each cell that is done, in whatever order. What it throws ends the run. */
  readonly onCell?: (cell: CellRecord | FailedCell, progress: RunProgress) => void;
}

/** How far a run is. */
export interface RunProgress {
  /** Cells that are done. With `untilCi` both begin anew with each round of seeds. */
  readonly done: number;
  readonly total: number;
}

/**
 * Runs workloads under strategies on worker threads, and compares how often contiguous allocations fail. A cell that
 * fails ends nothing: it stands in `failedCells`.
 *
 * @throws UsageError and InputError for what cannot be run, before anything is; the reason of `signal` when it was
 * aborted; StorageError when results cannot be kept in `out`. What was finished is kept there.
 *
 * @example
 * ```ts
 * const { summary } = await run({ workloads: 'fork-heavy', strategies: ['stock', 'heir-items'], seeds: 8 });
 * for (const { strategy, failureRate } of summary) console.log(strategy, failureRate.mean);
 * ```
 */
export async function run(plan: RunPlan = {}): Promise<Run> {
  const { runPlan } = await import('./runPlan.ts');
  return runPlan(plan);
}

/**
 * Reads a finished run back from its directory.
 *
 * @throws UsageError when cells are missing, InputError when there is no run or it was changed.
 */
export async function readRun(path: string): Promise<Run> {
  const { storedRun } = await import('./runPlan.ts');
  return storedRun(path);
}
