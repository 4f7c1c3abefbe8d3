import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { summarize } from '../stats/summarize.ts';
import { madeUpRecord } from '../testing/records.ts';
import { crossings, parseThreshold } from './threshold.ts';

const KNOWN = { workloads: ['fork-heavy', 'w'], strategies: ['stock', 'a+b'] };

test('forms', () => {
  const plain = parseThreshold('failureRate>0.05', KNOWN);
  assert.equal(
    [plain.workload, plain.strategy, plain.metric, plain.operator, plain.limit],
    [null, null, 'failureRate', '>', 0.05],
  );
  const scoped = parseThreshold(' fork-heavy/a+b : p99Us <= 2e4', KNOWN);
  assert.equal([scoped.workload, scoped.strategy, scoped.metric], ['fork-heavy', 'a+b', 'cma.latencyUs.p99']);
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

test('crossings name where and how far', () => {
  const records = [
    madeUpRecord('w', 'stock', 1, 10, 2),
    madeUpRecord('w', 'stock', 2, 10, 4),
    madeUpRecord('w', 'a+b', 1, 10, 0),
    madeUpRecord('w', 'a+b', 2, 10, 1),
  ];
  const crossed = (text: string) => crossings([parseThreshold(text, KNOWN)], records, summarize(records));
  assert.equal(crossed('failureRate>0.1'), [
    { threshold: 'failureRate>0.1', workload: 'w', strategy: 'stock', value: 0.3 },
  ]);
  assert.is(crossed('w/a+b:failureRate>0.1').length, 0);
  assert.is(crossed('migration.failed>=9')[0].value, 9);
  assert.is(crossed('cma.byClient.camera.failures>2').length, 1);
  assert.is(crossed('failureRate>=0.3').length, 1);
  assert.is(crossed('failureRate>0.3').length, 0);
});

test.run();
