/** The standard normal distribution, by jstat: within 1e-10 of the tables (docs/decisions/0006-statistics.md). */
import jstat from 'jstat';

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return jstat.normal.cdf(z, 0, 1);
}

/** The z with P(Z <= z) = p; -Infinity and Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  return p >= 1 ? Infinity : jstat.normal.inv(p, 0, 1);
}
