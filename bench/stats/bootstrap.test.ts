/** Bootstrap limits: against Student, against published data, and pinned. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWithin } from '../testing/near.ts';
import { bootstrapLimits, expandedZ, percentileLimits, resampled } from './bootstrap.ts';
import type { Weights } from './bootstrap.ts';

function meanOf(values: readonly number[]): (weights: Weights) => number {
  return (weights) => {
    let [total, count] = [0, 0];
    for (const [i, value] of values.entries()) {
      total += weights[i] * value;
      count += weights[i];
    }
    return total / count;
  };
}

const near = nearWithin(1e-9);

test('the quantile is widened for few seeds: sqrt(n / (n - 1)) * t(n - 1), towards 1.96', () => {
  near(expandedZ(5), Math.sqrt(5 / 4) * 2.776445105198, 1e-9);
  near(expandedZ(1000), 1.9633, 1e-3);
});

test('for the mean of many values: the interval of Student', () => {
  const values = Array.from({ length: 60 }, (_, i) => i);
  const half = 2.000995 * Math.sqrt(305 / 60);
  const { low, high } = bootstrapLimits('x', 60, meanOf(values));
  near(low, 29.5 - half, 0.5);
  near(high, 29.5 + half, 0.5);
});

test('skewed values: the longer arm of the interval is on the side of the tail', () => {
  const values = Array.from({ length: 30 }, (_, i) => (i < 27 ? 1 : 20));
  const { low, high } = bootstrapLimits('x', 30, meanOf(values));
  assert.ok(high - 2.9 > 1.3 * (2.9 - low), `${low} ${high}`);
});

test('the law school data (Efron and Tibshirani 1993, table 14.3): BCa of the correlation', () => {
  // Their 2000 resamples gave 0.33 to 0.93 at 95 % without the widening for n = 15.
  const lsat = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594];
  const gpa = [3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96];
  const correlation = (weights: Weights): number => {
    const x = meanOf(lsat)(weights);
    const y = meanOf(gpa)(weights);
    let [xx, yy, xy] = [0, 0, 0];
    for (const [i, weight] of weights.entries()) {
      xx += weight * (lsat[i] - x) ** 2;
      yy += weight * (gpa[i] - y) ** 2;
      xy += weight * (lsat[i] - x) * (gpa[i] - y);
    }
    return xy / Math.sqrt(xx * yy);
  };
  const { low, high } = bootstrapLimits('law school', 15, correlation);
  near(low, 0.28, 0.08);
  near(high, 0.94, 0.03);
});

test('no spread: the estimate itself', () => {
  assert.equal(bootstrapLimits('x', 4, meanOf([2, 2, 2, 2])), { low: 2, high: 2 });
});

test('the limits hold the estimate, stay within the seeds, and are the same every time', () => {
  const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(numbers, (values) => {
      const one = bootstrapLimits('x', values.length, meanOf(values));
      const mean = meanOf(values)(new Uint16Array(values.length).fill(1));
      assert.ok(Math.min(...values) <= one.low && one.low <= mean && mean <= one.high);
      assert.ok(one.high <= Math.max(...values));
      assert.equal(bootstrapLimits('x', values.length, meanOf(values)), one);
    }),
    { numRuns: 30 },
  );
});

test('pinned: the same resamples on every engine', () => {
  const values = resampled('pinned', 5, meanOf([1, 2, 4, 8, 16]), 1000);
  assert.equal([values[0], values[250], values[500], values[750], values[999]], [1.2, 4.4, 6, 7.8, 14.4]);
  assert.equal(percentileLimits(values, 5), { low: values[0], high: values[999] });
});

test.run();
