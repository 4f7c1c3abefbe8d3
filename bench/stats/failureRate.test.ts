import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureRate } from './failureRate.ts';

function seeds(...counts: readonly (readonly [number, number])[]) {
  return counts.map(([attempts, failures], index) => ({ seed: index + 1, attempts, failures }));
}

function near(actual: number, expected: number, tolerance = 1e-6): void {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);
}

test('ratio estimator over seeds, computed by hand', () => {
  // r = 6/30; residuals -1, 1, 0; var = 3/2 * 2 / 900 = 1/300; t(2) = 4.302653.
  const rate = failureRate(seeds([10, 1], [10, 3], [10, 2]));
  near(rate.mean, 0.2);
  near(rate.high, 0.2 + 4.302652729911 * Math.sqrt(1 / 300));
  assert.is(rate.low, 0);
  near(rate.designEffect ?? 0, 1 / 300 / (0.16 / 30));
  assert.is(rate.method, 'seeds');
});

test('seeds with different numbers of attempts weigh by attempts', () => {
  // r = 30/100; residuals 20 - 0.3 * 80 = -4 and 10 - 0.3 * 20 = 4; var = 2 * 32 / 10000; t(1) = 12.7062.
  const rate = failureRate(seeds([80, 20], [20, 10]));
  near(rate.mean, 0.3);
  assert.is(rate.low, 0);
  assert.is(rate.high, 1);
  near(rate.designEffect ?? 0, 0.0064 / (0.21 / 100));
});

test('the same share in each seed: Wilson at the effective number of attempts, not an interval of no width', () => {
  const rate = failureRate(seeds([10, 2], [10, 2], [10, 2]));
  assert.is(rate.method, 'bound');
  assert.is(rate.designEffect, null);
  // 30 attempts shrink by (1.959964 / 4.302653)^2 to 6.2251.
  near(rate.low, 0.0421528);
  near(rate.high, 0.5868113);
});

test('no failure: exact bound at the effective number of attempts', () => {
  // 300 attempts shrink by (1.959964 / 4.302653)^2 to 62.25; 1 - 0.025^(1 / 62.25).
  const rate = failureRate(seeds([100, 0], [100, 0], [100, 0]));
  assert.is(rate.mean, 0);
  assert.is(rate.low, 0);
  near(rate.high, 0.05753, 1e-5);
  assert.is(rate.method, 'bound');
  assert.is(rate.designEffect, null);
});

test('no failure: a design effect seen elsewhere widens the bound', () => {
  const counts = seeds([100, 0], [100, 0], [100, 0]);
  assert.ok(failureRate(counts, 3).high > 2.5 * failureRate(counts).high);
});

test('all failed mirrors none failed', () => {
  const none = failureRate(seeds([50, 0], [50, 0]));
  const all = failureRate(seeds([50, 50], [50, 50]));
  assert.is(all.high, 1);
  near(all.low, 1 - none.high);
});

test('one seed: Wilson, 10 of 100', () => {
  // Published example: Newcombe, Statistics in Medicine 17 (1998) 857-872 gives the method; 0.0552 to 0.1744.
  const rate = failureRate(seeds([100, 10]));
  near(rate.low, 0.05523, 1e-5);
  near(rate.high, 0.17437, 1e-5);
  assert.is(rate.method, 'one-seed');
});

test('Wilson, 15 of 148, as Newcombe 1998 tabulates it', () => {
  const rate = failureRate(seeds([148, 15]));
  near(rate.low, 0.0624, 5e-5);
  near(rate.high, 0.1605, 5e-5);
});

test('no attempts: 0, and nothing known', () => {
  assert.equal(failureRate(seeds([0, 0])), { mean: 0, low: 0, high: 1, designEffect: null, method: 'no-attempts' });
  assert.equal(failureRate([]).method, 'no-attempts');
});

test('the interval holds the mean, within 0..1', () => {
  const one = fc.nat(500).chain((attempts) => fc.nat(attempts).map((failures) => [attempts, failures] as const));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.double({ min: 0, max: 50, noNaN: true }), (counts, effect) => {
      const { mean, low, high } = failureRate(seeds(...counts), effect);
      return 0 <= low && low <= mean && mean <= high && high <= 1;
    }),
  );
});

test.run();
