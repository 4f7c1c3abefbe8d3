/** Differences of two strategies seed by seed: each way to an interval by hand, or as published. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWithin } from '../testing/near.ts';
import { failureRate } from './failureRate.ts';
import type { SeedCounts } from './failureRate.ts';
import { pairedDifference } from './paired.ts';

function seeds(...counts: readonly (readonly [number, number])[]): SeedCounts[] {
  return counts.map(([attempts, failures], index) => ({ seed: index + 1, attempts, failures }));
}

function compare(counts: readonly SeedCounts[], baseline: readonly SeedCounts[]) {
  return pairedDifference(counts, baseline, 'x');
}

const near = nearWithin(1e-9);

test('few seeds: difference of pooled rates with an interval by hand', () => {
  // Rates 0.1, 0.2, 0.0 against 0.3, 0.3, 0.3: z - z0 = (0, 1, -1) / 30; var = 3/2 * 2 / 900; t(2) = 4.302653.
  const found = compare(seeds([10, 1], [10, 2], [10, 0]), seeds([10, 3], [10, 3], [10, 3]));
  near(found.difference, -0.2);
  near(found.high, -0.2 + 4.302652729911 * Math.sqrt(1 / 300), 1e-7);
  near(found.low, -0.2 - 4.302652729911 * Math.sqrt(1 / 300), 1e-7);
  near(found.p, 0.25);
  assert.is(found.effect, -1);
  assert.is(found.pairs, 3);
  assert.is(found.method, 'few-seeds');
});

test("Cohen's h, from his table (1988, section 6.2): 0.2 against 0.1 is 0.284", () => {
  near(compare(seeds([10, 2]), seeds([10, 1])).cohensH, 0.2838, 1e-4);
});

test('seeds that rise and fall together give a narrower interval than either rate has', () => {
  const found = compare(seeds([10, 1], [10, 5], [10, 2]), seeds([10, 2], [10, 6], [10, 4]));
  const alone = failureRate(seeds([10, 2], [10, 6], [10, 4]));
  near(found.difference, -4 / 30);
  assert.ok(found.high - found.low < alone.high - alone.low);
});

test('from five seeds on: bootstrap, within the range of the differences of the seeds', () => {
  const found = compare(
    seeds([10, 1], [10, 2], [10, 0], [10, 1], [10, 1]),
    seeds([10, 3], [10, 4], [10, 3], [10, 2], [10, 4]),
  );
  assert.is(found.method, 'bootstrap');
  near(found.difference, -0.22);
  near(found.low, -0.3, 0.02);
  near(found.high, -0.1, 0.03);
  assert.is(found.seedsNeeded, null);
});

test('equal shares tie, however they round', () => {
  // 3/49 - 1/49 and 2/49 - 0/49 and 4/49 - 2/49 are the same difference: ranks 2, 2, 2.
  const found = compare(seeds([49, 3], [49, 2], [49, 2]), seeds([49, 1], [49, 0], [49, 4]));
  near(found.effect, 1 / 3);
});

test('an interval that holds 0 says how many seeds would do', () => {
  const found = compare(
    seeds([50, 3], [50, 0], [50, 4], [50, 1], [50, 2], [50, 6]),
    seeds([50, 4], [50, 2], [50, 1], [50, 2], [50, 5], [50, 4]),
  );
  assert.ok(found.low < 0 && found.high > 0);
  assert.ok(found.seedsNeeded !== null && found.seedsNeeded > 20, `${found.seedsNeeded}`);
});

test('pairs without any spread: the two own intervals are combined (square and add)', () => {
  const counts = seeds([10, 1], [10, 5], [10, 3]);
  const baseline = seeds([10, 2], [10, 6], [10, 4]);
  const [a, b] = [failureRate(counts), failureRate(baseline)];
  const found = compare(counts, baseline);
  near(found.high, a.mean - b.mean + Math.hypot(a.high - a.mean, b.mean - b.low));
  near(found.low, a.mean - b.mean - Math.hypot(a.mean - a.low, b.high - b.mean));
  assert.is(found.method, 'square-and-add');
});

test('the same failures under both in every seed: square and add with a correlation of 1', () => {
  const counts = seeds([50, 3], [50, 9], [50, 5], [50, 7], [50, 4], [50, 8]);
  const own = failureRate(counts);
  const found = compare(counts, counts);
  const half = Math.abs(own.high - own.mean - (own.mean - own.low));
  assert.is(found.difference, 0);
  near(found.high, half);
  near(found.low, -half);
  assert.ok(half > 0 && half < (own.high - own.low) / 4, 'narrow, since nothing differed');
});

test('one seed: square and add as Newcombe 1998 (pages 873-890) tabulates it, 56/70 against 48/80', () => {
  const found = compare(seeds([70, 56]), seeds([80, 48]));
  near(found.low, 0.0524, 5e-5);
  near(found.high, 0.3339, 5e-5);
});

test('no failures on either side: an interval of some width around 0', () => {
  const found = compare(seeds([50, 0], [50, 0]), seeds([50, 0], [50, 0]));
  assert.is(found.difference, 0);
  assert.is(found.p, 1);
  assert.is(found.seedsNeeded, null);
  assert.ok(found.low < 0 && found.high > 0);
});

test('seeds of one side only are left out', () => {
  const found = compare(seeds([10, 1], [10, 1], [10, 9]), seeds([10, 2], [10, 2]));
  assert.is(found.pairs, 2);
  near(found.difference, -0.1);
  assert.is(compare(seeds([10, 1]), []).p, 1);
});

test('the interval holds the difference, turns with the sides, and is the same every time', () => {
  const one = fc.tuple(fc.integer({ min: 1, max: 80 }), fc.nat(80), fc.nat(80));
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 9 }), (drawn) => {
      const a = seeds(...drawn.map(([attempts, failures]) => [attempts, Math.min(attempts, failures)] as const));
      const b = seeds(...drawn.map(([attempts, , failures]) => [attempts, Math.min(attempts, failures)] as const));
      const found = compare(a, b);
      assert.ok(-1 <= found.low && found.low <= found.difference + 1e-12);
      assert.ok(found.difference - 1e-12 <= found.high && found.high <= 1);
      const turned = compare(b, a);
      near(turned.difference, -found.difference);
      near(turned.p, found.p);
      assert.equal(compare(a, b), found);
    }),
    { numRuns: 40 },
  );
});

test.run();
