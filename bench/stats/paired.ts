/**
 * Difference of two strategies' failure rates, paired by seed.
 *
 * The same seed gives both strategies the same device life (common random numbers), so the seeds are pairs. The
 * difference is that of the pooled rates, and its interval treats it as the difference of two ratio estimators over the
 * same clusters: with z_i = (failures_i - r * attempts_i) / attempts of each strategy, linearised (Cochran 1977, section
 * 6.3; Woodruff, J. Am. Stat. Assoc. 66, 1971), var = n / (n - 1) * sum (z_i - z0_i)^2, and Student's t with n - 1
 * degrees of freedom.
 *
 * p is two-sided, of the sign-flip permutation test on the per-seed differences of rates (Fisher, The Design of
 * Experiments, 1935, section 21): exact, without assumptions about their distribution. With n seeds it cannot go below
 * 2 / 2^n: 0.0625 for 5 seeds, so 5 seeds never give p < 0.05 however clear the difference; 6 can. Above 16 seeds the
 * paired t test takes its place.
 *
 * Where the pairs show no spread at all (one seed, or both strategies without any failure), the interval is made of the
 * two strategies' own intervals by the square-and-add method (Newcombe, Statistics in Medicine 17, 1998).
 */
import type { RateEstimate, SeedCounts } from './failureRate.ts';
import { NO_SPREAD, sum } from './failureRate.ts';
import { tCritical, tTwoSided } from './student.ts';

const ALPHA = 0.05;
/** 2^16 sign patterns take a few milliseconds. */
const MAX_EXACT = 16;

export interface PairedDifference {
  /** Rate minus the baseline's rate, -1..1: below 0 is fewer failures. Limits of the 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of no difference. */
  readonly p: number;
  /** Seeds that both strategies have. */
  readonly pairs: number;
}

/** Difference of `counts` against `baseline`; seeds that only one side has are left out of interval and p. */
export function pairedDifference(
  counts: readonly SeedCounts[],
  baseline: readonly SeedCounts[],
  rate: RateEstimate,
  baselineRate: RateEstimate,
): PairedDifference {
  const bySeed = new Map(baseline.map((entry) => [entry.seed, entry]));
  const pairs: { a: SeedCounts; b: SeedCounts }[] = [];
  for (const a of counts) {
    const b = bySeed.get(a.seed);
    if (b !== undefined && a.attempts > 0 && b.attempts > 0) pairs.push({ a, b });
  }
  const difference = rate.mean - baselineRate.mean;
  const n = pairs.length;
  const p = n === 0 ? 1 : signFlip(pairs.map(({ a, b }) => a.failures / a.attempts - b.failures / b.attempts));
  const variance = n < 2 ? 0 : pairedVariance(pairs, n);
  if (variance < NO_SPREAD) {
    const below = Math.hypot(rate.mean - rate.low, baselineRate.high - baselineRate.mean);
    const above = Math.hypot(rate.high - rate.mean, baselineRate.mean - baselineRate.low);
    return { difference, ...clamped(difference - below, difference + above), p, pairs: n };
  }
  const half = tCritical(ALPHA, n - 1) * Math.sqrt(variance);
  return { difference, ...clamped(difference - half, difference + half), p, pairs: n };
}

function pairedVariance(pairs: readonly { a: SeedCounts; b: SeedCounts }[], n: number): number {
  const attemptsA = sum(pairs, ({ a }) => a.attempts);
  const attemptsB = sum(pairs, ({ b }) => b.attempts);
  const rateA = sum(pairs, ({ a }) => a.failures) / attemptsA;
  const rateB = sum(pairs, ({ b }) => b.failures) / attemptsB;
  const squares = sum(pairs, ({ a, b }) => {
    const z = (a.failures - rateA * a.attempts) / attemptsA - (b.failures - rateB * b.attempts) / attemptsB;
    return z * z;
  });
  return (n / (n - 1)) * squares;
}

function clamped(low: number, high: number): { low: number; high: number } {
  return { low: Math.max(-1, low), high: Math.min(1, high) };
}

/** Two-sided p of the sign-flip test on paired differences: share of sign patterns at least as far from 0. */
export function signFlip(differences: readonly number[]): number {
  const n = differences.length;
  if (n > MAX_EXACT) return pairedT(differences);
  const observed = Math.abs(sum(differences, (d) => d));
  // Sums of the same numbers in another order of signs may differ in the last bit.
  const atLeast = observed - 1e-12 * sum(differences, Math.abs);
  let hits = 0;
  const patterns = 2 ** n;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let flipped = 0;
    for (let i = 0; i < n; i++) flipped += ((pattern >> i) & 1) === 1 ? -differences[i] : differences[i];
    if (Math.abs(flipped) >= atLeast) hits++;
  }
  return hits / patterns;
}

function pairedT(differences: readonly number[]): number {
  const n = differences.length;
  const mean = sum(differences, (d) => d) / n;
  const variance = sum(differences, (d) => (d - mean) ** 2) / (n - 1);
  if (variance === 0) return mean === 0 ? 1 : 0;
  return tTwoSided(mean / Math.sqrt(variance / n), n - 1);
}
