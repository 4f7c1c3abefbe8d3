/** `--until-ci`: which workloads get more seeds in the next round, and when the rounds end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../stats/summarize.ts';
import { madeUpRecord } from '../testing/records.ts';
import { firstRound, nextRound, untilCiReport } from './rounds.ts';
import type { RunManifest } from './folder.ts';

const WORKLOADS = [
  { name: 'w', seeds: 5 },
  { name: 'v', seeds: 3 },
] as unknown as RunManifest['workloads'];

/** `seeds` seeds of 1000 attempts each, none or every second one failed. */
function summaryOf(workload: string, seeds: number, failures: number) {
  return summarize(
    Array.from({ length: seeds }, (_, i) => madeUpRecord(workload, 'stock', i + 1, 100, failures + 10 * (i % 2))),
  );
}

test('begins with the seeds asked for, or those of each workload, but with two at least', () => {
  assert.equal(firstRound(0.01, 100, WORKLOADS, null).seeds, { w: 5, v: 3 });
  assert.equal(firstRound(0.01, 100, WORKLOADS, 1).seeds, { w: 2, v: 2 });
});

test('a round doubles the seeds of those workloads whose intervals are too wide, up to the limit', () => {
  const summary = [...summaryOf('w', 5, 40), ...summaryOf('v', 3, 40)];
  const [w, v] = summary.map(({ failureRate }) => failureRate.high - failureRate.low);
  assert.ok(w < v);
  const first = firstRound((w + v) / 2, 100, WORKLOADS, null);
  const second = nextRound(first, summary);
  assert.equal(second?.seeds, { w: 5, v: 6 });
  assert.equal(nextRound({ ...first, width: 1e-9, maxSeeds: 5 }, summary)?.seeds, { w: 5, v: 5 });
});

test('ends when all are narrow, at the limit, and where nobody asks for memory', () => {
  const wide = summaryOf('w', 5, 40);
  assert.is(nextRound({ width: 0.9, maxSeeds: 100, seeds: { w: 5 } }, wide), null);
  assert.is(nextRound({ width: 1e-9, maxSeeds: 5, seeds: { w: 5 } }, wide), null);
  const nothing = summarize([madeUpRecord('w', 'stock', 1, 0, 0), madeUpRecord('w', 'stock', 2, 0, 0)]);
  assert.is(nextRound({ width: 0.01, maxSeeds: 100, seeds: { w: 2 } }, nothing), null);
});

test('the interval of one seed does not count, however narrow', () => {
  const one = summarize([madeUpRecord('w', 'stock', 1, 1000, 0)]);
  assert.is(untilCiReport({ width: 0.5, maxSeeds: 10, seeds: { w: 1 } }, one).intervals[0].reached, false);
});

test.run();
