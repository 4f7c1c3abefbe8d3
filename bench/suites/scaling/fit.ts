/** Straight lines and power laws through measured points, by least squares. */
import { ALPHA } from '../../stats/level.ts';
import { tCritical } from '../../stats/student.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Fit {
  readonly slope: number;
  readonly intercept: number;
  /** Share of the spread of y that the line explains, 0..1. */
  readonly r2: number;
  /** 95 % limits of the slope: Student's t with two degrees of freedom less than there are points. */
  readonly low: number;
  readonly high: number;
}

/** y = intercept + slope x. Throws RangeError for fewer than 3 points or a single x. */
export function straightLine(points: readonly Point[]): Fit {
  const n = points.length;
  if (n < 3) throw new RangeError(`${n} points say nothing of how well a line fits`);
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spreadX = total(points.map(({ x }) => (x - meanX) ** 2));
  if (spreadX === 0) throw new RangeError('points of a single x lie on no line');
  const slope = total(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spreadX;
  const intercept = meanY - slope * meanX;
  const left = total(points.map(({ x, y }) => (y - intercept - slope * x) ** 2));
  const spreadY = total(points.map(({ y }) => (y - meanY) ** 2));
  const margin = tCritical(ALPHA, n - 2) * Math.sqrt(left / (n - 2) / spreadX);
  const r2 = spreadY === 0 ? 1 : 1 - left / spreadY;
  return { slope, intercept, r2, low: slope - margin, high: slope + margin };
}

/**
 * y ~ x^slope: a straight line through the logarithms. All x and y above 0. Throws RangeError as `straightLine` does.
 */
export function powerLaw(points: readonly Point[]): Fit {
  return straightLine(points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) })));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function mean(values: readonly number[]): number {
  return total(values) / values.length;
}
