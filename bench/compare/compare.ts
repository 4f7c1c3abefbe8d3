/**
 * `compare` from opened sides to rows: matched cells, the statistics of a run's summary with the sides in the place of
 * strategies, and what else engineers weigh (latency, ksmd's share of a CPU, memory saved).
 */
import { UsageError } from '../errors.ts';
import { nearestHint } from '../plan/suggest.ts';
import type { CellRecord } from '../run/cell.ts';
import { crossings, parseThreshold } from '../run/threshold.ts';
import type { Crossing } from '../run/threshold.ts';
import { summarizeSides } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { sum } from '../stats/sums.ts';
import { warningsOf } from '../stats/warnings.ts';
import type { Warning } from '../stats/warnings.ts';
import { chooseFactor, differencesOf, differenceText } from './factor.ts';
import type { Factor, FactorOptions } from './factor.ts';
import { matchCells, matchWorkloads } from './match.ts';
import type { Group } from './match.ts';
import type { Side } from './sides.ts';

export interface CompareOptions extends FactorOptions {
  /** Name of a side; null: the first one. */
  readonly baseline: string | null;
  readonly failIf: readonly string[];
}

/** One side of one group. */
export interface Row {
  readonly group: Group;
  /** `workload` is the group's name, `strategy` the side's. */
  readonly entry: SummaryEntry;
  /** Pooled 99th percentile over that of the baseline, less 1; null when that is 0. */
  readonly p99Change: number | null;
  /** Means over seeds. */
  readonly cpuShare: number;
  readonly savedBytes: number;
}

export interface Comparison {
  /** The baseline first. */
  readonly sides: readonly Side[];
  readonly factor: Factor;
  readonly rows: readonly Row[];
  readonly warnings: readonly Warning[];
  readonly crossed: readonly Crossing[];
}

/** Compares the sides. Throws UsageError when they cannot be compared. */
export function compareSides(given: readonly Side[], options: CompareOptions): Comparison {
  const sides = baselineFirst(given, options.baseline);
  const workloads = matchWorkloads(sides);
  const factor = chooseFactor(sides, differencesOf(sides, workloads), options);
  const { groups, leftOut } = matchCells(sides, workloads);
  const known = { workloads: groups.map(({ name }) => name), strategies: sides.map(({ name }) => name) };
  const thresholds = options.failIf.map((text) => parseThreshold(text, known));
  const rows = groups.flatMap((group) => rowsOf(group, sides));
  const summary = rows.map(({ entry }) => entry);
  const cellsOf = (entry: SummaryEntry): readonly CellRecord[] => {
    const { cells } = groups.find(({ name }) => name === entry.workload)!;
    return cells[sides.findIndex(({ name }) => name === entry.strategy)];
  };
  return {
    sides,
    factor,
    rows,
    warnings: [...doubts(sides, factor, leftOut), ...warningsOf(summary, cellsOf)],
    crossed: crossings(thresholds, summary, cellsOf),
  };
}

function baselineFirst(sides: readonly Side[], wanted: string | null): Side[] {
  const names = sides.map(({ name }) => name);
  const name = wanted ?? names[0];
  const baseline = sides.find((side) => side.name === name);
  if (baseline === undefined) {
    throw new UsageError(
      `--baseline '${name}' is none of the sides`,
      nearestHint(name, names, `they are ${names.join(', ')}`),
    );
  }
  return [baseline, ...sides.filter((side) => side !== baseline)];
}

function rowsOf(group: Group, sides: readonly Side[]): Row[] {
  const named = sides.map(({ name }, index) => [name, group.cells[index]] as const);
  // Resamples as in the run's own summary.
  const entries = summarizeSides(group.name, named, sides[0].name, group.workload);
  const reference = entries[0].latencyMs.p99;
  return entries.map((entry, index) => ({
    group,
    entry,
    p99Change: reference === 0 ? null : entry.latencyMs.p99 / reference - 1,
    cpuShare: mean(group.cells[index], (cell) => cell.ksm.cpuShare),
    savedBytes: mean(group.cells[index], (cell) => cell.ksm.savedBytes),
  }));
}

function mean(cells: readonly CellRecord[], of: (cell: CellRecord) => number): number {
  return sum(cells, of) / cells.length;
}

/** What makes the comparison as a whole doubtful. */
function doubts(sides: readonly Side[], factor: Factor, leftOut: readonly string[]): Warning[] {
  const whole = { workload: null, strategy: null };
  const forced = factor.further.map((one): Warning => ({
    ...whole,
    kind: 'forced',
    message: `--force lets pass that they differ in ${differenceText(sides, one)}: what is seen may come from that`,
  }));
  const left = leftOut.map((what): Warning => ({ ...whole, kind: 'left-out', message: `left out: ${what}` }));
  if (factor.name !== null) return [...forced, ...left];
  const message = 'these runs differ in nothing, so that they have to give the same: name another run';
  return [...forced, { ...whole, kind: 'no-difference', message }, ...left];
}
