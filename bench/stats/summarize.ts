/** Cells of a run to one entry per workload and strategy: the `summary` of the run document. */
import type { CellRecord } from '../run/cell.ts';
import { cellStore } from '../run/cellStore.ts';
import type { CellStore } from '../run/cellStore.ts';
import { pooledPercentile } from '../run/histogram.ts';
import { failureRate } from './failureRate.ts';
import type { RateEstimate, SeedCounts } from './failureRate.ts';
import { holm } from './holm.ts';
import { noDifference, pairedDifference } from './paired.ts';
import type { PairedDifference } from './paired.ts';
import { pooledQuantiles } from './quantiles.ts';
import { cannotTell } from './seedsNeeded.ts';
import { groupBy, sum } from './sums.ts';
import { virtualStatistics } from './virtual.ts';

/** Against the baseline, together with the other strategies of the workload. */
export interface Versus extends PairedDifference {
  /** p after Holm's correction over the strategies that are compared with the baseline. */
  readonly pHolm: number;
  /** However clear the difference, so few seeds could not give pHolm < 0.05. */
  readonly tooFewSeeds: boolean;
}

/** One strategy on one workload, over its seeds. */
export interface SummaryEntry {
  readonly workload: string;
  readonly strategy: string;
  readonly seeds: number;
  readonly attempts: number;
  readonly failures: number;
  readonly failureRate: RateEstimate;
  /** Name of the strategy compared with. */
  readonly baseline: string;
  readonly vsBaseline: Versus;
  readonly latencyMs: LatencySummary;
  /** Median duration of a full scan, all seeds together, ms of simulated time. */
  readonly fullScanMs: { readonly p50: number };
}

/** Latency of an attempt in simulated ms: mean over seeds, percentiles of all attempts together, 95 % intervals. */
export interface LatencySummary {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly p50: number;
  readonly p50Low: number;
  readonly p50High: number;
  readonly p90: number;
  readonly p90Low: number;
  readonly p90High: number;
  readonly p99: number;
  readonly p99Low: number;
  readonly p99High: number;
}

/** What is compared: a strategy, or whatever else its cells have in common, and the cells that have results. */
export type Side = readonly [name: string, cells: readonly CellRecord[]];

/** Summary entries in order of first appearance. */
export function summarizeCells({ groups, cellsOf }: CellStore): SummaryEntry[] {
  return [...groupBy(groups, ({ workload }) => workload)].flatMap(([workload, own]) => {
    const sides = function* (): Generator<Side> {
      for (const group of own) yield [group.strategy, cellsOf(group)];
    };
    return summarizeSides(workload, sides(), baselineOf(own.map(({ strategy }) => strategy)));
  });
}

/** The same of cells in memory. */
export function summarize(records: readonly CellRecord[]): SummaryEntry[] {
  return summarizeCells(cellStore(records));
}

/**
 * One entry for each side, whose name stands in `strategy`; the one named `baseline` is what the others are compared
 * with. Sides are taken one by one, and their cells are not needed any more when the next is.
 *
 * @param resamples name of the resamples: equal names draw alike
 */
export function summarizeSides(
  workload: string,
  sides: Iterable<Side>,
  baseline: string,
  resamples = workload,
): SummaryEntry[] {
  const measured = Array.from(sides, (side) => measure(side, resamples));
  const designEffect = Math.max(1, ...measured.map(({ counts }) => failureRate(counts).designEffect ?? 1));
  const reference = measured.find(({ name }) => name === baseline)!;
  const versus = correct(
    measured.map((side) =>
      side === reference
        ? noDifference(side.counts.length)
        : pairedDifference(side.counts, reference.counts, resamples, designEffect),
    ),
  );
  return measured.map(({ name, counts, latencyMs, fullScanMs }, index) => ({
    workload,
    strategy: name,
    seeds: counts.length,
    attempts: sum(counts, (entry) => entry.attempts),
    failures: sum(counts, (entry) => entry.failures),
    failureRate: failureRate(counts, designEffect),
    baseline,
    vsBaseline: versus[index],
    latencyMs,
    fullScanMs,
  }));
}

/** What is kept of the cells of a side. */
interface Measured {
  readonly name: string;
  readonly counts: readonly SeedCounts[];
  readonly latencyMs: LatencySummary;
  readonly fullScanMs: { readonly p50: number };
}

function measure([name, cells]: Side, resamples: string): Measured {
  const fullScans = cells.map((cell) => cell.histograms.fullScanNs);
  return {
    name,
    counts: seedCounts(cells),
    latencyMs: latencyOf(resamples, name, cells),
    fullScanMs: { p50: pooledPercentile(fullScans, 50) / 1e6 },
  };
}

/** Adds Holm's correction over all but the baseline's own entry. */
function correct(differences: readonly PairedDifference[]): Versus[] {
  const compared = differences.filter(({ method }) => method !== 'baseline');
  const corrected = holm(compared.map(({ p }) => p));
  return differences.map((one) => {
    if (one.method === 'baseline') return { ...one, pHolm: 1, tooFewSeeds: false };
    return { ...one, pHolm: corrected[compared.indexOf(one)], tooFewSeeds: cannotTell(one.pairs, compared.length) };
  });
}

/** The strategy others are compared with: `stock`, or else the first. */
export function baselineOf(strategies: readonly string[]): string {
  return strategies.includes('stock') ? 'stock' : strategies[0];
}

function latencyOf(resamples: string, name: string, cells: readonly CellRecord[]): LatencySummary {
  const perSeed = cells.filter((cell) => cell.cma.attempts > 0).map((cell) => cell.cma.latencyUs.mean / 1e3);
  const { mean, margin } = virtualStatistics(name, perSeed);
  const histograms = cells.map((cell) => cell.histograms.latencyNs);
  const [p50, p90, p99] = pooledQuantiles(histograms, [50, 90, 99], resamples);
  return {
    mean,
    low: Math.max(0, mean - margin),
    high: mean + margin,
    p50: p50.value / 1e6,
    p50Low: p50.low / 1e6,
    p50High: p50.high / 1e6,
    p90: p90.value / 1e6,
    p90Low: p90.low / 1e6,
    p90High: p90.high / 1e6,
    p99: p99.value / 1e6,
    p99Low: p99.low / 1e6,
    p99High: p99.high / 1e6,
  };
}

function seedCounts(cells: readonly CellRecord[]): SeedCounts[] {
  return cells.map(({ seed, cma }) => ({ seed, attempts: cma.attempts, failures: cma.failures }));
}

/** The entry that the others are compared with, of the entries of one workload. */
export function baselineIn(entries: readonly SummaryEntry[]): SummaryEntry {
  return entries.find(({ strategy, baseline }) => strategy === baseline)!;
}

/** Looks up the cells behind an entry of a summary of cells in memory. */
export function cellsIn(records: readonly CellRecord[]): (entry: SummaryEntry) => readonly CellRecord[] {
  return cellStore(records).cellsOf;
}
