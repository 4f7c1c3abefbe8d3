/** The ratio that pairs have in common, by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ratioLimits } from './ratioLimits.ts';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6 * expected, `${actual}, not ${expected}`);
}

test('by hand: logarithms -1, 0, 1, so mean 0, standard deviation 1, t(2) = 4.302653', () => {
  const { ratio, low, high } = ratioLimits([Math.exp(-1), 1, Math.E]);
  near(ratio, 1);
  near(high, Math.exp(4.302652729911275 / Math.sqrt(3)));
  near(low, 1 / high);
});

test('old over new is the reciprocal of new over old', () => {
  const ratios = [0.7, 0.8, 0.75, 0.9];
  const one = ratioLimits(ratios);
  const other = ratioLimits(ratios.map((ratio) => 1 / ratio));
  near(other.ratio, 1 / one.ratio);
  near(other.low, 1 / one.high);
  near(other.high, 1 / one.low);
});

test('equal pairs leave no doubt; one pair, or none of two, says nothing', () => {
  const { ratio, low, high } = ratioLimits([0.5, 0.5, 0.5]);
  for (const value of [ratio, low, high]) near(value, 0.5);
  assert.throws(() => ratioLimits([1.1]), RangeError);
  assert.throws(() => ratioLimits([1.1, 0]), RangeError);
});

test.run();
