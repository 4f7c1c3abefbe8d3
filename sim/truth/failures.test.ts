/** Causes by stage and by holder; ledger.test.ts has each on the smallest script. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Clock } from '../clock/clock.ts';
import { MIGRATE_STAGE } from '../events.ts';
import { Frames, NONE } from '../memory/frames.ts';
import { Failures } from './failures.ts';
import { Gaps } from './gaps.ts';

const PAGE = 3;

function setUp() {
  const frames = new Frames(8);
  const gaps = new Gaps(new Clock(), frames.total, 2);
  const failures = new Failures(frames, gaps);
  /** The cause of a failure at this stage. */
  const at = (stage: number): string => {
    failures.note(PAGE, stage);
    return failures.causeOf(PAGE);
  };
  return { frames, gaps, failures, at };
}

test('where a migration failed tells its cause, whoever holds the page', () => {
  const { frames, at } = setUp();
  frames.pins[PAGE] = 1;
  const { noTarget, locked, writeback, buffers } = MIGRATE_STAGE;
  assert.equal([noTarget, locked, writeback, buffers].map(at), ['no-target', 'locked', 'writeback', 'pin']);
});

test('a page that is still mapped has the cause of the pte that is unfindable longest', () => {
  const { gaps, at } = setUp();
  assert.is(at(MIGRATE_STAGE.mapped), 'unknown', 'a walk that misses what can be found is a bug of the model');
  gaps.open(0, 16, PAGE, 'B4', 0);
  gaps.open(1, 16, PAGE, 'B1', 0);
  assert.is(at(MIGRATE_STAGE.mapped), 'B4');
});

test('a reference too many is whose it is: a pin before a pagevec, that before ksmd, that before a waiter', () => {
  const { frames, gaps, failures, at } = setUp();
  const { count, state } = MIGRATE_STAGE;
  assert.equal([at(count), at(state)], ['unknown', 'not-lru']);
  frames.waiters[PAGE] = 1;
  assert.is(at(count), 'pin');
  frames.ksmdRefs[PAGE] = 1;
  assert.is(at(count), 'pin', 'ksmd looks at it');
  gaps.open(0, 16, PAGE, 'B3', 0);
  assert.is(at(count), 'B3');
  failures.ksmd = { removingFrom: PAGE, mergingInto: NONE };
  assert.is(at(count), 'B4');
  frames.pagevecRefs[PAGE] = 1;
  assert.is(at(count), 'pagevec');
  frames.pins[PAGE] = 1;
  assert.is(at(count), 'pin');
});

test("a frame that is busy at the test of the range is in somebody's use, unless a holder is known", () => {
  const { frames, failures } = setUp();
  const busy = (): string => {
    failures.noteBusy(PAGE);
    return failures.causeOf(PAGE);
  };
  assert.is(busy(), 'not-lru');
  frames.ksmdRefs[PAGE] = 1;
  assert.is(busy(), 'pin');
  frames.pagevecRefs[PAGE] = 1;
  assert.is(busy(), 'pagevec');
});

test('a failure is remembered until the page moves, or the range is over', () => {
  const { failures, at } = setUp();
  at(MIGRATE_STAGE.locked);
  failures.forget(PAGE);
  assert.is(failures.causeOf(PAGE), 'unknown');
  at(MIGRATE_STAGE.locked);
  failures.clear();
  assert.is(failures.causeOf(PAGE), 'unknown');
});

test.run();
