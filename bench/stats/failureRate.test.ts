/** The failure rate and its interval: Wilson's as published, the design effect by hand, and what always holds. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWithin } from '../testing/near.ts';
import { binomial, failureRate, wilson } from './failureRate.ts';

function seeds(...counts: readonly (readonly [number, number])[]) {
  return counts.map(([attempts, failures], index) => ({ seed: index + 1, attempts, failures }));
}

const near = nearWithin(1e-6);

test("Wilson's interval as Newcombe 1998 (pages 857-872, table I) has it", () => {
  for (const [failures, attempts, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]) {
    const rate = failureRate(seeds([attempts, failures]));
    near(rate.low, low, 5e-5);
    near(rate.high, high, 5e-5);
    assert.is(rate.method, 'one-seed');
  }
});

test('design effect over seeds and the interval at the effective number of attempts, by hand', () => {
  // r = 69/300; residuals -10, 10, 0; var = 3/2 * 200 / 90000; of independent attempts r (1 - r) / 300.
  const rate = failureRate(seeds([100, 13], [100, 33], [100, 23]));
  near(rate.mean, 0.23);
  const variance = (1.5 * 200) / 90000;
  near(rate.designEffect ?? 0, variance / ((0.23 * 0.77) / 300));
  const effective = (300 / rate.designEffect!) * (1.959963984540054 / 4.302652729911) ** 2;
  const expected = wilson(0.23, effective);
  near(rate.low, expected.low);
  near(rate.high, expected.high);
  assert.is(rate.method, 'seeds');
});

test('seeds that are more alike than chance makes them count as independent attempts, not as more', () => {
  // r = 0.2; residuals -1, 1, 0: a design effect of 0.625.
  const rate = failureRate(seeds([10, 1], [10, 3], [10, 2]));
  near(rate.designEffect ?? 0, 1 / 300 / (0.16 / 30));
  near(rate.low, 0.0421528);
  near(rate.high, 0.5868113);
});

test('seeds with different numbers of attempts weigh by attempts', () => {
  // r = 30/100; residuals 20 - 0.3 * 80 = -4 and 10 - 0.3 * 20 = 4; var = 2 * 32 / 10000; t(1) = 12.7062.
  const rate = failureRate(seeds([80, 20], [20, 10]));
  near(rate.mean, 0.3);
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

test('no failure: the bound at the effective number of attempts', () => {
  // 300 attempts shrink by (1.959964 / 4.302653)^2 to 62.25: z^2 / (62.25 + z^2).
  const rate = failureRate(seeds([100, 0], [100, 0], [100, 0]));
  assert.is(rate.mean, 0);
  assert.is(rate.low, 0);
  near(rate.high, 0.05812, 1e-5);
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

test('more attempts alike give a narrower interval', () => {
  const counts = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat(50)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(counts, (drawn) => {
      const of = (times: number) =>
        failureRate(seeds(...drawn.map(([all, some]) => [times * all, times * Math.min(all, some)] as const)), 1);
      const [once, thrice] = [of(1), of(3)];
      // Nothing is gained where the seeds differ by more than chance: they are the sample.
      return thrice.high - thrice.low <= once.high - once.low + 1e-12;
    }),
  );
});

test('the bound used by validate: Clopper and Pearson for none, Wilson otherwise', () => {
  near(binomial(0, 20).high, 1 - 0.025 ** (1 / 20));
  assert.equal(binomial(0.1, 100), wilson(0.1, 100));
});

test.run();
