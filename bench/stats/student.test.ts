/** Student's t against its tables. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tCritical, tTwoSided } from './student.ts';

/** Table values, two-sided 5 %: NIST/SEMATECH e-Handbook 1.3.6.7.2, with more digits from R's qt(0.975, df). */
const CRITICAL: readonly (readonly [number, number])[] = [
  [1, 12.706204736432],
  [2, 4.302652729911],
  [4, 2.776445105198],
  [9, 2.262157162798],
  [30, 2.042272456301],
  [1000, 1.962339080792],
];

test('quantiles agree with the table', () => {
  for (const [df, expected] of CRITICAL) assert.ok(Math.abs(tCritical(0.05, df) - expected) < 1e-9, `df ${df}`);
  assert.ok(Math.abs(tCritical(0.01, 4) - 4.604094871349) < 1e-9);
});

test('the tail at a quantile is its probability', () => {
  for (const [df, t] of CRITICAL) assert.ok(Math.abs(tTwoSided(t, df) - 0.05) < 1e-10, `df ${df}`);
});

test('one degree of freedom is the Cauchy distribution', () => {
  for (const t of [0.3, 1, 7]) assert.ok(Math.abs(tTwoSided(t, 1) - (1 - (2 / Math.PI) * Math.atan(t))) < 1e-12);
});

test('at 0 the tail is everything', () => {
  assert.is(tTwoSided(0, 4), 1);
});

test.run();
