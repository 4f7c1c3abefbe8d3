/**
 * Which cells the frame map shows: of each workload the baseline's cell with the most failures, and the same seed under
 * the strategy that fails least, where one fails less often. Workloads in which nothing failed have a map only where
 * nothing failed in any: one of them.
 */
import { attemptsOf } from '../../run/attemptLog.ts';
import type { LoggedAttempt } from '../../run/attemptLog.ts';
import type { CellRecord } from '../../run/cell.ts';
import { baselineIn } from '../../stats/summarize.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { groupBy } from '../../stats/sums.ts';

/** Each takes a replay, about as long as its cell took, and some 100 kB of the page. */
const MOST_CELLS = 6;
const MOST_FAILURES = 20;

export interface ChosenCell {
  readonly record: CellRecord;
  /** Failed requests to show, and how many there are besides. */
  readonly failures: readonly LoggedAttempt[];
  readonly left: number;
}

export interface ChosenMaps {
  readonly cells: readonly ChosenCell[];
  /** Workloads that are left out: for want of room, and because nothing failed. */
  readonly leftOut: readonly string[];
  readonly calm: readonly string[];
}

/** The cells to show. */
export function chooseMaps(
  summary: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
): ChosenMaps {
  const groups = [...groupBy(summary, (entry) => entry.workload)].map(([workload, entries]) => ({
    workload,
    cells: cellsOfWorkload(entries, cellsOf),
  }));
  const failing = groups.filter((group) => hasFailures(group.cells));
  const shown = failing.length > 0 ? failing : groups.slice(0, 1);
  const cells: ChosenCell[] = [];
  const leftOut: string[] = [];
  for (const group of shown) {
    if (cells.length + group.cells.length > MOST_CELLS) leftOut.push(group.workload);
    else cells.push(...group.cells.map(chosen));
  }
  const calm = groups.filter((group) => !shown.includes(group)).map(({ workload }) => workload);
  return { cells, leftOut, calm };
}

function cellsOfWorkload(
  entries: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
): CellRecord[] {
  const baseline = baselineIn(entries);
  const worst = cellsOf(baseline).reduce((most, cell) => (cell.cma.failures > most.cma.failures ? cell : most));
  const better = entries
    .filter((entry) => entry.attempts > 0 && entry.failureRate.mean < baseline.failureRate.mean)
    .sort((a, b) => a.failureRate.mean - b.failureRate.mean);
  const pair = better.flatMap((entry) => cellsOf(entry).filter((cell) => cell.seed === worst.seed)).slice(0, 1);
  return [worst, ...pair];
}

function hasFailures(cells: readonly CellRecord[]): boolean {
  return cells.some(({ cma }) => cma.failures > 0);
}

/** Of many failures some at equal distances. */
function chosen(record: CellRecord): ChosenCell {
  const failed = attemptsOf(record.attemptLog).filter(({ errno }) => errno !== 0);
  const step = Math.max(1, (failed.length - 1) / (MOST_FAILURES - 1));
  const failures = Array.from(
    { length: Math.min(failed.length, MOST_FAILURES) },
    (_, i) => failed[Math.round(i * step)],
  );
  return { record, failures, left: record.cma.failures - failures.length };
}
