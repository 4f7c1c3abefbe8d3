import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failureRate } from './failureRate.ts';
import type { SeedCounts } from './failureRate.ts';
import { pairedDifference, signFlip } from './paired.ts';

function seeds(...counts: readonly (readonly [number, number])[]): SeedCounts[] {
  return counts.map(([attempts, failures], index) => ({ seed: index + 1, attempts, failures }));
}

function compare(counts: readonly SeedCounts[], baseline: readonly SeedCounts[]) {
  return pairedDifference(counts, baseline, failureRate(counts), failureRate(baseline));
}

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);
}

test("sign-flip test on Darwin's maize: 1726 of 32768 patterns (Fisher 1935, section 21)", () => {
  const differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
  near(signFlip(differences), 1726 / 32768);
});

test('five seeds cannot give less than 0.0625', () => {
  assert.is(signFlip([-0.5, -0.4, -0.6, -0.5, -0.7]), 0.0625);
  assert.is(signFlip([0.1]), 1);
  assert.is(signFlip([0, 0, 0]), 1);
});

test('many seeds: paired t test', () => {
  // Mean 0.5 and standard deviation sqrt(5.25 * 20 / 19): differences 0.5 + (-9.5 .. 9.5) / k with k chosen below.
  const differences = Array.from({ length: 20 }, (_, i) => 1 + (i - 9.5));
  // sd^2 = 35, t = 1 / sqrt(35 / 20) = 0.755929, df 19: R gives 2 * pt(-0.755929, 19) = 0.4589564.
  near(signFlip(differences), 0.459, 5e-4);
});

test('difference of pooled rates with an interval by hand', () => {
  // Rates 0.1, 0.2, 0.0 against 0.3, 0.3, 0.3: z - z0 = (0, 1, -1) / 30; var = 3/2 * 2 / 900; t(2) = 4.302653.
  const found = compare(seeds([10, 1], [10, 2], [10, 0]), seeds([10, 3], [10, 3], [10, 3]));
  near(found.difference, -0.2);
  near(found.high, -0.2 + 4.302652729911 * Math.sqrt(1 / 300), 1e-7);
  near(found.low, -0.2 - 4.302652729911 * Math.sqrt(1 / 300), 1e-7);
  near(found.p, 0.25);
  assert.is(found.pairs, 3);
});

test('seeds that rise and fall together give a narrower interval than either rate has', () => {
  const found = compare(seeds([10, 1], [10, 5], [10, 2]), seeds([10, 2], [10, 6], [10, 4]));
  const alone = failureRate(seeds([10, 2], [10, 6], [10, 4]));
  near(found.difference, -4 / 30);
  assert.ok(found.high - found.low < alone.high - alone.low);
});

test('pairs without any spread: the two own intervals are combined (square and add)', () => {
  const counts = seeds([10, 1], [10, 5], [10, 3]);
  const baseline = seeds([10, 2], [10, 6], [10, 4]);
  const [a, b] = [failureRate(counts), failureRate(baseline)];
  const found = compare(counts, baseline);
  near(found.high, a.mean - b.mean + Math.hypot(a.high - a.mean, b.mean - b.low));
  near(found.low, a.mean - b.mean - Math.hypot(a.mean - a.low, b.high - b.mean));
});

test('no failures on either side: an interval of some width around 0', () => {
  const found = compare(seeds([50, 0], [50, 0]), seeds([50, 0], [50, 0]));
  assert.is(found.difference, 0);
  assert.is(found.p, 1);
  assert.ok(found.low < 0 && found.high > 0);
});

test('seeds of one side only are left out of p', () => {
  assert.is(compare(seeds([10, 1], [10, 1], [10, 1]), seeds([10, 2], [10, 2])).pairs, 2);
  assert.is(compare(seeds([10, 1]), []).p, 1);
});

test.run();
