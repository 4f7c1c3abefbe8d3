/**
 * Bootstrap over seeds: what an estimate would be had other seeds of the same kind been drawn (Efron and Tibshirani,
 * An Introduction to the Bootstrap, 1993, chapters 13 and 14).
 *
 * A resample is a number for each seed, how often it was drawn. Limits are those of BCa (bias-corrected and
 * accelerated), and plain percentiles where BCa is undefined: every resample on one side of the estimate, no difference
 * when one seed is left out, or a correction beyond its pole. Both are too narrow for few seeds, so the normal quantile
 * z = 1.96 is replaced by sqrt(n / (n - 1)) * t(n - 1), as Hesterberg does (The American Statistician 69, 2015, the
 * expanded percentile interval). No resample goes beyond the range of the seeds, so with n seeds no interval of a
 * median covers more often than 1 - 2 / 2^n.
 *
 * Resamples come from the model's own generator under a fixed name: the same cells give the same limits.
 */
import { Stream } from '../../sim/index.ts';
import { ALPHA } from './level.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { tCritical } from './student.ts';

/** Resamples for 95 % limits: from 1000 upwards is the usual advice for BCa. */
const RESAMPLES = 2000;
const SEED = 1;

/** How often each seed is in a resample. */
export type Weights = Uint16Array;

export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** z of the two ends for `n` seeds, at least 2: beyond 1.96, for few seeds far beyond. */
export function expandedZ(n: number): number {
  return Math.sqrt(n / (n - 1)) * tCritical(ALPHA, n - 1);
}

/** Values of `statistic` over resamples of `n` seeds, in rising order. */
export function resampled(
  name: string,
  n: number,
  statistic: (weights: Weights) => number,
  resamples = RESAMPLES,
): Float64Array {
  const stream = new Stream(SEED, `bootstrap of ${name}`);
  const weights = new Uint16Array(n);
  const values = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    weights.fill(0);
    for (let i = 0; i < n; i++) weights[stream.below(n)]++;
    values[b] = statistic(weights);
  }
  return values.sort();
}

/** 95 % limits of `statistic` over `n` seeds, at least 2. The estimate itself lies between them. */
export function bootstrapLimits(name: string, n: number, statistic: (weights: Weights) => number): Limits {
  const whole = new Uint16Array(n).fill(1);
  const estimate = statistic(whole);
  const without = Array.from({ length: n }, (_, i) => statistic(whole.map((_weight, j) => (j === i ? 0 : 1))));
  const { low, high } = limitsOf(resampled(name, n, statistic), bcaLevels(n, estimate, without));
  return { low: Math.min(low, estimate), high: Math.max(high, estimate) };
}

/** 95 % limits by percentiles of `sorted`, the values of resamples of `n` seeds. */
export function percentileLimits(sorted: Float64Array, n: number): Limits {
  const z = expandedZ(n);
  return limitsOf(sorted, () => [normalCdf(-z), normalCdf(z)]);
}

type Levels = (sorted: Float64Array) => readonly [low: number, high: number];

/** Levels of BCa, or of the percentiles where it has none. */
function bcaLevels(n: number, estimate: number, without: readonly number[]): Levels {
  return (sorted) => {
    const z = expandedZ(n);
    let below = 0;
    for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
    const bias = normalQuantile(below / sorted.length);
    const acceleration = accelerationOf(without);
    const level = (end: number): number => {
      const slope = 1 - acceleration * (bias + end);
      return slope > 0 ? normalCdf(bias + (bias + end) / slope) : NaN;
    };
    const levels = [level(-z), level(z)] as const;
    return levels.every((each) => each > 0 && each < 1) ? levels : [normalCdf(-z), normalCdf(z)];
  };
}

/** A sixth of the skewness of the jackknife values; NaN where they do not differ. */
function accelerationOf(without: readonly number[]): number {
  let mean = 0;
  for (const value of without) mean += value / without.length;
  let squares = 0;
  let cubes = 0;
  for (const value of without) {
    squares += (mean - value) * (mean - value);
    cubes += (mean - value) * (mean - value) * (mean - value);
  }
  return cubes / (6 * squares * Math.sqrt(squares));
}

/** Values at the two levels, outwards to the next one. */
function limitsOf(sorted: Float64Array, levels: Levels): Limits {
  const [low, high] = levels(sorted);
  const last = sorted.length - 1;
  const at = (rank: number): number => sorted[Math.min(last, Math.max(0, rank - 1))];
  return { low: at(Math.floor((sorted.length + 1) * low)), high: at(Math.ceil((sorted.length + 1) * high)) };
}
