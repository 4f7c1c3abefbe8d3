/**
 * The ratio that pairs of measurements have in common, with its 95 % interval: mean and Student's t of the logarithms,
 * since a ratio of 2 is as far from 1 as one of 1/2.
 */
import { ALPHA } from './level.ts';
import { tCritical } from './student.ts';

export interface RatioEstimate {
  /** Geometric mean. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Of ratios above 0, at least two. Throws RangeError. */
export function ratioLimits(ratios: readonly number[]): RatioEstimate {
  const n = ratios.length;
  const logs = ratios.map(Math.log);
  if (n < 2 || !logs.every(Number.isFinite)) throw new RangeError('an interval takes two ratios above 0, or more');
  const mean = logs.reduce((sum, log) => sum + log, 0) / n;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (n - 1);
  const half = tCritical(ALPHA, n - 1) * Math.sqrt(variance / n);
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}
