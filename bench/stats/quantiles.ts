/**
 * Quantiles of the merged histograms of all seeds, with 95 % intervals.
 *
 * The seed is the independent unit, as for failure rates: seeds are resampled, their histograms merged, and the quantile
 * read off (percentiles of the resamples, widened for few seeds: bootstrap.ts). BCa is not used, as a quantile jumps when
 * one seed is left out. With one seed: the samples whose ranks are the binomial 95 % limits of the quantile's rank (David
 * and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1), as if its attempts were independent.
 */
import type { HistogramPairs } from '../run/cell.ts';
import { pooledPercentile, upperEdge } from '../run/histogram.ts';
import { percentileLimits, resampled } from './bootstrap.ts';
import type { Weights } from './bootstrap.ts';
import { Z } from './failureRate.ts';

/** Buckets looked at in all resamples of one quantile: a second's work. Histograms with more get fewer resamples. */
const WORK = 1e8;
const MOST_RESAMPLES = 1000;
const LEAST_RESAMPLES = 200;

export interface QuantileEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Bucket {
  readonly value: number;
  readonly count: number;
  readonly seed: number;
}

/** One estimate for each of `percents` (0..100), in the unit of the histograms; all 0 without samples. */
export function pooledQuantiles(
  parts: readonly HistogramPairs[],
  percents: readonly number[],
  name: string,
): QuantileEstimate[] {
  const seen = parts.filter((pairs) => pairs.length > 0);
  const buckets = seen
    .flatMap((pairs, seed) => pairs.map(([value, count]): Bucket => ({ value, count, seed })))
    .sort((a, b) => a.value - b.value);
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(MOST_RESAMPLES, Math.floor(WORK / Math.max(1, buckets.length))));
  return percents.map((percent) => {
    const value = pooledPercentile(seen, percent);
    if (seen.length === 0) return { value, low: value, high: value };
    const { low, high } =
      seen.length === 1
        ? rankLimits(buckets, percent / 100)
        : percentileLimits(
            resampled(name, seen.length, (weights) => quantileOf(buckets, weights, percent / 100), resamples),
            seen.length,
          );
    return { value, low: Math.min(low, value), high: Math.max(high, value) };
  });
}

/** Quantile of a resample: the bucket in which the cumulated count reaches its rank, rounded up as HdrHistogram does. */
function quantileOf(buckets: readonly Bucket[], weights: Weights, share: number): number {
  let total = 0;
  for (const { count, seed } of buckets) total += count * weights[seed];
  return atRank(buckets, weights, Math.max(1, Math.ceil(share * total - 1e-9)));
}

function atRank(buckets: readonly Bucket[], weights: Weights | null, rank: number): number {
  let below = 0;
  for (const { value, count, seed } of buckets) {
    below += weights === null ? count : count * weights[seed];
    if (below >= rank) return upperEdge(value);
  }
  return upperEdge(buckets[buckets.length - 1].value);
}

function rankLimits(buckets: readonly Bucket[], share: number): { low: number; high: number } {
  let total = 0;
  for (const { count } of buckets) total += count;
  const half = Z * Math.sqrt(total * share * (1 - share));
  return {
    low: atRank(buckets, null, Math.max(1, Math.floor(total * share - half))),
    high: atRank(buckets, null, Math.min(total, Math.ceil(total * share + half) + 1)),
  };
}
