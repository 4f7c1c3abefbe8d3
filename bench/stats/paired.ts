/**
 * Difference of two strategies' failure rates, paired by seed.
 *
 * The same seed gives both strategies the same device life (common random numbers), so the seeds are pairs. The
 * difference is that of the pooled rates over the pairs. Its 95 % interval, `method`:
 *
 * - `bootstrap`: from 5 pairs on, BCa over seeds, both strategies of a seed drawn together (bootstrap.ts).
 * - `few-seeds`: with 2 to 4 pairs a resample shows too little. Difference of two ratio estimators over the same
 *   clusters: with z_i = (failures_i - r * attempts_i) / attempts of each strategy, linearised (Cochran 1977, section
 *   6.3; Woodruff, J. Am. Stat. Assoc. 66, 1971), var = n / (n - 1) * sum (z_i - z0_i)^2, Student's t(n - 1).
 * - `square-and-add`: the pairs show no spread at all (one seed, or both without any failure): made of the two rates'
 *   own intervals (Newcombe, Statistics in Medicine 17, 1998, 873-890, method 10). Its correlation, which narrows the
 *   interval, is 1 where every one of several seeds has failures in the same number under both, and left out elsewhere.
 *
 * p is that of the two-sided signed-rank test on the differences per seed (signedRank.ts).
 */
import { bootstrapLimits } from './bootstrap.ts';
import type { Weights } from './bootstrap.ts';
import type { RateEstimate, SeedCounts } from './failureRate.ts';
import { failureRate, NO_SPREAD } from './failureRate.ts';
import { ALPHA } from './level.ts';
import { seedsNeeded } from './seedsNeeded.ts';
import { signedRank } from './signedRank.ts';
import { tCritical } from './student.ts';
import { sum } from './sums.ts';

const LEAST_BOOTSTRAP = 5;

/** A difference of failure rates (-1..1) seed by seed, with its 95 % interval. */
export interface PairedDifference {
  /** Rate minus the baseline's rate, -1..1: below 0 is fewer failures. Limits of the 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of no difference. */
  readonly p: number;
  /** Matched-pairs rank-biserial correlation, -1..1: -1 when no seed has more failures than under the baseline. */
  readonly effect: number;
  /** Cohen's h, 2 asin(sqrt(rate)) - 2 asin(sqrt(baseline's)): a difference of rates that weighs small rates more. */
  readonly cohensH: number;
  /** Seeds that both strategies have. */
  readonly pairs: number;
  /** Pairs that would do to tell a difference of this size; null when told already, or when nothing says how many. */
  readonly seedsNeeded: number | null;
  readonly method: 'baseline' | 'bootstrap' | 'few-seeds' | 'square-and-add';
}

interface Pair {
  readonly a: SeedCounts;
  readonly b: SeedCounts;
}

/** The baseline's own entry. */
export function noDifference(pairs: number): PairedDifference {
  const nothing = { difference: 0, low: 0, high: 0, p: 1, effect: 0, cohensH: 0 };
  return { ...nothing, pairs, seedsNeeded: null, method: 'baseline' };
}

/**
 * Difference of `counts` against `baseline` over the seeds that both have; without any, that of all.
 *
 * @param name of the resamples: the same for what shall be drawn alike
 * @param designEffect taken where the counts show none, as for failureRate
 */
export function pairedDifference(
  counts: readonly SeedCounts[],
  baseline: readonly SeedCounts[],
  name: string,
  designEffect = 1,
): PairedDifference {
  const pairs = pairsOf(counts, baseline);
  const n = pairs.length;
  const rate = failureRate(n === 0 ? counts : pairs.map(({ a }) => a), designEffect);
  const other = failureRate(n === 0 ? baseline : pairs.map(({ b }) => b), designEffect);
  const difference = rate.mean - other.mean;
  const variance = n < 2 ? 0 : pairedVariance(pairs, rate.mean, other.mean);
  const method = variance < NO_SPREAD ? 'square-and-add' : n < LEAST_BOOTSTRAP ? 'few-seeds' : 'bootstrap';
  const limits = limitsOf(method, pairs, name, rate, other, variance);
  const told = limits.low > 0 || limits.high < 0;
  const { p, effect } = signedRank(pairs.map(perSeed));
  return {
    difference,
    ...limits,
    p,
    effect,
    cohensH: cohensH(rate.mean, other.mean),
    pairs: n,
    seedsNeeded: told ? null : seedsNeeded(difference, variance, n),
    method,
  };
}

function pairsOf(counts: readonly SeedCounts[], baseline: readonly SeedCounts[]): Pair[] {
  const bySeed = new Map(baseline.map((entry) => [entry.seed, entry]));
  return counts.flatMap((a) => {
    const b = bySeed.get(a.seed);
    return b !== undefined && a.attempts > 0 && b.attempts > 0 ? [{ a, b }] : [];
  });
}

/** Differences that are equal as fractions are equal here, so that their ranks tie. */
function perSeed({ a, b }: Pair): number {
  return Math.round((a.failures / a.attempts - b.failures / b.attempts) * 1e12) / 1e12;
}

function cohensH(rate: number, other: number): number {
  return 2 * Math.asin(Math.sqrt(rate)) - 2 * Math.asin(Math.sqrt(other));
}

function pairedVariance(pairs: readonly Pair[], rateA: number, rateB: number): number {
  const attemptsA = sum(pairs, ({ a }) => a.attempts);
  const attemptsB = sum(pairs, ({ b }) => b.attempts);
  const squares = sum(pairs, ({ a, b }) => {
    const z = (a.failures - rateA * a.attempts) / attemptsA - (b.failures - rateB * b.attempts) / attemptsB;
    return z * z;
  });
  return (pairs.length / (pairs.length - 1)) * squares;
}

function limitsOf(
  method: PairedDifference['method'],
  pairs: readonly Pair[],
  name: string,
  rate: RateEstimate,
  other: RateEstimate,
  variance: number,
): { low: number; high: number } {
  const difference = rate.mean - other.mean;
  if (method === 'bootstrap') return bootstrapLimits(name, pairs.length, (weights) => weighted(pairs, weights));
  const few = method === 'few-seeds' ? tCritical(ALPHA, pairs.length - 1) * Math.sqrt(variance) : null;
  const isAlike = pairs.length > 1 && rate.mean > 0 && pairs.every(isSame);
  const joined = (one: number, two: number): number => (isAlike ? Math.abs(one - two) : Math.hypot(one, two));
  const below = few ?? joined(rate.mean - rate.low, other.high - other.mean);
  const above = few ?? joined(rate.high - rate.mean, other.mean - other.low);
  return { low: Math.max(-1, difference - below), high: Math.min(1, difference + above) };
}

function isSame({ a, b }: Pair): boolean {
  return a.failures === b.failures && a.attempts === b.attempts;
}

/** Difference of the pooled rates in a resample. */
function weighted(pairs: readonly Pair[], weights: Weights): number {
  let [failuresA, attemptsA, failuresB, attemptsB] = [0, 0, 0, 0];
  for (let i = 0; i < pairs.length; i++) {
    const { a, b } = pairs[i];
    failuresA += weights[i] * a.failures;
    attemptsA += weights[i] * a.attempts;
    failuresB += weights[i] * b.failures;
    attemptsB += weights[i] * b.attempts;
  }
  return failuresA / attemptsA - failuresB / attemptsB;
}
