/**
 * What a setting came to: the numbers of its cells that are compared, limited and shown.
 *
 * Cells of one seed (one for each workload) belong together; requests and seeds are pooled as in the summary of a run.
 */
import type { CellRecord } from '../run/cell.ts';
import { percent, time } from '../report/units.ts';
import { pooledPercentile } from '../run/histogram.ts';
import type { Pooled } from '../run/thresholdMetrics.ts';
import type { SeedCounts } from '../stats/failureRate.ts';
import { groupBy, sum } from '../stats/sums.ts';

export interface Score {
  readonly seeds: number;
  readonly attempts: number;
  readonly failures: number;
  /** failures / attempts. */
  readonly failureRate: number;
  /** Latency of a request, us of simulated time, all requests pooled. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** Share of one CPU that ksmd takes, 0..1, mean over cells. */
  readonly cpuShare: number;
  /** Memory that merging saves at the end, mean over cells. */
  readonly savedBytes: number;
  /** ksmd's, per second of simulated time. */
  readonly wakeups: number;
  /** Full scans that were over in the measured time, mean over cells. */
  readonly fullScans: number;
}

export function scoreOf(cells: readonly CellRecord[]): Score {
  const { attempts, failureRate, latencyMs } = pooled(cells);
  const mean = (of: (cell: CellRecord) => number): number => (cells.length === 0 ? 0 : sum(cells, of) / cells.length);
  const seconds = sum(cells, ({ deviceSeconds }) => deviceSeconds);
  return {
    seeds: new Set(cells.map(({ seed }) => seed)).size,
    attempts,
    failures: sum(cells, ({ cma }) => cma.failures),
    failureRate: failureRate.mean,
    p50Us: latencyMs.p50 * 1e3,
    p99Us: latencyMs.p99 * 1e3,
    cpuShare: mean(({ ksm }) => ksm.cpuShare),
    savedBytes: mean(({ ksm }) => ksm.savedBytes),
    wakeups: seconds === 0 ? 0 : sum(cells, ({ ksm }) => ksm.wakeups) / seconds,
    fullScans: mean(({ ksm }) => ksm.fullScans),
  };
}

/** `0.4 % of 480 failed, p99 150 ms`. */
export function scoreText({ failureRate, attempts, p99Us }: Score): string {
  return `${percent(failureRate)} % of ${attempts} failed, p99 ${time(p99Us / 1e3)}`;
}

/** What metrics by name read. */
export function pooled(cells: readonly CellRecord[]): Pooled {
  const attempts = sum(cells, ({ cma }) => cma.attempts);
  const failures = sum(cells, ({ cma }) => cma.failures);
  const histograms = cells.map(({ histograms: { latencyNs } }) => latencyNs);
  const [p50, p90, p99] = [50, 90, 99].map((percent) => pooledPercentile(histograms, percent) / 1e6);
  const latencySum = sum(cells, ({ cma }) => cma.latencyUs.mean * cma.attempts);
  return {
    attempts,
    failureRate: { mean: attempts === 0 ? 0 : failures / attempts },
    latencyMs: { mean: attempts === 0 ? 0 : latencySum / attempts / 1e3, p50, p90, p99 },
    fullScanMs: {
      p50:
        pooledPercentile(
          cells.map(({ histograms: { fullScanNs } }) => fullScanNs),
          50,
        ) / 1e6,
    },
  };
}

/** The cells of each seed together, one for each workload. */
export function bySeed(cells: readonly CellRecord[]): CellRecord[][] {
  return [...groupBy(cells, ({ seed }) => String(seed)).values()];
}

/** Requests and failures of each seed, over all its cells, in rising order of seeds. */
export function seedCountsOf(cells: readonly CellRecord[]): SeedCounts[] {
  return bySeed(cells)
    .map((some) => ({
      seed: some[0].seed,
      attempts: sum(some, ({ cma }) => cma.attempts),
      failures: sum(some, ({ cma }) => cma.failures),
    }))
    .sort((a, b) => a.seed - b.seed);
}
