/** From cells to entries of the summary: what is compared with what, and corrected over what. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { madeUpRecord } from '../testing/records.ts';
import { summarize } from './summarize.ts';
import { virtualStatistics } from './virtual.ts';

test('virtual statistics: mean and margin of simulated ms, by hand', () => {
  // 1, 2, 3: sd 1, margin t(2) / sqrt(3).
  const found = virtualStatistics('x', [1, 2, 3]);
  assert.is(found.samples, 3);
  assert.is(found.mean, 2);
  assert.is(found.sd, 1);
  assert.is(found.min, 1);
  assert.is(found.max, 3);
  assert.ok(Math.abs(found.margin - 4.3027 / Math.sqrt(3)) < 1e-3, `margin ${found.margin}`);
});

test('virtual statistics of one value and of none', () => {
  assert.equal(virtualStatistics('x', []), { samples: 0, mean: 0, margin: 0, sd: 0, min: 0, max: 0 });
  assert.equal(virtualStatistics('x', [0]), { samples: 1, mean: 0, margin: 0, sd: 0, min: 0, max: 0 });
});

test('an entry per workload and strategy, compared with stock wherever it stands', () => {
  const records = [
    madeUpRecord('w', 'fix', 1, 10, 0, 20_000_000),
    madeUpRecord('w', 'fix', 2, 10, 1, 40_000_000),
    madeUpRecord('w', 'stock', 1, 10, 5),
    madeUpRecord('w', 'stock', 2, 10, 4),
    madeUpRecord('other', 'fix', 1, 4, 1),
  ];
  const summary = summarize(records);
  assert.equal(
    summary.map((entry) => [entry.workload, entry.strategy, entry.baseline, entry.attempts, entry.failures]),
    [
      ['w', 'fix', 'stock', 20, 1],
      ['w', 'stock', 'stock', 20, 9],
      ['other', 'fix', 'fix', 4, 1],
    ],
  );
  const fix = summary[0];
  assert.ok(Math.abs(fix.vsBaseline.difference + 0.4) < 1e-12);
  assert.ok(Math.abs(fix.latencyMs.mean - 30) < 1e-9);
  assert.ok(Math.abs(fix.latencyMs.p99 - 40) < 0.05);
  assert.ok(Math.abs(fix.fullScanMs.p50 - 3000) < 3);
  assert.is(summary[1].vsBaseline.method, 'baseline');
  assert.equal([summary[1].vsBaseline.difference, summary[1].vsBaseline.p, summary[1].vsBaseline.pairs], [0, 1, 2]);
});

test('p is corrected over the strategies of one workload, the baseline left out', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7];
  const records = (['stock', 'a', 'b', 'c'] as const).flatMap((strategy, index) =>
    seeds.map((seed) => madeUpRecord('w', strategy, seed, 20, strategy === 'stock' ? 6 + (seed % 3) : index)),
  );
  const [stock, ...others] = summarize(records);
  assert.is(stock.vsBaseline.pHolm, 1);
  for (const { vsBaseline } of others) {
    assert.is(vsBaseline.p, 2 / 2 ** 7);
    assert.is(vsBaseline.pHolm, (3 * 2) / 2 ** 7);
    assert.is(vsBaseline.tooFewSeeds, false);
    assert.is(vsBaseline.effect, -1);
  }
  const few = summarize(records.filter(({ seed }) => seed <= 5));
  assert.equal(
    few.map(({ vsBaseline }) => vsBaseline.tooFewSeeds),
    [false, true, true, true],
  );
});

test('the same cells under another name give the same numbers', () => {
  const records = [1, 2, 3, 4, 5, 6].flatMap((seed) => [
    madeUpRecord('w', 'stock', seed, 20, seed % 4, 1e6 * seed),
    madeUpRecord('w', 'same', seed, 20, seed % 4, 1e6 * seed),
  ]);
  const [stock, same] = summarize(records);
  assert.equal(stock.latencyMs, same.latencyMs);
  assert.equal(stock.failureRate, same.failureRate);
  assert.is(same.vsBaseline.difference, 0);
  assert.is(same.vsBaseline.p, 1);
});

test.run();
