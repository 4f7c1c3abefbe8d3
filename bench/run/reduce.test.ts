/** From observations to a record: percentiles against HdrHistogram's, counts, and the log of requests. */
import { CAUSES, type Sample } from '../../sim/index.ts';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import hdr from 'hdr-histogram-js';
import { madeUpRecord } from '../testing/records.ts';
import { attemptsOf } from './attemptLog.ts';
import { documentOf } from './cell.ts';
import { distribution, pooledPercentile } from './histogram.ts';
import { metricOf, metricPaths, nothingObserved } from './metrics.ts';
import { reduceCell } from './reduce.ts';

const CELL = { id: 'x', workload: 'w', strategy: 's', kernel: 'k', device: 'd', seed: 1, settings: { a: 1 } };

test('percentiles are at most 0.1 % above the sample, and never above the largest', () => {
  const samples = Array.from({ length: 1000 }, (_, i) => (i + 1) * 1_000_003);
  const found = distribution(samples);
  for (const percent of [50, 90, 99]) {
    const exact = samples[percent * 10 - 1];
    const value = found.percentile(percent);
    assert.ok(value >= exact && value <= exact * 1.001, `p${percent}: ${value} for ${exact}`);
  }
  assert.is(found.percentile(100), 1_000_003_000);
  assert.is(found.max, 1_000_003_000);
});

test('buckets and percentiles are those of HdrHistogram', () => {
  // Around each power of two, where buckets change their width, and at its multiples.
  const samples = Array.from({ length: 52 }, (_, bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1, 3 * 2 ** bits - 1]);
  for (const values of [[0], ...samples, samples.flat().slice(0, 100), samples.flat()]) {
    const library = hdr.build({ numberOfSignificantValueDigits: 3, highestTrackableValue: 2 ** 53, bitBucketSize: 64 });
    for (const value of values) library.recordValue(value);
    const found = distribution(values);
    for (const percent of [1, 25, 50, 90, 99, 99.9]) {
      const upper = library.getValueAtPercentile(percent);
      const about = `p${percent} of ${values.length} values from ${values[0]}`;
      assert.is(found.percentile(percent), Math.min(upper, Math.max(...values)), about);
      assert.is(pooledPercentile([found.pairs()], percent), upper, `stored, ${about}`);
    }
  }
});

test('stored histograms pool to the percentiles of all samples', () => {
  const low = Array.from({ length: 300 }, (_, i) => 1000 + 17 * i);
  const high = Array.from({ length: 700 }, (_, i) => 5_000_000 + 12_345 * i);
  const pooled = pooledPercentile([distribution(low).pairs(), distribution(high).pairs()], 50);
  const together = distribution([...low, ...high]).percentile(50);
  assert.is(pooled, together);
});

test('nothing observed: every number of the document is 0, no null, no NaN', () => {
  const text = JSON.stringify(documentOf(reduceCell(CELL, nothingObserved())));
  assert.not.match(text, ':null');
  assert.equal(
    metricPaths().filter((path) => metricOf(reduceCell(CELL, nothingObserved()), path) !== 0),
    [],
  );
});

test('all causes are present and failures are told apart by errno', () => {
  const record = madeUpRecord('w', 's', 1, 5, 2);
  assert.equal(Object.keys(record.migration.failedByCause), [...CAUSES]);
  assert.is(record.cma.failures, 2);
  assert.equal(record.cma.errors, { EBUSY: 2, ENOMEM: 0 });
  assert.equal(record.cma.retries, { migratePasses: 18, contigTries: 8, ranges: 4, caller: 0 });
  assert.equal(record.cma.byClient, { camera: { attempts: 5, failures: 2, pages: 5120 } });
  assert.equal([record.cma.blockedByCause.B1, record.cma.blockedByCause.pin], [4, 0]);
  assert.equal(record.cma.cpuUs, { total: 2500, mean: 500 });
  assert.is(record.ksm.savedBytes, 1024 * 4096);
  assert.is(record.ksm.cpuShare, 0.02);
  assert.is(record.deviceSeconds, 60);
});

test('memory that cannot be used is a mean over samples', () => {
  const samples = [100, 300].map((unusableCmaPages) => ({ unusableCmaPages }) as Sample);
  const { memory } = reduceCell(CELL, { ...nothingObserved(), cmaPages: 4096, samples });
  assert.equal(memory, { cmaPages: 4096, unusableCmaPages: 200 });
});

test('the log of attempts gives each request back, and fits the counts', () => {
  const record = madeUpRecord('w', 's', 1, 5, 2);
  const attempts = attemptsOf(record.attemptLog);
  assert.equal(
    attempts.map(({ number }) => number),
    [1, 2, 3, 4, 5],
  );
  const failed = attempts.filter(({ errno }) => errno !== 0);
  assert.is(failed.length, record.cma.failures);
  assert.is(
    failed.reduce((sum, { blocked }) => sum + (blocked.B1 ?? 0), 0),
    record.cma.blockedByCause.B1,
  );
  assert.is(Math.max(...attempts.map(({ latency }) => latency)) / 1e3, record.cma.latencyUs.max);
  assert.is(attempts[0].client, 'camera');
  assert.equal(attemptsOf(undefined), []);
});

test('the printed document leaves out histograms and samples', () => {
  const document = documentOf(madeUpRecord('w', 's', 1, 5, 2));
  assert.not.ok('histograms' in document);
  assert.not.ok('attemptLog' in document);
  assert.not.ok('samples' in document);
});

test.run();
