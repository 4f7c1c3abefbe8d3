/**
 * Whether what a strategy claims held in a run.
 *
 * A claim on a cause of KSM (B1 to B6) is about mappings: none became unfindable for that cause. A claim on another
 * cause is about requests: none failed in the end with a page in the way that could not be moved for that cause. Where
 * the baseline shows none either, the run does not tell.
 */
import type { Cause, StrategyInfo } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import type { SummaryEntry } from './summarize.ts';
import { sum } from './sums.ts';

/** One cause that a strategy says it removes, and what was seen of it. */
export interface ClaimCheck {
  readonly workload: string;
  /** As in the summary: one strategy, or several joined by `+`. */
  readonly strategy: string;
  readonly cause: Cause;
  /** What is counted: mappings that became unfindable, or pages in the way of failed requests. */
  readonly of: 'mappings' | 'requests';
  /** All seeds together. */
  readonly baseline: number;
  readonly left: number;
  readonly verdict: 'held' | 'broken' | 'untested';
}

/** Causes that come from how KSM keeps its books. */
const OF_MAPPINGS: readonly Cause[] = ['B1', 'B2', 'B3', 'B3null', 'B4', 'B5', 'B6'];

/**
 * Every claim of every strategy of the summary, in its order.
 *
 * @param infos strategies that can be named
 */
export function checkClaims(
  summary: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
  infos: readonly StrategyInfo[],
): ClaimCheck[] {
  return summary.flatMap((entry) => {
    const baseline = summary.find((one) => one.workload === entry.workload && one.strategy === entry.baseline)!;
    return claimsOf(entry.strategy, infos).map((cause): ClaimCheck => {
      const before = countOf(cellsOf(baseline), cause);
      const left = countOf(cellsOf(entry), cause);
      const { workload, strategy } = entry;
      const verdict = left > 0 ? 'broken' : before > 0 ? 'held' : 'untested';
      const of = OF_MAPPINGS.includes(cause) ? 'mappings' : 'requests';
      return { workload, strategy, cause, of, baseline: before, left, verdict };
    });
  });
}

/** Causes that the strategies of `a+b` claim to remove together. */
function claimsOf(combination: string, infos: readonly StrategyInfo[]): Cause[] {
  const names = combination.split('+');
  return [...new Set(infos.filter(({ name }) => names.includes(name)).flatMap(({ claims }) => claims))];
}

function countOf(cells: readonly CellRecord[], cause: Cause): number {
  return sum(cells, ({ unfindable, cma }) =>
    OF_MAPPINGS.includes(cause) ? unfindable.openedByCause[cause] : cma.blockedByCause[cause],
  );
}
