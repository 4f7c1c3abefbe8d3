/** Limits of a median against the tables of the sign test. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { medianLimits } from './medianLimits.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('ranks of the 95 % limits, as tables of the sign test have them', () => {
  // n, lower rank: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed. 2014, binomial with p =
  // 1/2.
  for (const [n, rank] of [
    [6, 1],
    [8, 1],
    [9, 2],
    [10, 2],
    [15, 4],
    [20, 6],
    [25, 8],
    [50, 18],
    [100, 40],
  ]) {
    const { low, high } = medianLimits(upTo(n));
    assert.equal([low, high], [rank, n + 1 - rank], `of ${n}`);
  }
});

test('many values: the ranks go over into those of the normal distribution', () => {
  const [few, many] = [medianLimits(upTo(200)), medianLimits(upTo(201))];
  assert.ok(Math.abs(few.low - many.low) <= 1, `${few.low} and ${many.low}`);
  assert.ok(Math.abs(few.high - many.high) <= 2, `${few.high} and ${many.high}`);
});

test('few values: their range', () => {
  assert.equal(medianLimits([3, 1, 2]), { median: 2, low: 1, high: 3 });
  assert.equal(medianLimits([4, 2]), { median: 3, low: 2, high: 4 });
  assert.equal(medianLimits([7]), { median: 7, low: 7, high: 7 });
  assert.throws(() => medianLimits([]), /no median/);
});

test.run();
