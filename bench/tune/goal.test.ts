/** Objectives, targets and limits: what they are parsed to, and how settings are judged by them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { madeUpRecord } from '../testing/records.ts';
import { judgeValues, limitOn, parseObjectives, parseTarget, valuesOf, violationOf } from './goal.ts';
import type { Goal } from './goal.ts';

const refused = (action: () => unknown, hint: RegExp) => {
  try {
    action();
  } catch (error) {
    assert.instance(error, UsageError);
    assert.match(`${(error as UsageError).message} ${(error as UsageError).hint}`, hint);
    return;
  }
  assert.unreachable('was not refused');
};

test('objectives: measures of summary and cells, each once', () => {
  assert.equal(
    parseObjectives(undefined, false).map(({ name }) => name),
    ['failure_rate', 'p99_latency'],
  );
  assert.equal(
    parseObjectives('cpu_share, ksm.wakeUs.p99,cpu_share', false).map(({ name }) => name),
    ['cpu_share', 'ksm.wakeUs.p99'],
  );
  refused(() => parseObjectives('p99_latensy', false), /did you mean 'p99_latency'/);
  refused(() => parseObjectives('failure_rate', true), /one of them/);
});

test('with a target the costs are minimised', () => {
  assert.equal(
    parseObjectives(undefined, true).map(({ name }) => name),
    ['cpu_share', 'saved_bytes'],
  );
});

test('targets', () => {
  const target = parseTarget('failure_rate < 1%');
  assert.equal([target.isUpper, target.includes, target.limit], [true, false, 0.01]);
  assert.equal(parseTarget('saved_bytes >= 20MB').isUpper, false);
  refused(() => parseTarget('failure_rate regresses 10%'), /compares one measure with a number/);
  refused(() => parseTarget('failure_rate'), /--target 'failure_rate' is not of the form/);
  refused(() => parseTarget('fork-heavy:failure_rate < 1%'), /not part of this run|compares one measure/);
});

test('a violation is how far off, as a share of the limit', () => {
  const most = limitOn('cpu_share', 'most', 0.02, 'ksmd CPU <= 2%');
  assert.is(violationOf(most, 0.02), 0);
  assert.ok(Math.abs(violationOf(most, 0.03) - 0.5) < 1e-12);
  const least = limitOn('saved_bytes', 'least', 100, 'saved >= 100');
  assert.is(violationOf(least, 100), 0);
  assert.ok(Math.abs(violationOf(least, 75) - 0.25) < 1e-12);
  // A strict target is not met by its limit itself.
  assert.ok(violationOf(parseTarget('failure_rate < 1%'), 0.01) > 0);
  assert.is(violationOf(parseTarget('failure_rate <= 1%'), 0.01), 0);
});

test('cells are judged: less is better, but of what is saved more', () => {
  const goal: Goal = {
    objectives: parseObjectives('failure_rate,saved_bytes', false),
    limits: [limitOn('failure_rate', 'most', 0.1, '')],
    target: null,
  };
  const cells = [madeUpRecord('w', 's', 1, 10, 1), madeUpRecord('w', 's', 2, 10, 3)];
  const values = valuesOf(goal, cells);
  assert.equal(values, [0.2, cells[0].ksm.savedBytes, 0.2]);
  const judged = judgeValues(goal, values);
  assert.equal(judged.objectives, [0.2, -cells[0].ksm.savedBytes]);
  assert.ok(Math.abs(judged.violation - 1) < 1e-12);
});

test.run();
