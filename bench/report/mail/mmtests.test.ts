/** Statistics and comparisons of mails against worked examples of mmtests' rules. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cidiff, pdiff, pndiff, statisticsOf } from './mmtests.ts';
import type { Samples } from './samples.ts';

/** One sample a value, a list a seed. */
function samples(...seeds: readonly (readonly number[])[]): Samples {
  return seeds.map((values) => values.map((value) => ({ value, count: 1 })));
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

const HUNDRED = samples(Array.from({ length: 100 }, (_, i) => i + 1));

test('positive is better, whatever the direction', () => {
  near(pdiff(150, 100), 50, 'more of what is good');
  near(pdiff(75, 100), -25, 'less of what is good');
  near(pndiff(72, 100), 28, 'less of what is bad');
  near(pndiff(150, 100), -50, 'more of what is bad');
});

test('edges: equal values, zero and a baseline of zero', () => {
  assert.equal([pdiff(5, 5), pdiff(0, 5), pdiff(0, 0), pdiff(5, 0)], [0, 0, 0, 100]);
  assert.equal([pndiff(5, 5), pndiff(0, 5), pndiff(0, 0), pndiff(5, 0)], [0, 100, 0, -99]);
});

test('cidiff: beyond 1 where intervals do not overlap, the difference itself without any', () => {
  near(cidiff(10, 2, 20, 3), -2, 'apart');
  near(cidiff(16, 2, 20, 3), -0.8, 'overlapping');
  assert.is(cidiff(7, 0, 4, 0), 3);
});

test('percentiles and best means by the ranks of mmtests', () => {
  const one = statisticsOf(HUNDRED);
  // $x[int($#x * (i/100) + 0.5)] of 1..100, and the mean of the first int(n * p / 100).
  assert.equal(
    [50, 90, 95, 99].map((rank) => one.percentile(rank)),
    [51, 90, 95, 99],
  );
  assert.equal(
    [50, 95, 99].map((best) => one.bestMean(best)),
    [25.5, 48, 50],
  );
  assert.equal([one.Min, one.Max, one.Amean], [1, 100, 50.5]);
  near(one.Stddev, Math.sqrt(9999 / 12) * Math.sqrt(100 / 99), 'Stddev with n - 1');
  near(one.CoeffVar, (100 * one.Stddev) / 50.5, 'CoeffVar in per cent');
});

test('too few for a best mean: all of them', () => {
  assert.is(statisticsOf(samples([4])).bestMean(50), 4);
});

test('counted values are as many single ones', () => {
  const counted = statisticsOf([
    [
      { value: 1, count: 3 },
      { value: 5, count: 1 },
    ],
    [{ value: 2, count: 2 }],
  ]);
  const single = statisticsOf(samples([1, 1, 1, 5], [2, 2]));
  for (const key of ['count', 'Min', 'Amean', 'Stddev', 'CoeffVar', 'Max'] as const)
    near(counted[key], single[key], key);
  near(counted.half!, single.half!, 'half');
  for (const rank of [50, 95]) {
    near(counted.bestMean(rank), single.bestMean(rank), `BAmean-${rank}`);
    near(counted.percentile(rank), single.percentile(rank), `Pctile.${rank}`);
  }
});

test('the interval of Amean is that of Student over seeds, and there is none for one seed', () => {
  // Seeds of equal size: means 10, 12, 14; sd 2, t(2) = 4.302653.
  const { half } = statisticsOf(samples([9, 11], [12, 12], [13, 15]));
  assert.ok(Math.abs(half! - (4.302652729911275 * 2) / Math.sqrt(3)) < 1e-6, `${half}`);
  assert.is(statisticsOf(samples([1, 2, 3])).half, null);
  assert.is(statisticsOf(samples([1, 2, 3], [])).half, null, 'a seed without requests says nothing');
});

test('nothing seen: zeros, as mmtests has missing values', () => {
  const { Amean, Stddev, half, count, ...others } = statisticsOf([[], []]);
  assert.equal([Amean, Stddev, half, count], [0, 0, null, 0]);
  assert.equal([others.bestMean(95), others.percentile(99)], [0, 0]);
});

test.run();
