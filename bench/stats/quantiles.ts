/**
 * Quantiles of the merged histograms of all seeds, with 95 % intervals.
 *
 * The seed is the independent unit, as for failure rates: seeds are resampled, their histograms merged, and the
 * quantile read off (percentiles of the resamples, widened for few seeds: bootstrap.ts). BCa is not used, as a quantile
 * jumps when one seed is left out. With one seed: the samples whose ranks are the binomial 95 % limits of the
 * quantile's rank (David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1), as if its attempts were
 * independent.
 */
import type { HistogramPairs } from '../run/cell.ts';
import { pooledPercentile, upperEdge } from '../run/histogram.ts';
import { percentileLimits, resampled } from './bootstrap.ts';
import type { Weights } from './bootstrap.ts';
import { Z } from './level.ts';

/** Buckets looked at in all resamples of one quantile: a second's work. Histograms with more get fewer resamples. */
const WORK = 1e8;
const MOST_RESAMPLES = 1000;
const LEAST_RESAMPLES = 200;

export interface QuantileEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The buckets of all seeds in rising order of value, a column a field: a resample reads them all. */
interface Buckets {
  readonly value: Float64Array;
  readonly count: Float64Array;
  readonly seed: Int32Array;
  /** Samples of each seed. */
  readonly totals: readonly number[];
}

function bucketsOf(parts: readonly HistogramPairs[]): Buckets {
  const rows = parts
    .flatMap((pairs, seed) => pairs.map(([value, count]) => ({ value, count, seed })))
    .sort((a, b) => a.value - b.value);
  return {
    value: Float64Array.from(rows, ({ value }) => value),
    count: Float64Array.from(rows, ({ count }) => count),
    seed: Int32Array.from(rows, ({ seed }) => seed),
    totals: parts.map((pairs) => pairs.reduce((sum, [, count]) => sum + count, 0)),
  };
}

/** One estimate for each of `percents` (0..100), in the unit of the histograms; all 0 without samples. */
export function pooledQuantiles(
  parts: readonly HistogramPairs[],
  percents: readonly number[],
  name: string,
): QuantileEstimate[] {
  const seen = parts.filter((pairs) => pairs.length > 0);
  const buckets = bucketsOf(seen);
  const looks = Math.max(1, buckets.value.length);
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(MOST_RESAMPLES, Math.floor(WORK / looks)));
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

/**
 * Quantile of a resample: the bucket in which the cumulated count reaches its rank, rounded up as HdrHistogram does.
 */
function quantileOf(buckets: Buckets, weights: Weights, share: number): number {
  const { totals } = buckets;
  let total = 0;
  for (let seed = 0; seed < totals.length; seed++) total += totals[seed] * weights[seed];
  return atRank(buckets, weights, Math.max(1, Math.ceil(share * total - 1e-9)));
}

function atRank({ value, count, seed }: Buckets, weights: Weights, rank: number): number {
  const last = value.length - 1;
  let below = 0;
  for (let at = 0; at < last; at++) {
    below += count[at] * weights[seed[at]];
    if (below >= rank) return upperEdge(value[at]);
  }
  return upperEdge(value[last]);
}

function rankLimits(buckets: Buckets, share: number): { low: number; high: number } {
  const [total] = buckets.totals;
  const once = Uint16Array.of(1);
  const half = Z * Math.sqrt(total * share * (1 - share));
  return {
    low: atRank(buckets, once, Math.max(1, Math.floor(total * share - half))),
    high: atRank(buckets, once, Math.min(total, Math.ceil(total * share + half) + 1)),
  };
}
