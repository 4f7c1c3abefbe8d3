/** Cells a second from counts that are written now and then. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QueueLook } from './statusLook.ts';
import { Pace } from './statusPace.ts';

function look(age: number, cells: number, done: number): QueueLook {
  const worker = { id: 'w', age, done: cells, failed: 0 };
  const run = { key: 'r', done };
  return { runs: [run], workers: [worker], moreRuns: 0 } as unknown as QueueLook;
}

test('nothing was written between two looks: unknown, not zero', () => {
  const pace = new Pace();
  for (const now of [0, 2]) pace.see(look(10, 100, 50), now);
  assert.is(pace.worker('w'), null);
  assert.is(pace.run('r'), null);
  assert.is(pace.worker('nobody'), null);
});

test('a worker is measured by its own clock, a run by when its count was seen to change', () => {
  const pace = new Pace();
  pace.see(look(10, 100, 50), 0);
  pace.see(look(15, 120, 70), 2);
  assert.is(pace.worker('w'), 4);
  // The count of the first look may have been written long before.
  assert.is(pace.run('r'), null);
  pace.see(look(20, 140, 90), 7);
  assert.is(pace.worker('w'), 4);
  assert.is(pace.run('r'), 4);
});

test('what is longer ago than half a minute does not count, and a run that stands still slows down', () => {
  const pace = new Pace();
  for (let second = 0; second <= 100; second += 5) pace.see(look(second, second * 10, second * 10), second);
  for (let second = 105; second <= 200; second += 5) pace.see(look(second, 1000 + second - 100, 1000), second);
  assert.is(pace.worker('w'), 1);
  assert.ok(pace.run('r')! < 10 && pace.run('r')! > 0, `${pace.run('r')}`);
});

test('a run that is continued counts anew', () => {
  const pace = new Pace();
  pace.see(look(0, 0, 50), 0);
  pace.see(look(5, 10, 60), 5);
  pace.see(look(10, 20, 3), 10);
  assert.is(pace.run('r'), null);
});

test.run();
