/** A plan of the library to a finished run, by the same way as the command line. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../errors.ts';
import { chooseStrategies } from '../plugin/index.ts';
import { commandLine } from '../report/commandLine.ts';
import { summaryOf, summaryText } from '../report/summary.ts';
import { PLAIN } from '../report/terminal.ts';
import { executeRounds } from '../run/execute.ts';
import type { CellProgress } from '../run/execute.ts';
import { RunFolder } from '../run/folder.ts';
import { DEFAULT_LIMITS, MOST_THREADS } from '../run/limits.ts';
import { lockFolder } from '../run/lock.ts';
import { MemoryRun } from '../run/memoryRun.ts';
import {
  DEFAULT_MAX_SEEDS,
  DEFAULT_SEEDS,
  DEFAULT_STRATEGIES,
  DEFAULT_WORKLOADS,
  MAX_SEEDS,
  newRun,
  reproducingWords,
} from '../run/newRun.ts';
import type { RunRequest } from '../run/newRun.ts';
import { localEngine } from '../run/pool.ts';
import { readRun } from '../run/readRun.ts';
import { listOf, loadOptions, pathOf, refuseUnknown, wholeFrom, WORKLOAD_KEYS } from './options.ts';
import type { RunPlan, RunProgress } from './run.ts';
import { runOf } from './runResult.ts';
import type { Run } from './runResult.ts';
import { load, shownWorkload } from './workload.ts';
import type { Workload } from './workload.ts';

const PLAN_KEYS = [
  ...['workloads', 'strategies', 'seeds', 'firstSeed', 'untilCi', 'maxSeeds', 'failIf', 'threads', 'limits', 'out'],
  ...['signal', 'onCell', ...WORKLOAD_KEYS],
];

/** As `run` of the library, which says what it throws. */
export async function runPlan(plan: RunPlan): Promise<Run> {
  refuseUnknown('run', plan, PLAN_KEYS);
  const { threads = availableParallelism(), limits = {}, out, signal = new AbortController().signal } = plan;
  wholeFrom('threads', threads, 1, MOST_THREADS);
  refuseUnknown('limits', limits, Object.keys(DEFAULT_LIMITS));
  signal.throwIfAborted();
  const { manifest, plan: cells, thresholds } = newRun(await requestOf(plan));
  const keeper = out === undefined ? new MemoryRun(manifest) : RunFolder.create(out, manifest);
  const release = out === undefined ? () => undefined : await lockFolder(out);
  try {
    const outcome = await executeRounds(cells, keeper, {
      engine: localEngine(threads, { limits: { ...DEFAULT_LIMITS, ...limits } }),
      thresholds,
      signal,
      progress: (total) => progressOf(total, plan.onCell),
      damaged: () => undefined,
    });
    if (outcome.interrupted) throw outcome.error ?? signal.reason;
    if (keeper instanceof MemoryRun) {
      keeper.finish(outcome.digest);
      return runOf({ ...outcome, path: null, manifest: keeper.manifest }, () => keeper.timings);
    }
    const finished = { ...outcome, path: keeper.path, manifest: keeper.manifest };
    keeper.finish(outcome.digest, summaryText(summaryOf(finished), PLAIN));
    return runOf({ ...finished, manifest: keeper.manifest }, () => keeper.readTimings());
  } finally {
    release();
  }
}

/** The finished run in a directory. */
export function storedRun(path: string): Run {
  return runOf(readRun(path), () => RunFolder.open(path).readTimings());
}

async function requestOf(plan: RunPlan): Promise<RunRequest> {
  const workloads = listOf<Workload>(plan.workloads ?? DEFAULT_WORKLOADS);
  const strategies = listOf<string | URL>(plan.strategies ?? DEFAULT_STRATEGIES).map(nameOf);
  const { seeds = null, firstSeed = 1, audit, failIf = [] } = plan;
  const options = loadOptions(plan);
  return {
    loaded: workloads.map((workload) => load(workload, options)),
    chosen: await chooseStrategies(strategies.join(',')),
    seeds: seeds ?? (plan.workloads === undefined ? DEFAULT_SEEDS : null),
    firstSeed,
    audit: audit === true,
    untilCi: untilCiOf(plan),
    failIf,
    command: 'run() of the library',
    reproduce: commandLine('cma-stress', wordsOf(plan, workloads, strategies)),
  };
}

/** Throws UsageError for a strategy as an object: functions cannot travel to other threads. */
function nameOf(strategy: unknown): string {
  if (typeof strategy === 'string' || strategy instanceof URL) return pathOf(strategy);
  throw new UsageError(
    'a strategy of your own goes to other threads as a file: name its path',
    'write it as the default export of that file; Device takes the object itself',
  );
}

function untilCiOf({ untilCi, maxSeeds }: RunPlan): RunRequest['untilCi'] {
  if (untilCi === undefined) {
    if (maxSeeds === undefined) return null;
    throw new UsageError('maxSeeds is for untilCi', 'a fixed number of seeds is seeds');
  }
  if (!(untilCi > 0 && untilCi < 1))
    throw new UsageError(`untilCi: expected a share above 0 and below 1 such as 0.01, found ${untilCi}`);
  return { width: untilCi, maxSeeds: wholeFrom('maxSeeds', maxSeeds ?? DEFAULT_MAX_SEEDS, 2, MAX_SEEDS) };
}

/** The command that does the same; a workload that lies in no file stands in it by its name. */
function wordsOf(plan: RunPlan, workloads: readonly Workload[], strategies: readonly string[]): string[] {
  const { set } = loadOptions(plan);
  const { seeds, firstSeed, untilCi, maxSeeds, duration, quick, audit } = plan;
  const given = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
  const words = {
    strategy: plan.strategies === undefined ? undefined : strategies.join(','),
    seeds: given(seeds),
    firstSeed: given(firstSeed),
    untilCi: given(untilCi),
    maxSeeds: given(maxSeeds),
    duration: typeof duration === 'number' ? `${duration}ns` : duration,
  };
  return reproducingWords(plan.workloads === undefined ? [] : workloads.map(shownWorkload), {
    ...Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)),
    set,
    quick: quick === true,
    audit: audit === true,
  });
}

function progressOf(total: number, onCell: RunPlan['onCell']): CellProgress {
  let done = 0;
  return {
    step(_failed, line) {
      done++;
      const progress: RunProgress = { done, total };
      onCell?.(line, progress);
    },
    stop: () => undefined,
  };
}
