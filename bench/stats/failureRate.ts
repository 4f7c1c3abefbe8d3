/**
 * Failure rate of allocation attempts over several seeds, with a 95 % interval.
 *
 * Attempts of one seed share one device's life: a page that cannot be migrated fails one attempt after the other. So
 * the seed, not the attempt, is the independent unit. The rate is the ratio sum(failures) / sum(attempts), and its
 * variance is that of a ratio estimator over clusters (Cochran, Sampling Techniques, 3rd ed. 1977, section 6.3 and
 * 9A.1; the same as the cluster-robust sandwich of Liang and Zeger, Biometrika 73, 1986):
 *
 *   var(r) = n / (n - 1) * sum_i (failures_i - r * attempts_i)^2 / (sum attempts)^2
 *
 * Over that of independent attempts, r (1 - r) / attempts, it is the design effect (Kish, Survey Sampling, 1965). The
 * interval is Wilson's score interval (J. Am. Stat. Assoc. 22, 1927) at the effective number of attempts
 *
 *   attempts / max(1, design effect) * (z / t(n - 1))^2
 *
 * as Korn and Graubard (Survey Methodology 24, 1998) do with the exact interval; the second factor is what estimating
 * the effect from few seeds costs. Wilson's stays within 0..1 and needs no other rule where no attempt failed or all
 * did, so that one failure more or less moves it a little only (Newcombe, Statistics in Medicine 17, 1998, 857-872).
 *
 * Where every residual is 0 (no attempt failed, all did, or the same share in each seed) no design effect can be seen;
 * the caller passes the one seen in the other strategies of the same workload, and the interval is a bound
 * (`method: 'bound'`). Without one (1) it assumes independent attempts and is too narrow if they are not.
 *
 * With one seed nothing is known about the spread between seeds: Wilson's interval without shrinking,
 * `method: 'one-seed'`, to be read with suspicion.
 */
import { ALPHA, Z } from './level.ts';
import { tCritical } from './student.ts';
import { sum } from './sums.ts';

/** Variance of rates that is rounding only. */
export const NO_SPREAD = 1e-20;

/** Attempts and failures of one seed. */
export interface SeedCounts {
  readonly seed: number;
  readonly attempts: number;
  readonly failures: number;
}

/** A failure rate, 0..1, with its 95 % interval. */
export interface RateEstimate {
  /** failures / attempts over all seeds, 0 without attempts; 0..1, as are the limits of the 95 % interval. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Variance over that of independent attempts; null where it cannot be seen. */
  readonly designEffect: number | null;
  /** How the interval was made. */
  readonly method: 'seeds' | 'bound' | 'one-seed' | 'no-attempts';
}

/**
 * Pooled failure rate with its interval.
 *
 * @param counts one entry per seed
 * @param assumedDesignEffect used where the data show none; at least 1
 */
export function failureRate(counts: readonly SeedCounts[], assumedDesignEffect = 1): RateEstimate {
  const seen = counts.filter((entry) => entry.attempts > 0);
  const attempts = sum(seen, (entry) => entry.attempts);
  const failures = sum(seen, (entry) => entry.failures);
  const n = seen.length;
  if (attempts === 0) return { mean: 0, low: 0, high: 1, designEffect: null, method: 'no-attempts' };
  const rate = failures / attempts;
  const squares = sum(seen, (entry) => (entry.failures - rate * entry.attempts) ** 2);
  const variance = n === 1 ? 0 : ((n / (n - 1)) * squares) / attempts ** 2;
  const spread = variance >= NO_SPREAD;
  const designEffect = spread ? variance / ((rate * (1 - rate)) / attempts) : null;
  const shrink = n === 1 ? 1 : (Z / tCritical(ALPHA, n - 1)) ** 2;
  const effective = (attempts / Math.max(1, designEffect ?? assumedDesignEffect)) * shrink;
  return {
    mean: rate,
    ...wilson(rate, Math.max(1, effective)),
    designEffect,
    method: n === 1 ? 'one-seed' : spread ? 'seeds' : 'bound',
  };
}

/** Wilson's 95 % score interval of a share `rate` seen in `n` independent attempts; `n` need not be whole. */
export function wilson(rate: number, n: number): { low: number; high: number } {
  const centre = (rate + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n));
  // At 0 and 1 the limit is the rate itself, but for rounding.
  return { low: rate === 0 ? 0 : Math.max(0, centre - half), high: rate === 1 ? 1 : Math.min(1, centre + half) };
}

/**
 * 95 %: the exact bound of Clopper and Pearson (Biometrika 26, 1934) where the rate is 0 or 1, else Wilson's interval.
 */
export function binomial(rate: number, n: number): { low: number; high: number } {
  const bound = 1 - (ALPHA / 2) ** (1 / n);
  if (rate === 0) return { low: 0, high: bound };
  if (rate === 1) return { low: 1 - bound, high: 1 };
  return wilson(rate, n);
}
