/** The normal distribution against its tables. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { normalCdf, normalQuantile } from './normal.ts';

/** z and P(Z <= z): Abramowitz and Stegun, table 26.1, with more digits from R's pnorm. */
const TABLE: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [1, 0.841344746068543],
  [1.959963984540054, 0.975],
  [-3, 0.00134989803163009],
  [-4.7534243088229, 1e-6],
];

test('agrees with the table in both directions', () => {
  for (const [z, p] of TABLE) {
    assert.ok(Math.abs(normalCdf(z) - p) < 1e-10, `cdf ${z}`);
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-8, `quantile ${p}`);
  }
});

test('the ends', () => {
  assert.is(normalQuantile(0), -Infinity);
  assert.is(normalQuantile(1), Infinity);
});

test.run();
