/** How a run stands before it is complete: what is known of each workload and strategy from the cells so far. */
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellLine } from '../run/cell.ts';
import { isFailed } from '../run/cell.ts';
import type { RunManifest } from '../run/folder.ts';
import { seedsOf } from '../run/rounds.ts';
import { failureRate } from './failureRate.ts';
import type { RateEstimate, SeedCounts } from './failureRate.ts';
import { groupBy, sum } from './sums.ts';

/** What is kept of a cell: little, as a run may have many. */
export interface CellStanding extends SeedCounts {
  readonly workload: string;
  readonly strategy: string;
  /** It has no results. */
  readonly failed: boolean;
}

/** A workload under a strategy. */
export interface Standing {
  readonly workload: string;
  readonly strategy: string;
  /** Cells in the plan, those that have ended, and those of them that failed. */
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  readonly attempts: number;
  readonly failures: number;
  /** Over the cells so far, with its 95 % interval. */
  readonly failureRate: RateEstimate;
}

export type Planned = Pick<RunManifest, 'strategies' | 'seeds' | 'untilCi'> & {
  readonly workloads: readonly Pick<ResolvedWorkload, 'name' | 'seeds'>[];
};

export function cellStanding(line: CellLine): CellStanding {
  const { workload, strategy, seed } = line;
  const counts = isFailed(line) ? { attempts: 0, failures: 0 } : line.cma;
  return { workload, strategy, seed, attempts: counts.attempts, failures: counts.failures, failed: isFailed(line) };
}

/** One entry for each workload and strategy of the plan, in its order. */
export function standingsOf(plan: Planned, cells: readonly CellStanding[]): Standing[] {
  const groups = groupBy(cells, ({ workload, strategy }) => `${workload}/${strategy}`);
  return plan.workloads.flatMap((workload) =>
    plan.strategies.map((strategy) => {
      const own = groups.get(`${workload.name}/${strategy}`) ?? [];
      return {
        workload: workload.name,
        strategy,
        cells: seedsOf(plan, workload),
        done: own.length,
        failed: own.filter(({ failed }) => failed).length,
        attempts: sum(own, ({ attempts }) => attempts),
        failures: sum(own, ({ failures }) => failures),
        failureRate: failureRate(own),
      };
    }),
  );
}
