/**
 * Percentiles of simulated durations, in the buckets of HdrHistogram.
 *
 * Three significant digits (a percentile is the upper edge of its bucket, at most 0.1 % above the sample), integer
 * nanoseconds, no wall clock: equal samples give equal numbers on every machine. The compressed HDR encoding is not
 * used because its bytes depend on the zlib that Node was built with.
 *
 * hdr-histogram-js, which gives the same numbers (a test compares them), is not used: it took 19 ms for the 130,000
 * durations of a cell of fork-heavy, this takes 2.
 */
import type { HistogramPairs } from './cell.ts';

export interface Distribution {
  readonly count: number;
  /** Exact, ns. */
  readonly mean: number;
  readonly max: number;
  /** Value at that percentile (0..100), ns; 0 when there are no samples; never above `max`. */
  percentile(percent: number): number;
  pairs(): HistogramPairs;
}

/**
 * Values of a bucket agree in the 11 leading bits, which makes three decimal digits: below 2048 each value has its own,
 * from there on each doubling has 1024.
 */
const EXACT = 2048;
const HALF = EXACT / 2;
/** Integers from here on are halved so often first that shifts do, and 11 bits are left. */
const LARGE = 2 ** 31;
const LARGE_BITS = 20;

/** Distribution of durations in integer ns, up to 2^53. */
export function distribution(samples: ArrayLike<number>): Distribution {
  let sum = 0;
  let max = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    sum += value;
    if (value > max) max = value;
  }
  const counts = noCounts(max);
  for (let i = 0; i < samples.length; i++) counts[bucketOf(samples[i])]++;
  return {
    count: samples.length,
    mean: samples.length === 0 ? 0 : sum / samples.length,
    max,
    percentile: (percent) => Math.min(percentileOf(counts, samples.length, percent), max),
    pairs: () => pairsOf(counts),
  };
}

/** Percentile (0..100) of several stored histograms together, ns; 0 when they are empty. */
export function pooledPercentile(parts: readonly HistogramPairs[], percent: number): number {
  let total = 0;
  let max = 0;
  for (const pairs of parts) {
    for (const [value, count] of pairs) {
      total += count;
      if (value > max) max = value;
    }
  }
  const counts = noCounts(max);
  for (const pairs of parts) for (const [value, count] of pairs) counts[bucketOf(value)] += count;
  return percentileOf(counts, total, percent);
}

/** Largest value of the bucket that a stored value stands for: what percentiles are. */
export function upperEdge(value: number): number {
  return lowerEdge(bucketOf(value) + 1) - 1;
}

/** By bucket; there is room for values up to `max`. */
function noCounts(max: number): Uint32Array {
  return new Uint32Array(bucketOf(max) + 1);
}

function bucketOf(value: number): number {
  if (value < EXACT) return Math.floor(value);
  if (value >= LARGE) return LARGE_BITS * HALF + bucketOf(value / 2 ** LARGE_BITS);
  const shift = 21 - Math.clz32(value);
  return shift * HALF + (value >>> shift);
}

/** Smallest value of a bucket. */
function lowerEdge(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF) * 2 ** shift;
}

/** The upper edge of the bucket in which the cumulated count reaches that of `percent`; 0 when there is none. */
function percentileOf(counts: Uint32Array, total: number, percent: number): number {
  if (total === 0) return 0;
  const rank = Math.max(1, Math.ceil((percent * total) / 100));
  let below = 0;
  let bucket = -1;
  while (below < rank) below += counts[++bucket];
  return lowerEdge(bucket + 1) - 1;
}

function pairsOf(counts: Uint32Array): HistogramPairs {
  const pairs: [number, number][] = [];
  for (let bucket = 0; bucket < counts.length; bucket++) {
    if (counts[bucket] > 0) pairs.push([lowerEdge(bucket), counts[bucket]]);
  }
  return pairs;
}
