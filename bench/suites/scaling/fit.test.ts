/** Lines and power laws through points whose answer is known. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { powerLaw, straightLine } from './fit.ts';

const test = suite('fit');

const near = (value: number, wanted: number) => {
  assert.ok(Math.abs(value - wanted) < 1e-9 * Math.max(1, Math.abs(wanted)), `${value}, not ${wanted}`);
};

test('points on a line and on a power law give it back', () => {
  const line = straightLine([1, 2, 5, 9].map((x) => ({ x, y: 3 + 2 * x })));
  near(line.slope, 2);
  near(line.intercept, 3);
  near(line.r2, 1);
  near(line.low, 2);
  near(line.high, 2);
  near(powerLaw([1, 2, 4, 8].map((x) => ({ x, y: 7 * x ** 1.5 }))).slope, 1.5);
});

// R 4.2: d <- data.frame(x = c(1,2,3,4,5), y = c(2.1,3.9,6.2,7.8,10.1)); confint(lm(y ~ x, d)), summary(lm(y ~ x,
// d))$r.squared
test('limits of the slope and R squared are those of a linear model', () => {
  const fit = straightLine([2.1, 3.9, 6.2, 7.8, 10.1].map((y, i) => ({ x: i + 1, y })));
  near(fit.slope, 1.99);
  // residual sum of squares 0.107, t(0.975, 3) = 3.182446
  const margin = 3.182446305 * Math.sqrt(0.107 / 3 / 10);
  assert.ok(Math.abs(fit.high - fit.slope - margin) < 1e-6, `${fit.high - fit.slope}, not ${margin}`);
  near(fit.r2, 1 - 0.107 / 39.708);
});

test('two points, or one place, are refused', () => {
  assert.throws(() => straightLine([1, 2].map((x) => ({ x, y: x }))), RangeError);
  assert.throws(() => straightLine([1, 1, 1].map((x) => ({ x, y: x }))), RangeError);
});

test.run();
