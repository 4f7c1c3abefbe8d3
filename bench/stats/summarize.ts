/** Cells of a run to one entry per workload and strategy: the `summary` of the run document. */
import type { CellRecord } from '../run/cell.ts';
import { pooledPercentile } from '../run/histogram.ts';
import { failureRate, sum } from './failureRate.ts';
import type { RateEstimate, SeedCounts } from './failureRate.ts';
import { pairedDifference } from './paired.ts';
import type { PairedDifference } from './paired.ts';
import { virtualStatistics } from './virtual.ts';

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
  readonly vsBaseline: PairedDifference;
  /** Latency of an attempt in simulated ms: mean over seeds with its 95 % interval, percentiles of all attempts together. */
  readonly latencyMs: { mean: number; low: number; high: number; p50: number; p99: number };
  /** Median duration of a full scan, all seeds together, ms of simulated time. */
  readonly fullScanMs: { p50: number };
}

/** Summary entries in order of first appearance. `records` are the cells that have results. */
export function summarize(records: readonly CellRecord[]): SummaryEntry[] {
  const entries: SummaryEntry[] = [];
  for (const [workload, ofWorkload] of groupBy(records, (record) => record.workload)) {
    const strategies = [...groupBy(ofWorkload, (record) => record.strategy)];
    const baseline = baselineOf(strategies.map(([strategy]) => strategy));
    const designEffect = Math.max(
      1,
      ...strategies.map(([, cells]) => failureRate(seedCounts(cells)).designEffect ?? 1),
    );
    const baselineCounts = seedCounts(strategies.find(([strategy]) => strategy === baseline)![1]);
    const baselineRate = failureRate(baselineCounts, designEffect);
    for (const [strategy, cells] of strategies) {
      const counts = seedCounts(cells);
      const rate = failureRate(counts, designEffect);
      entries.push({
        workload,
        strategy,
        seeds: cells.length,
        attempts: sum(counts, (entry) => entry.attempts),
        failures: sum(counts, (entry) => entry.failures),
        failureRate: rate,
        baseline,
        vsBaseline:
          strategy === baseline
            ? { difference: 0, low: 0, high: 0, p: 1, pairs: cells.length }
            : pairedDifference(counts, baselineCounts, rate, baselineRate),
        latencyMs: latencyOf(strategy, cells),
        fullScanMs: {
          p50:
            pooledPercentile(
              cells.map((cell) => cell.histograms.fullScanNs),
              50,
            ) / 1e6,
        },
      });
    }
  }
  return entries;
}

/** The strategy others are compared with: `stock`, or else the first. */
export function baselineOf(strategies: readonly string[]): string {
  return strategies.includes('stock') ? 'stock' : strategies[0];
}

function latencyOf(strategy: string, cells: readonly CellRecord[]): SummaryEntry['latencyMs'] {
  const perSeed = cells.filter((cell) => cell.cma.attempts > 0).map((cell) => cell.cma.latencyUs.mean / 1e3);
  const { mean, margin } = virtualStatistics(strategy, perSeed);
  const histograms = cells.map((cell) => cell.histograms.latencyNs);
  return {
    mean,
    low: Math.max(0, mean - margin),
    high: mean + margin,
    p50: pooledPercentile(histograms, 50) / 1e6,
    p99: pooledPercentile(histograms, 99) / 1e6,
  };
}

function seedCounts(cells: readonly CellRecord[]): SeedCounts[] {
  return cells.map(({ seed, cma }) => ({ seed, attempts: cma.attempts, failures: cma.failures }));
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
