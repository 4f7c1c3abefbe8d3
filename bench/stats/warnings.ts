/**
 * What makes a comparison doubtful, each in one sentence that says what to do. Nothing here changes a result.
 *
 * The limits are rules of thumb: docs/reference/results.md lists them.
 */
import type { CellRecord } from '../run/cell.ts';
import { drifts } from './drift.ts';
import { fewestPairs } from './seedsNeeded.ts';
import type { SummaryEntry } from './summarize.ts';
import { groupBy, sum } from './sums.ts';

/** What it is that makes it doubtful; docs/reference/results.md has the limits. */
export type WarningKind =
  | 'no-attempts'
  | 'no-failures'
  | 'all-failed'
  | 'area-full'
  | 'memory-exhausted'
  | 'kill-storm'
  | 'replay-missed'
  | 'ksmd-busy'
  | 'warm-up'
  | 'few-seeds'
  | 'outlier-seed'
  | 'few-attempts'
  // Of compare: what --force lets pass, runs that are the same, cells without a partner.
  | 'forced'
  | 'no-difference'
  | 'left-out';

/** One thing that makes a comparison doubtful. */
export interface Warning {
  /** null: the whole comparison. */
  readonly workload: string | null;
  /** null: all of them. */
  readonly strategy: string | null;
  readonly kind: WarningKind;
  readonly message: string;
}

const FEW_ATTEMPTS = 50;
/** Shares: of failures that are ENOMEM, of a CPU, of the failures that one seed has. */
const MOST_ENOMEM = 0.5;
const BUSY = 0.9;
const MOST_OF_ONE_SEED = 0.5;
/** Fewer failures than these say nothing about which seed has them, or of which kind they are. */
const ENOUGH_FAILURES = 8;
/** lowmemorykiller: kills per second from which the killing is the load. */
const KILLS_PER_SECOND = 0.5;
/** Share of the events of a replay that may find their process gone. */
const MOST_MISSED = 0.01;

/** One side of a comparison with its cells. */
interface Row {
  readonly entry: SummaryEntry;
  readonly cells: readonly CellRecord[];
}

/** Warnings in the order of the summary. `cellsOf`: the cells behind an entry. */
export function warningsOf(
  summary: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
): Warning[] {
  return [...groupBy(summary, (entry) => entry.workload)].flatMap(([workload, entries]) => {
    const rows = entries.map((entry) => ({
      entry,
      // Of a long run they are read from disk each time.
      get cells() {
        return cellsOf(entry);
      },
    }));
    const whole = ofWorkload(rows).map(([kind, message]): Warning => ({ workload, strategy: null, kind, message }));
    return [...whole, ...ofStrategies(workload, rows), ...ofBaseline(workload, rows)];
  });
}

type Found = readonly [kind: WarningKind, message: string];

function ofWorkload(rows: readonly Row[]): Found[] {
  const attempts = sum(rows, ({ entry }) => entry.attempts);
  if (attempts === 0) {
    return [['no-attempts', 'nobody asked for contiguous memory: measure longer (--duration) or add a CMA client']];
  }
  const found: Found[] = [];
  if (rows.every(({ entry }) => entry.failures === 0)) {
    const advice = 'make the load heavier, measure longer (--duration), or run more seeds';
    found.push(['no-failures', `no allocation failed under any strategy, so there is nothing to compare: ${advice}`]);
  }
  const least = Math.min(...rows.map(({ entry }) => entry.attempts));
  if (least < FEW_ATTEMPTS && least > 0) {
    const points = (100 / least).toFixed(1);
    const advice = 'measure longer (--duration) or run more seeds';
    found.push(['few-attempts', `with ${least} attempts one failure is ${points} points: ${advice}`]);
  }
  const seeds = Math.min(...rows.map(({ entry }) => entry.seeds));
  const enough = fewestPairs(rows.length - 1);
  if (seeds < Math.max(fewestPairs(), rows.length === 1 ? 0 : enough)) {
    const test =
      rows.length === 1
        ? 'are few for an interval'
        : `cannot give p < 0.05 for ${comparisons(rows.length - 1)}, however clear`;
    found.push([
      'few-seeds',
      `${seeds === 1 ? '1 seed' : `${seeds} seeds`} ${test}: use --seeds ${Math.max(fewestPairs(), enough)} or more`,
    ]);
  }
  return found;
}

