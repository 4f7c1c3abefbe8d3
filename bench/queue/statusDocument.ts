/** The one JSON document of `cma-stress status --json`, schema `cma-stress/status/1`, made of a look at the queue. */
import { sum } from '../stats/sums.ts';
import { nameOf } from './notices.ts';
import { mismatch, THIS_VERSION, type RunInfo, type WorkerInfo } from './registry.ts';
import { takersOf, type QueueLook, type RunLook } from './statusLook.ts';
import type { Pace } from './statusPace.ts';

export interface RunStatus extends RunLook {
  /** How many workers take it. */
  readonly workers: number;
  /** null when it was not measured, and cannot be told from what the workers do. */
  readonly cellsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface WorkerStatus extends WorkerInfo {
  /** Over the last half a minute of looks, or since it was started. */
  readonly cellsPerSecond: number;
}

export interface StatusDocument {
  readonly schema: 'cma-stress/status/1';
  /** Of this command; those of runs and workers may be others. */
  readonly tool: string;
  readonly model: string;
  /** Where, without the password. */
  readonly redis: string;
  /** Whether `cellsPerSecond` was measured between looks; else it is a mean since the workers were started. */
  readonly measured: boolean;
  readonly runs: readonly RunStatus[];
  readonly workers: readonly WorkerStatus[];
  readonly totals: {
    readonly runs: number;
    readonly workers: number;
    readonly threads: number;
    readonly cellsPerSecond: number;
    /** Queue depth: jobs that no worker has begun, and those that run. */
    readonly jobsWaiting: number;
    readonly jobsActive: number;
    /** Of the runs that are there. */
    readonly cells: number;
    readonly done: number;
    readonly failed: number;
  };
  /** What somebody should see to, a sentence each. */
  readonly warnings: readonly string[];
}

/** @param redis how the server may be named to people */
export function statusDocument(look: QueueLook, pace: Pace, redis: string): StatusDocument {
  const { runs, moreRuns } = look;
  const workers = look.workers.map((worker): WorkerStatus => {
    const mean = (worker.done + worker.failed) / Math.max(1, worker.age);
    return { ...worker, cellsPerSecond: pace.worker(worker.id) ?? mean };
  });
  const rates = new Map(workers.map(({ id, cellsPerSecond }) => [id, cellsPerSecond]));
  return {
    schema: 'cma-stress/status/1',
    ...THIS_VERSION,
    redis,
    measured: workers.length > 0 && workers.every(({ id }) => pace.worker(id) !== null),
    runs: runs.map((run) => runStatus(run, look, pace, rates)),
    workers,
    totals: {
      runs: runs.length + moreRuns,
      workers: workers.length,
      threads: sum(workers, ({ threads }) => threads),
      cellsPerSecond: sum(workers, ({ cellsPerSecond }) => cellsPerSecond),
      jobsWaiting: sum(runs, ({ jobs }) => jobs.waiting),
      jobsActive: sum(runs, ({ jobs }) => jobs.active),
      cells: sum(runs, ({ cells }) => cells),
      done: sum(runs, ({ done }) => done),
      failed: sum(runs, ({ failed }) => failed),
    },
    warnings: warningsOf(look),
  };
}

function runStatus(run: RunLook, look: QueueLook, pace: Pace, rates: ReadonlyMap<string, number>): RunStatus {
  const takers = takersOf(run, look);
  // The only one: whatever its workers do is for it.
  const isAlone = look.runs.length === 1 && look.moreRuns === 0;
  const ofWorkers = isAlone ? sum(takers, ({ id }) => rates.get(id)!) : null;
  const cellsPerSecond = pace.run(run.key) ?? ofWorkers;
  const left = run.cells - run.done;
  const secondsLeft = cellsPerSecond === null || cellsPerSecond === 0 ? null : left / cellsPerSecond;
  return { ...run, workers: takers.length, cellsPerSecond, secondsLeft };
}

function warningsOf(look: QueueLook): string[] {
  const runs = look.runs.flatMap((run) => {
    const takers = takersOf(run, look);
    const coordinator = run.coordinated
      ? []
      : [`${called(run)} has no coordinator: it waits for cma-stress run --resume`];
    return takers.length > 0 ? coordinator : [...coordinator, notTaken(run, look.workers)];
  });
  const more = look.moreRuns === 0 ? [] : [`${look.moreRuns} further runs of low priority are not shown`];
  return [...runs, ...more];
}

/** Why nobody takes the run: the first worker's reason, and how many others do not take it either. */
function notTaken(run: RunInfo, workers: readonly WorkerInfo[]): string {
  if (workers.length === 0) return `no worker takes ${called(run)}: there is none`;
  const others = workers.length === 1 ? '' : ` (and ${workers.length - 1} more)`;
  return `no worker takes ${called(run)}: ${nameOf(workers[0])}${others}: ${mismatch(run, workers[0])!}`;
}

function called({ name, key }: RunInfo): string {
  return `run ${name} (${key})`;
}
