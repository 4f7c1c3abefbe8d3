/** Each warning where it belongs, and none for a sound comparison. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import { madeUpRecord } from '../testing/records.ts';
import { drifts } from './drift.ts';
import { cellsIn, summarize } from './summarize.ts';
import { warningsOf } from './warnings.ts';

function kindsOf(records: readonly CellRecord[]): string[] {
  return warningsOf(summarize(records), cellsIn(records)).map(
    ({ strategy, kind }) => `${kind}${strategy === null ? '' : ` ${strategy}`}`,
  );
}

/** Ten seeds of 60 attempts each under two strategies. */
function sound(change: (record: CellRecord) => CellRecord = (record) => record): CellRecord[] {
  return Array.from({ length: 10 }, (_, i) => i + 1).flatMap((seed) => [
    change(madeUpRecord('w', 'stock', seed, 60, 2 + (seed % 3))),
    change(madeUpRecord('w', 'fix', seed, 60, seed % 2)),
  ]);
}

test('a sound comparison has none', () => {
  assert.equal(kindsOf(sound()), []);
});

test('nothing to compare', () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  assert.equal(kindsOf(seeds.map((seed) => madeUpRecord('w', 'stock', seed, 60, 0))), ['no-failures']);
  assert.equal(kindsOf(seeds.map((seed) => madeUpRecord('w', 'stock', seed, 0, 0))), ['no-attempts']);
  assert.equal(kindsOf(seeds.map((seed) => madeUpRecord('w', 'stock', seed, 60, 60))), ['all-failed stock']);
});

test('few seeds: fewer than six, or than the comparisons need', () => {
  const of = (seeds: number, strategies: readonly string[]) =>
    strategies.flatMap((strategy) =>
      Array.from({ length: seeds }, (_, i) => madeUpRecord('w', strategy, i + 1, 60, 1 + (i % 2))),
    );
  assert.equal(kindsOf(of(5, ['stock'])), ['few-seeds']);
  assert.equal(kindsOf(of(6, ['stock', 'a'])), []);
  assert.equal(kindsOf(of(6, ['stock', 'a', 'b', 'c', 'd', 'e'])), ['few-seeds']);
  const [{ message }] = warningsOf(summarize(of(5, ['stock', 'a'])), () => []);
  assert.match(message, 'use --seeds 6 or more');
});

test('few attempts say what one failure is worth', () => {
  const records = [1, 2, 3, 4, 5, 6].map((seed) => madeUpRecord('w', 'stock', seed, 4, seed % 2));
  const [{ kind, message }] = warningsOf(summarize(records), cellsIn(records));
  assert.is(kind, 'few-attempts');
  assert.match(message, 'with 24 attempts one failure is 4.2 points');
});

test('a saturated device, said once when it holds for every strategy', () => {
  const full = sound((record) => ({
    ...record,
    cma: { ...record.cma, errors: { EBUSY: 0, ENOMEM: record.cma.failures } },
  }));
  assert.equal(kindsOf(full), ['area-full stock']);
  assert.equal(kindsOf(sound((record) => ({ ...record, counts: { ...record.counts, allocFailures: 1 } }))), [
    'memory-exhausted',
  ]);
  assert.equal(kindsOf(sound((record) => ({ ...record, counts: { ...record.counts, lmkKills: 40 } }))), ['kill-storm']);
  const missing = (missed: number) => sound((record) => ({ ...record, replay: { events: 200, missed } }));
  assert.equal(kindsOf(missing(3)), ['replay-missed']);
  assert.equal(kindsOf(missing(2)), []);
  const busy = sound((record) =>
    record.strategy === 'fix' ? { ...record, ksm: { ...record.ksm, cpuShare: 0.95 } } : record,
  );
  assert.equal(kindsOf(busy), ['ksmd-busy fix']);
});

test('one seed with most of the failures', () => {
  const records = Array.from({ length: 6 }, (_, i) => madeUpRecord('w', 'stock', i + 1, 60, i === 3 ? 20 : 1));
  const [{ kind, message }] = warningsOf(summarize(records), cellsIn(records));
  assert.is(kind, 'outlier-seed');
  assert.match(message, 'seed 4 has 20 of 25 failures');
});

/** A record whose unfindable ptes go from one level to another over the measured time. */
function moving(seed: number, from: number, to: number): CellRecord {
  const record = madeUpRecord('w', 'stock', seed, 60, 1 + (seed % 2));
  const samples = Array.from({ length: 30 }, (_, i) => ({
    unfindablePtes: from + ((to - from) * i) / 29,
    ksmPages: 1000,
    rmapItems: 1000,
  })) as unknown as Sample[];
  return { ...record, samples };
}

test('a warm-up that was too short: what drifts in every seed', () => {
  const settling = [1, 2, 3, 4, 5, 6].map((seed) => moving(seed, 1000 + 10 * seed, 400));
  assert.equal(kindsOf(settling), ['warm-up stock']);
  const wandering = [1, 2, 3, 4, 5, 6].map((seed) =>
    moving(seed, seed % 2 === 0 ? 1000 : 400, seed % 2 === 0 ? 400 : 1000),
  );
  assert.equal(kindsOf(wandering), []);
});

test('drift: nothing from two seeds, nor of small numbers; without samples the counters at both ends', () => {
  assert.equal(drifts([moving(1, 1000, 100), moving(2, 1000, 100)]), []);
  assert.equal(drifts([1, 2, 3, 4].map((seed) => moving(seed, 40, 1))), []);
  const ends = [1, 2, 3, 4].map((seed) => {
    const record = madeUpRecord('w', 'stock', seed, 60, 1);
    const { atStart } = record.ksm;
    return {
      ...record,
      ksm: { ...record.ksm, atStart: { ...atStart, rmapItems: 1000 + seed }, atEnd: { ...atStart, rmapItems: 2000 } },
    };
  });
  assert.equal(
    drifts(ends).map(({ measure, to }) => [measure, to]),
    [['rmapItems', 2000]],
  );
});

test.run();
