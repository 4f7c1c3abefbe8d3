/**
 * A run from its plan to its results: cells on worker threads, each kept (in the run folder, mostly) as it finishes,
 * then digest, statistics and summary. The order of work and the number of threads leave no trace in the results.
 */
import { strategies } from '../../sim/index.ts';
import type { StrategyInfo } from '../../sim/index.ts';
import { EXIT, exitCodeOfBroken, StorageError } from '../errors.ts';
import type { Plan } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { checkClaims } from '../stats/claims.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import { summarizeCells } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { warningsOf } from '../stats/warnings.ts';
import type { Warning } from '../stats/warnings.ts';
import { errorText } from './attempts.ts';
import { pluginIds } from './cell.ts';
import type { CellLine, FailedCell } from './cell.ts';
import type { CellStore } from './cellStore.ts';
import type { Engine } from './engine.ts';
import type { RunManifest } from './folder.ts';
import type { RunKeeper } from './keeper.ts';
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
  readonly progress: (total: number, kept: Iterable<CellLine>) => CellProgress;
  /** Told how many lines of an earlier start are damaged; their cells are run again. */
  readonly damaged: (lines: number) => void;
}

export interface CellProgress {
  /** One more cell is done. */
  step(failed: boolean, line: CellLine): void;
  stop(): void;
}

export interface FinishedRun extends CellStore {
  readonly interrupted: false;
  readonly digest: string;
  readonly summary: readonly SummaryEntry[];
  readonly warnings: readonly Warning[];
  readonly claims: readonly ClaimCheck[];
  /** null without `--until-ci`. */
  readonly untilCi: UntilCiReport | null;
  readonly crossed: readonly Crossing[];
}

/** What is kept can be gone on with. */
export interface InterruptedRun {
  readonly interrupted: true;
  readonly done: number;
  readonly total: number;
  /** Results could not be kept; null when somebody asked to stop. */
  readonly error: StorageError | null;
}

export type RunOutcome = InterruptedRun | FinishedRun;

/**
 * Runs `plan`, and after it the further rounds of `--until-ci`. Failed cells end the rounds: they are run again first.
 */
export async function executeRounds(plan: Plan, keeper: RunKeeper, options: ExecuteOptions): Promise<RunOutcome> {
  const outcome = await execute(plan, keeper, options);
  const { untilCi } = keeper.manifest;
  if (outcome.interrupted || untilCi === null) return outcome;
  const next = outcome.failed.length > 0 ? null : nextRound(untilCi, outcome.summary);
  if (next === null) return outcome;
  const longer = planOf({ ...keeper.manifest, untilCi: next });
  keeper.extend(next, longer.count);
  return executeRounds(longer, keeper, options);
}

/**
 * Runs the cells of the plan that `keeper` does not have results of yet, and puts them in order. Does not finish the
 * folder. Where results cannot be kept it is interrupted.
 */
export async function execute(plan: Plan, keeper: RunKeeper, options: ExecuteOptions): Promise<RunOutcome> {
  keeper.reopen();
  const journal = keeper.journal(plan);
  if (journal.damaged > 0) options.damaged(journal.damaged);
  let error: StorageError | null = null;
  if (journal.done < plan.count) {
    const progress = options.progress(plan.count - journal.done, { [Symbol.iterator]: () => journal.lines() });
    const onCell = async (cell: Cell, reply: WorkerReply): Promise<void> => {
      const line = reply.ok ? reply.record : failedLine(cell, reply);
      const told = errorText(reply);
      if (told !== null) keeper.appendError(cell.id, told);
      await journal.append(line);
      keeper.appendTiming(cell.id, reply.wallSeconds);
      progress.step(!reply.ok, line);
    };
    try {
      await options.engine.run(journal.missing(), { total: plan.count - journal.done, signal: options.signal, onCell });
    } catch (thrown) {
      if (!(thrown instanceof StorageError)) throw thrown;
      error = thrown;
    } finally {
      progress.stop();
      await journal.close();
    }
  }
  if (journal.done < plan.count) return { interrupted: true, done: journal.done, total: plan.count, error };
  try {
    journal.putInOrder();
  } catch (thrown) {
    // It takes as much room again for a moment.
    if (!(thrown instanceof StorageError)) throw thrown;
    return { interrupted: true, done: journal.done, total: plan.count, error: thrown };
  }
  const { cells, digest } = keeper.stored();
  const finished = evaluate(cells, digest, keeper.manifest);
  return { ...finished, crossed: crossings(options.thresholds, finished.summary, cells.cellsOf) };
}

/** What all cells come to. `untilCi` says how far the rounds came; no threshold is judged. */
export function evaluate(
  cells: CellStore,
  digest: string,
  { plugins, untilCi }: Pick<RunManifest, 'plugins' | 'untilCi'>,
): FinishedRun {
  const summary = summarizeCells(cells);
  return {
    ...cells,
    interrupted: false,
    digest,
    summary,
    warnings: warningsOf(summary, cells.cellsOf),
    claims: checkClaims(summary, cells.cellsOf, strategyInfos(plugins)),
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
  if (outcome.failed.length > 0) return exitCodeOfBroken(outcome.failed.map(({ error }) => error));
  return outcome.crossed.length > 0 ? EXIT.thresholdCrossed : EXIT.done;
}
