/**
 * Percentiles of simulated durations with hdr-histogram-js.
 *
 * Three significant digits (a percentile is the upper edge of its bucket, at most 0.1 % above the sample), integer
 * nanoseconds, no wall clock: equal samples give equal numbers on every machine. The compressed HDR encoding is not
 * used because its bytes depend on the zlib that Node was built with.
 */
import hdr from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';
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

function emptyHistogram(): Histogram {
  // Grown on demand: durations here stay far below the default of 2^53.
  return hdr.build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2,
    numberOfSignificantValueDigits: 3,
  });
}

function percentileOf(histogram: Histogram, percent: number, max: number): number {
  return histogram.totalCount === 0 ? 0 : Math.min(histogram.getValueAtPercentile(percent), max);
}

/** Distribution of durations in integer ns. */
export function distribution(samples: ArrayLike<number>): Distribution {
  const histogram = emptyHistogram();
  const counts = new Map<number, number>();
  let sum = 0;
  let max = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    histogram.recordValue(value);
    sum += value;
    if (value > max) max = value;
  }
  return {
    count: samples.length,
    mean: samples.length === 0 ? 0 : sum / samples.length,
    max,
    percentile: (percent) => percentileOf(histogram, percent, max),
    pairs: () => {
      counts.clear();
      for (let i = 0; i < samples.length; i++) {
        // The value that stands for the bucket, so that equal buckets fall together.
        const value = bucketOf(samples[i]);
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return [...counts].sort((a, b) => a[0] - b[0]);
    },
  };
}

/** Lower edge of a value's bucket at three significant digits: 11 bits of mantissa, as HdrHistogram has it. */
function bucketOf(value: number): number {
  const unit = bucketWidth(value);
  return Math.floor(value / unit) * unit;
}

/** Largest value of a stored value's bucket: what percentiles are. */
export function upperEdge(value: number): number {
  return value + bucketWidth(value) - 1;
}

function bucketWidth(value: number): number {
  let unit = 1;
  while (value / unit >= 2048) unit *= 2;
  return unit;
}

/** Percentile (0..100) of several stored histograms together, ns; 0 when they are empty. */
export function pooledPercentile(parts: readonly HistogramPairs[], percent: number): number {
  const histogram = emptyHistogram();
  for (const pairs of parts) {
    for (const [value, count] of pairs) histogram.recordValueWithCount(value, count);
  }
  return percentileOf(histogram, percent, Infinity);
}
