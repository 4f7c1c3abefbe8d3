/**
 * Statistics and comparisons as mmtests makes them (bin/lib/MMTests/Stat.pm), so that a reader of its tables reads
 * ours.
 *
 * One thing differs: mmtests takes its samples as independent. Requests of one seed share a device's life, so the
 * interval of Amean is that of the ratio estimator over seeds (bench/stats/failureRate.ts says why), and there is none
 * for one seed.
 */
import { ALPHA } from '../../stats/level.ts';
import { tCritical } from '../../stats/student.ts';
import { sum } from '../../stats/sums.ts';
import type { Samples, Seen } from './samples.ts';

/** What the rows of a table are made of; values in the unit of the samples, CoeffVar in per cent. */
export interface Statistics {
  readonly count: number;
  readonly Min: number;
  readonly Amean: number;
  readonly Stddev: number;
  readonly CoeffVar: number;
  readonly Max: number;
  /** Half the 95 % interval of Amean; null where one seed says nothing about it. */
  readonly half: number | null;
  /** Mean of the best (lowest) `percent` of the samples. */
  bestMean(percent: number): number;
  percentile(percent: number): number;
}

/** Of samples that are better the lower they are. Without any, everything is 0, as mmtests has missing values. */
export function statisticsOf(samples: Samples): Statistics {
  const seen = samples.flat().sort((a, b) => a.value - b.value);
  const count = sum(seen, (one) => one.count);
  if (count === 0) return NOTHING;
  const mean = sum(seen, (one) => one.value * one.count) / count;
  const squares = sum(seen, (one) => one.count * (one.value - mean) ** 2);
  const deviation = count < 2 ? 0 : Math.sqrt(squares / (count - 1));
  return {
    count,
    Min: seen[0].value,
    Amean: mean,
    Stddev: deviation,
    CoeffVar: mean === 0 ? 0 : (100 * deviation) / mean,
    Max: seen[seen.length - 1].value,
    half: halfInterval(samples, mean),
    bestMean: (percent) => lowestMean(seen, Math.floor((count * percent) / 100) || count),
    percentile: (percent) => atRank(seen, Math.floor((count - 1) * (percent / 100) + 0.5)),
  };
}

const NOTHING: Statistics = {
  count: 0,
  Min: 0,
  Amean: 0,
  Stddev: 0,
  CoeffVar: 0,
  Max: 0,
  half: null,
  bestMean: () => 0,
  percentile: () => 0,
};

function halfInterval(samples: Samples, mean: number): number | null {
  const seeds = samples.filter((seed) => seed.length > 0);
  const n = seeds.length;
  if (n < 2) return null;
  const total = sum(seeds, (seed) => sum(seed, (one) => one.count));
  const residual = (seed: readonly Seen[]): number => sum(seed, (one) => one.count * (one.value - mean));
  const variance = ((n / (n - 1)) * sum(seeds, (seed) => residual(seed) ** 2)) / total ** 2;
  return tCritical(ALPHA, n - 1) * Math.sqrt(variance);
}

/** Mean of the `count` lowest. */
function lowestMean(seen: readonly Seen[], count: number): number {
  let left = count;
  let total = 0;
  for (const one of seen) {
    const taken = Math.min(left, one.count);
    total += taken * one.value;
    left -= taken;
    if (left === 0) break;
  }
  return total / count;
}

/** The sample at a rank from 0. */
function atRank(seen: readonly Seen[], rank: number): number {
  let below = 0;
  for (const { value, count } of seen) {
    below += count;
    if (rank < below) return value;
  }
  return seen[seen.length - 1].value;
}

/** Per cent that `value` is better than `base`, where more is better. */
export function pdiff(value: number, base: number): number {
  if (value === base || value === 0) return 0;
  return base === 0 ? 100 : (value * 100) / base - 100;
}

/** Per cent that `value` is better than `base`, where less is better. */
export function pndiff(value: number, base: number): number {
  if (value === base) return 0;
  if (value === 0) return 100;
  return base === 0 ? -99 : 100 - (value * 100) / base;
}

/**
 * How far two values are apart, in the sum of the half intervals that face each other; beyond 1 the intervals do not
 * overlap. Without any spread the difference itself.
 */
export function cidiff(value: number, half: number, base: number, baseHalf: number): number {
  const halves = half + baseHalf;
  return halves === 0 ? value - base : (value - base) / halves;
}
