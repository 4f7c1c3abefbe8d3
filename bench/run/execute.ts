/**
 * A run from its plan to its results: cells on worker threads, each written to the run folder as it finishes, then
 * digest, statistics and summary. The order of work and the number of threads leave no trace in the results.
 */
import { strategies } from '../../sim/index.ts';
import type { StrategyInfo } from '../../sim/index.ts';
import { EXIT } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import { strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { checkClaims } from '../stats/claims.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import { cellsIn, summarize } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { warningsOf } from '../stats/warnings.ts';
import type { Warning } from '../stats/warnings.ts';
import { errorText } from './attempts.ts';
import { isFailed, pluginIds } from './cell.ts';
import type { CellLine, CellRecord, FailedCell } from './cell.ts';
import type { Engine } from './engine.ts';
import type { RunFolder, RunManifest } from './folder.ts';
import { nextRound, planOf, untilCiReport } from './rounds.ts';
import type { UntilCiReport } from './rounds.ts';
import { crossings } from './threshold.ts';
import type { Crossing, Threshold } from './threshold.ts';
import type { FailedReply, WorkerReply } from './worker.ts';

export interface ExecuteOptions {
  readonly engine: Engine;
  readonly thresholds: readonly Threshold[];
  readonly signal: AbortSignal;
  /** Shown while cells run; asked for only when some have to. `kept`: lines of those that need not, in no order. */
  readonly progress: (total: number, kept: readonly CellLine[]) => CellProgress;
}

export interface CellProgress {
  /** One more cell is done. */
  step(failed: boolean, line: CellLine): void;
  stop(): void;
}

export interface FinishedRun {
  readonly interrupted: false;
  /** In plan order. */
  readonly lines: readonly CellLine[];
  readonly records: readonly CellRecord[];
  readonly failed: readonly FailedCell[];
  readonly timings: ReadonlyMap<string, number>;
  readonly summary: readonly SummaryEntry[];
  readonly warnings: readonly Warning[];
  readonly claims: readonly ClaimCheck[];
  /** null without `--until-ci`. */
  readonly untilCi: UntilCiReport | null;
  readonly crossed: readonly Crossing[];
}

export type RunOutcome = { readonly interrupted: true; readonly done: number; readonly total: number } | FinishedRun;

/** Runs `plan`, and after it the further rounds of `--until-ci`. Failed cells end the rounds: they are run again first. */
export async function executeRounds(
  plan: readonly Cell[],
  folder: RunFolder,
  options: ExecuteOptions,
): Promise<RunOutcome> {
  const outcome = await execute(plan, folder, options);
  const { untilCi } = folder.manifest;
  if (outcome.interrupted || untilCi === null) return outcome;
  const next = outcome.failed.length > 0 ? null : nextRound(untilCi, outcome.summary);
  if (next === null) return outcome;
  const longer = planOf({ ...folder.manifest, untilCi: next });
  folder.extend(next, longer.length);
  return executeRounds(longer, folder, options);
}

/** Runs the cells of the plan that `folder` does not have results of yet. Does not finish the folder. */
export async function execute(plan: readonly Cell[], folder: RunFolder, options: ExecuteOptions): Promise<RunOutcome> {
  const lines = new Map<string, CellLine>();
  const planned = new Set(plan.map((cell) => cell.id));
  for (const line of folder.readCells()) {
    if (planned.has(line.id) && !isFailed(line)) lines.set(line.id, line);
  }
  // Drops a torn last line and cells that failed: those are run again.
  folder.rewriteCells([...lines.values()]);
  const timings = folder.readTimings();
  const missing = plan.filter((cell) => !lines.has(cell.id));
  if (missing.length > 0) {
    const progress = options.progress(missing.length, [...lines.values()]);
    // eslint-disable-next-line @typescript-eslint/require-await -- appending is about to
    const onCell = async (cell: Cell, reply: WorkerReply): Promise<void> => {
      const line = reply.ok ? reply.record : failedLine(cell, reply);
      lines.set(cell.id, line);
      timings.set(cell.id, reply.wallSeconds);
      folder.append(line, reply.wallSeconds);
      const told = errorText(reply);
      if (told !== null) folder.appendError(cell.id, told);
      progress.step(!reply.ok, line);
    };
    try {
      await options.engine.run(missing, { signal: options.signal, onCell });
    } finally {
      progress.stop();
    }
  }
  if (lines.size < plan.length) return { interrupted: true, done: lines.size, total: plan.length };
  const ordered = plan.map((cell) => lines.get(cell.id)!);
  const finished = evaluate(ordered, folder.manifest, timings);
  return { ...finished, crossed: crossings(options.thresholds, finished.summary, cellsIn(finished.records)) };
}

/** What the lines of all cells, in plan order, come to. `untilCi` says how far the rounds came; no threshold is judged. */
export function evaluate(
  lines: readonly CellLine[],
  { plugins, untilCi }: Pick<RunManifest, 'plugins' | 'untilCi'>,
  timings: ReadonlyMap<string, number>,
): FinishedRun {
  const records = lines.filter((line): line is CellRecord => !isFailed(line));
  const summary = summarize(records);
  const cellsOf = cellsIn(records);
  return {
    interrupted: false,
    lines,
    records,
    failed: lines.filter(isFailed),
    timings,
    summary,
    warnings: warningsOf(summary, cellsOf),
    claims: checkClaims(summary, cellsOf, strategyInfos(plugins)),
    untilCi: untilCi === null ? null : untilCiReport(untilCi, summary),
    crossed: [],
  };
}

/** Everything that can be named in the run. */
export function strategyInfos(plugins: readonly Plugin[] = []): StrategyInfo[] {
  return [...strategies, ...strategiesOf(plugins)];
}

function failedLine(cell: Cell, { error, firstError }: FailedReply): FailedCell {
  const { id, workload, strategy, kernel, device, seed, settings } = cell;
  return {
    id,
    workload,
    strategy,
    kernel,
    device,
    seed,
    settings,
    ...pluginIds(cell),
    ...(firstError === undefined ? {} : { attempts: 2 }),
    error: { name: error.name, message: error.message },
  };
}

/** Exit code of a run: a broken invariant before failed cells before a crossed threshold. */
export function exitCodeOf(outcome: RunOutcome): number {
  if (outcome.interrupted) return EXIT.interrupted;
  if (outcome.failed.some((cell) => cell.error.name === 'InvariantError')) return EXIT.invariantBroken;
  if (outcome.failed.length > 0) return EXIT.cellsFailed;
  return outcome.crossed.length > 0 ? EXIT.thresholdCrossed : EXIT.done;
}