function comparisons(count: number): string {
  return count === 1 ? 'a comparison' : `${count} comparisons together`;
}

/** Checks of a single strategy: what holds for all of them is said once. */
const CHECKS: readonly ((row: Row) => Found | null)[] = [
  ({ entry }) =>
    entry.attempts > 0 && entry.failures === entry.attempts
      ? ['all-failed', 'every allocation failed, so no fix can show a gradual effect: ask for less or smaller buffers']
      : null,
  ({ entry, cells }) => {
    const noMemory = sum(cells, (cell) => cell.cma.errors.ENOMEM);
    return entry.failures >= ENOUGH_FAILURES && noMemory > MOST_ENOMEM * entry.failures
      ? [
          'area-full',
          'most failures are ENOMEM, the area or the memory is full, which no fix changes: hold buffers shorter, ask less often, or enlarge the area',
        ]
      : null;
  },
  ({ cells }) =>
    sum(cells, (cell) => cell.counts.allocFailures) > 0
      ? [
          'memory-exhausted',
          'single-page allocations failed, the device is out of memory: start fewer processes or lower what they populate',
        ]
      : null,
  ({ cells }) => {
    const seconds = sum(cells, (cell) => cell.deviceSeconds);
    return sum(cells, (cell) => cell.counts.lmkKills) > KILLS_PER_SECOND * seconds
      ? [
          'kill-storm',
          'lowmemorykiller kills more than one process in two seconds, which is most of the load: start fewer processes or lower what they populate',
        ]
      : null;
  },
  ({ cells }) => {
    const missed = sum(cells, ({ replay }) => replay?.missed ?? 0);
    const events = sum(cells, ({ replay }) => replay?.events ?? 0);
    return missed > MOST_MISSED * events
      ? [
          'replay-missed',
          `${missed} of ${events} recorded events found their process gone (taken by lowmemorykiller, or never forked), so this is not the load that was recorded: give the device its memory or its processes their size`,
        ]
      : null;
  },
  ({ cells }) =>
    cells.length > 0 && sum(cells, (cell) => cell.ksm.cpuShare) > BUSY * cells.length
      ? [
          'ksmd-busy',
          'ksmd takes over 90 % of a CPU and cannot keep its pace: raise ksm.sleep_millisecs or lower ksm.pages_to_scan',
        ]
      : null,
];

function ofStrategies(workload: string, rows: readonly Row[]): Warning[] {
  // Row by row, as the cells of a row may have to be read.
  const byRow = rows.map(({ entry, cells }) => CHECKS.map((check) => check({ entry, cells })));
  return CHECKS.flatMap((_, index) => {
    const found = rows.flatMap(({ entry }, at): Warning[] => {
      const one = byRow[at][index];
      return one === null ? [] : [{ workload, strategy: entry.strategy, kind: one[0], message: one[1] }];
    });
    return found.length > 1 && found.length === rows.length ? [{ ...found[0], strategy: null }] : found;
  });
}

/** What all strategies share: the lives that the seeds give the device, looked at where nothing is changed. */
function ofBaseline(workload: string, rows: readonly Row[]): Warning[] {
  const { entry, cells } = rows.find((row) => row.entry.strategy === row.entry.baseline)!;
  const found: Found[] = [];
  const drift = drifts(cells).at(0);
  if (drift !== undefined) {
    const { measure, from, to } = drift;
    const change = `${measure} goes from ${from.toFixed(0)} to ${to.toFixed(0)} while it is measured`;
    found.push(['warm-up', `the device has not settled, ${change}: use a longer warm-up (--set warm_up=60s)`]);
  }
  const [worst] = [...cells].sort((a, b) => b.cma.failures - a.cma.failures);
  if (cells.length > 2 && entry.failures >= ENOUGH_FAILURES && worst.cma.failures > MOST_OF_ONE_SEED * entry.failures) {
    const share = `${worst.cma.failures} of ${entry.failures} failures`;
    found.push(['outlier-seed', `seed ${worst.seed} has ${share}, the rate is that of one life: run more seeds`]);
  }
  return found.map(([kind, message]) => ({ workload, strategy: entry.strategy, kind, message }));
}
