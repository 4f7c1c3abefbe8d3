/** `--fail-if`: what is a threshold and what is refused, units, and which cells cross it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { cellsIn, summarize } from '../stats/summarize.ts';
import { madeUpRecord } from '../testing/records.ts';
import type { CellRecord } from './cell.ts';
import { crossings, parseThreshold } from './threshold.ts';

const KNOWN = { workloads: ['fork-heavy', 'w'], strategies: ['stock', 'a+b'] };

test('forms', () => {
  const plain = parseThreshold('failureRate>0.05', KNOWN);
  assert.equal(
    [plain.workload, plain.strategy, plain.metric.name, plain.operator, plain.limit],
    [null, null, 'failureRate', '>', 0.05],
  );
  const scoped = parseThreshold(' fork-heavy/a+b : p99Us <= 2e4', KNOWN);
  assert.equal([scoped.workload, scoped.strategy, scoped.metric.name], ['fork-heavy', 'a+b', 'cma.latencyUs.p99']);
  assert.is(parseThreshold('*/stock:ksm.cpuShare>=5%', KNOWN).limit, 0.05);
  assert.is(parseThreshold('w:failureRate<1', KNOWN).workload, 'w');
});

test('what cannot be tested is refused before anything runs', () => {
  for (const text of [
    '',
    'failureRate',
    'failureRate=1',
    'failureRate>x',
    'ksm>1',
    'ksm.cpu>1',
    'nope/stock:failureRate>0',
    'w/nope:failureRate>0',
    'failureRate>1 and x',
    'failureRate regresses',
    'failureRate regresses 5',
    'failureRate regresses by 5%',
    'p99_latency>20',
    'p99_latency>5%',
    'p99_latency>5kB',
    'cma.attempts>5%',
    'failure_rate>5ms',
    'saved_bytes<3ms',
    'failureRate>1.2.3',
  ]) {
    assert.throws(
      () => parseThreshold(text, KNOWN),
      (error: unknown) => error instanceof UsageError,
      text,
    );
  }
});

test('a misspelled name gets a suggestion', () => {
  try {
    parseThreshold('failurRate>1', KNOWN);
    assert.unreachable();
  } catch (error) {
    assert.is((error as UsageError).hint, "did you mean 'failureRate'?");
  }
});

test('snake_case names, blanks, per cent and units', () => {
  const limit = (text: string) => {
    const { metric, limit } = parseThreshold(text, KNOWN);
    return [metric.name, metric.unit, Number(limit.toPrecision(12))];
  };
  assert.equal(limit('failure_rate > 2%'), ['failureRate', '', 0.02]);
  assert.equal(limit('failure_rate > 2 %'), ['failureRate', '', 0.02]);
  assert.equal(limit('p99_latency>=20ms'), ['p99_latency', 'ms', 20]);
  assert.equal(limit('p50_latency > 380 us'), ['p50_latency', 'ms', 0.38]);
  assert.equal(limit('w/stock:p90_latency<1.5s'), ['p90_latency', 'ms', 1500]);
  assert.equal(limit('p99_latency > 0'), ['p99_latency', 'ms', 0]);
  assert.equal(limit('cma.latencyUs.p99>2ms'), ['cma.latencyUs.p99', 'us', 2000]);
  assert.equal(limit('cma.latencyUs.p99>2000'), ['cma.latencyUs.p99', 'us', 2000]);
  assert.equal(limit('cpu_share > 5%'), ['ksm.cpuShare', '', 0.05]);
  assert.equal(limit('saved_bytes < 20MB'), ['ksm.savedBytes', 'B', 20 * 1024 ** 2]);
  assert.equal(limit('retries > 3'), ['retries', '', 3]);
  assert.equal(limit('*/stock: p99_latency regresses 10%'), ['p99_latency', 'ms', 0.1]);
  assert.equal(limit('deviceSeconds>1500ms'), ['deviceSeconds', 's', 1.5]);
});

test('crossings name where and how far', () => {
  const crossed = crossingsOf([
    madeUpRecord('w', 'stock', 1, 10, 2),
    madeUpRecord('w', 'stock', 2, 10, 4),
    madeUpRecord('w', 'a+b', 1, 10, 0),
    madeUpRecord('w', 'a+b', 2, 10, 1),
  ]);
  assert.equal(crossed('failureRate>0.1'), [
    { threshold: 'failureRate>0.1', workload: 'w', strategy: 'stock', value: 0.3, baseline: null, unit: '' },
  ]);
  assert.is(crossed('w/a+b:failureRate>0.1').length, 0);
  assert.is(crossed('migration.failed>=9')[0].value, 9);
  assert.is(crossed('cma.byClient.camera.failures>2').length, 1);
  assert.is(crossed('failureRate>=0.3').length, 1);
  assert.is(crossed('failureRate>0.3').length, 0);
  // 6 and 1 failed attempts of 20, with 9 + 4 + 2 retries each.
  assert.equal(
    crossed('retries>0').map(({ value }) => value),
    [(6 * 15) / 20, 15 / 20],
  );
  assert.is(crossed('p99_latency>10.1ms').length, 0);
  assert.is(crossed('p99_latency>9.9ms')[0].unit, 'ms');
});

test('regresses: worse than the baseline by more than so much, whichever way worse is', () => {
  const crossed = crossingsOf([
    madeUpRecord('w', 'stock', 1, 100, 10, 10_000_000),
    madeUpRecord('w', 'a+b', 1, 100, 12, 12_000_000),
  ]);
  assert.equal(crossed('failure_rate regresses 10%'), [
    {
      threshold: 'failure_rate regresses 10%',
      workload: 'w',
      strategy: 'a+b',
      value: 0.12,
      baseline: 0.1,
      unit: '',
    },
  ]);
  assert.is(crossed('failure_rate regresses 25%').length, 0);
  assert.is(crossed('p99_latency regresses 15%').length, 1);
  assert.is(crossed('w/stock:failure_rate regresses 0%').length, 0);
  // Fewer attempts are worse, more are not.
  assert.is(crossed('attempts regresses 0%').length, 0);
  const saved = [madeUpRecord('w', 'stock', 1, 1, 0), madeUpRecord('w', 'a+b', 1, 1, 0)];
  saved[1] = { ...saved[1], ksm: { ...saved[1].ksm, savedBytes: saved[0].ksm.savedBytes / 2 } };
  assert.is(crossingsOf(saved)('saved_bytes regresses 40%').length, 1);
  assert.is(crossingsOf(saved)('saved_bytes regresses 60%').length, 0);
});

test('regresses: against 0 anything above is worse', () => {
  const crossed = crossingsOf([madeUpRecord('w', 'stock', 1, 100, 0), madeUpRecord('w', 'a+b', 1, 100, 1)]);
  assert.is(crossed('failure_rate regresses 500%').length, 1);
});

function crossingsOf(records: readonly CellRecord[]) {
  return (text: string) => crossings([parseThreshold(text, KNOWN)], summarize(records), cellsIn(records));
}

test.run();
