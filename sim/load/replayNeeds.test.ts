/** What a replay can need at most, counted from its events. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReplayEvent } from '../description.ts';
import { ksmSettingsOver, mostEndsWithin, replayedAtOnce } from './replayNeeds.ts';
import { device, ended, replayOf, requested, started, written } from './testing.ts';

const EVENTS: readonly ReplayEvent[] = [
  started(10, 'app', { name: 'a' }),
  started(20, 'app'),
  requested(25),
  ended(30, { oldestOf: 'app' }),
  ended(40, { oldestOf: 'app' }),
  ended(45, { oldestOf: 'app' }),
  started(50, 'app', { name: 'b' }),
  started(60, 'job', { from: 'b' }),
  ended(95, { name: 'b' }, 'kill'),
  ended(99, { name: 'a' }),
];

test('processes at once, by group: the end of one that was not replayed makes no room', () => {
  assert.equal(
    [...replayedAtOnce(EVENTS)],
    [
      ['app', 2],
      ['job', 1],
    ],
  );
  assert.equal([...replayedAtOnce([ended(1, { oldestOf: 'app' }), started(2, 'app')])], [['app', 1]]);
});

test('most ends within a time', () => {
  assert.equal(
    [0, 5, 14, 15, 60, Infinity].map((ns) => mostEndsWithin(EVENTS, ns)),
    [1, 2, 2, 3, 4, 5],
  );
  assert.is(mostEndsWithin([], 10), 0);
});

test('settings of ksmd, one after the other', () => {
  const events = [written(1, { run: 0 }), requested(2), written(3, { run: 1, sleep_millisecs: 7 })];
  assert.equal(
    ksmSettingsOver(device(replayOf(events))).map((ksm) => [ksm.run, ksm.pages_to_scan, ksm.sleep_millisecs]),
    [
      [1, 100, 20],
      [0, 100, 20],
      [1, 100, 7],
    ],
  );
});

test.run();
