/**
 * Hits per chance over clusters that are not independent inside (attempts of a run, pages of an attempt): the ratio
 * estimator of failureRate.ts, for shares and for counts that may exceed one per chance, and for what further clusters
 * would give.
 *
 * `value` is sum(hits) / sum(of). With s^2 the variance of one cluster's linearised residual, the interval is
 *
 *   value +- t(n - 1) * s * sqrt(1/n)            for the ratio itself,
 *   value +- t(n - 1) * s * sqrt(1/m + 1/n)      for the ratio of m further clusters of the same kind,
 *
 * cut off at 0 and, for shares, at 1. Where no cluster differs from the others that says nothing. There the interval is
 * that of independent chances at an effective number of them, as in failureRate.ts: binomial for shares, Poisson for
 * counts (exact for none).
 */
import { binomial, NO_SPREAD } from './failureRate.ts';
import { ALPHA, Z } from './level.ts';
import { tCritical } from './student.ts';
import { sum } from './sums.ts';

export type Cluster = readonly [hits: number, of: number];

export interface ClusterOptions {
  /** A share: at most 1. Otherwise events per chance. */
  readonly share: boolean;
  /** Interval of the ratio of so many further clusters; null: of the ratio itself. */
  readonly further: number | null;
  /** Taken where the clusters show none; at least 1. */
  readonly designEffect: number;
}

export interface ClusterEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Variance over that of independent chances; null where it cannot be seen. */
  readonly designEffect: number | null;
}

/** Estimate over clusters of which at least one has a chance. */
export function clusterRatio(clusters: readonly Cluster[], options: ClusterOptions): ClusterEstimate {
  const seen = clusters.filter(([, of]) => of > 0);
  const n = seen.length;
  const chances = sum(seen, ([, of]) => of);
  const value = sum(seen, ([hits]) => hits) / chances;
  const squares = sum(seen, ([hits, of]) => (hits - value * of) ** 2);
  const variance = n === 1 ? 0 : ((n / (n - 1)) * squares) / chances ** 2;
  if (variance < NO_SPREAD) {
    const shrink = n === 1 ? 1 : (Z / tCritical(ALPHA, n - 1)) ** 2;
    const effective = Math.max(1, (chances / Math.max(1, options.designEffect)) * shrink);
    return { value, ...(options.share ? binomial(value, effective) : poisson(value, effective)), designEffect: null };
  }
  const widen = options.further === null ? 1 : n * (1 / options.further + 1 / n);
  const half = tCritical(ALPHA, n - 1) * Math.sqrt(variance * widen);
  const independent = (options.share ? value * (1 - value) : value) / chances;
  return {
    value,
    low: Math.max(0, value - half),
    high: options.share ? Math.min(1, value + half) : value + half,
    designEffect: independent > 0 ? variance / independent : null,
  };
}

/** Events per chance: exact upper bound for none, else the normal approximation. */
function poisson(value: number, chances: number): { low: number; high: number } {
  if (value === 0) return { low: 0, high: -Math.log(ALPHA / 2) / chances };
  const half = Z * Math.sqrt(value / chances);
  return { low: Math.max(0, value - half), high: value + half };
}

/** Clusters of one kind, and how many further ones are asked about. */
export interface Stratum {
  readonly clusters: readonly Cluster[];
  readonly further: number;
}

/**
 * Where the ratio of `further` new clusters of each stratum, taken together, would lie; each stratum has at least two
 * clusters. Residuals are taken around each stratum's own mean (a separate variance a stratum, the combined ratio
 * estimator of Cochran 1977, section 6.11), with the degrees of freedom of the smallest. null where nothing differs.
 */
export function stratifiedRatio(
  strata: readonly Stratum[],
  share: boolean,
): Omit<ClusterEstimate, 'designEffect'> | null {
  const meanOf = (clusters: readonly Cluster[], part: 0 | 1): number =>
    sum(clusters, (each) => each[part]) / clusters.length;
  const hits = sum(strata, ({ clusters, further }) => further * meanOf(clusters, 0));
  const chances = sum(strata, ({ clusters, further }) => further * meanOf(clusters, 1));
  const value = hits / chances;
  const variance = sum(strata, ({ clusters, further }) => {
    const n = clusters.length;
    const middle = meanOf(clusters, 0) - value * meanOf(clusters, 1);
    const squares = sum(clusters, ([some, of]) => (some - value * of - middle) ** 2);
    return further ** 2 * (squares / (n - 1)) * (1 / further + 1 / n);
  });
  if (!(variance / chances ** 2 >= NO_SPREAD)) return null;
  const df = Math.min(...strata.map(({ clusters }) => clusters.length)) - 1;
  const half = (tCritical(ALPHA, df) * Math.sqrt(variance)) / chances;
  return { value, low: Math.max(0, value - half), high: share ? Math.min(1, value + half) : value + half };
}

/** Where the mean of `further` new values would lie, given these; at least two. The limits may lie below 0. */
export function predictMean(values: readonly number[], further: number): { value: number; low: number; high: number } {
  const n = values.length;
  const value = sum(values, (each) => each) / n;
  const variance = sum(values, (each) => (each - value) ** 2) / (n - 1);
  const half = tCritical(ALPHA, n - 1) * Math.sqrt(variance * (1 / further + 1 / n));
  return { value, low: value - half, high: value + half };
}
