/**
 * Estimates that borrow from their neighbours: the mean over all settings tried, weighted by nearness and by the number
 * of requests seen (Nadaraya, Theory Probab. Appl. 9, 1964; Watson, Sankhya A 26, 1964), with a Gaussian kernel of the
 * width of Scott's rule (Multivariate Density Estimation, 1992): n^(-1 / (d + 4)) standard deviations for n points in d
 * dimensions, where 1 / sqrt(12) is that of a coordinate spread over 0..1.
 *
 * Failures are rare and come in clusters, so that a few seeds of one setting say little. Nothing is assumed but that
 * near settings are alike; the width shrinks with the number of settings. Only what to try next rests on it.
 */

/** A setting tried; `values` may be of several measures. */
export interface Sample {
  /** Coordinates in 0..1. */
  readonly position: readonly number[];
  /** Requests behind the values. */
  readonly weight: number;
  readonly values: readonly number[];
}

const SPREAD = 1 / Math.sqrt(12);

/** The values at `position`. */
export function smoothed(samples: readonly Sample[], position: readonly number[]): number[] {
  const width = SPREAD * samples.length ** (-1 / (position.length + 4));
  const sums = samples[0].values.map(() => 0);
  let total = 0;
  for (const sample of samples) {
    const square = sample.position.reduce((sum, value, i) => sum + (value - position[i]) ** 2, 0);
    const weight = sample.weight * Math.exp(-square / (2 * width * width));
    total += weight;
    sample.values.forEach((value, i) => (sums[i] += weight * value));
  }
  return sums.map((sum) => sum / total);
}
