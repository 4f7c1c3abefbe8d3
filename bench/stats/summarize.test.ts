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
  assert.equal(summary[1].vsBaseline, { difference: 0, low: 0, high: 0, p: 1, pairs: 2 });
});

test.run();
