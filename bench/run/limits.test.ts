/** Limits of a cell: how they are written, what their errors say, and what `errors.txt` tells of two attempts. */
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { loadWorkload, planCells } from '../plan/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { errorText, joinAttempts } from './attempts.ts';
import { DEFAULT_LIMITS, heapError, parseLimits, wallError } from './limits.ts';
import runInWorker from './worker.ts';
import type { FailedReply, WorkerReply } from './worker.ts';

const test = suiteInScratch('limits');

test('sizes and times of the command line', () => {
  assert.equal(parseLimits({}), DEFAULT_LIMITS);
  assert.equal(parseLimits({ cellHeap: '512MB', cellTime: '90s', cellSimulated: '2 h' }), {
    heapBytes: 512 * 1024 ** 2,
    wallSeconds: 90,
    simulatedNs: 7200e9,
  });
  assert.is(parseLimits({ cellTime: '10m' }).wallSeconds, 600);
  for (const wrong of [
    { cellHeap: '1' },
    { cellHeap: '16 MB' },
    { cellHeap: '2000 GB' },
    { cellTime: '10' },
    { cellTime: '0 s' },
    { cellTime: '-1 s' },
    { cellTime: '900 h' },
    { cellSimulated: '0 s' },
    { cellSimulated: 'long' },
  ])
    assert.throws(
      () => parseLimits(wrong),
      (error: unknown) => error instanceof UsageError,
      JSON.stringify(wrong),
    );
});

test('errors say what was exceeded, which option allows more, and which plug-in acted', () => {
  assert.is(wallError(DEFAULT_LIMITS, {}).message, 'took longer than 10 min; --cell-time allows more');
  const plugins = [{ name: 'my-fix' } as Plugin];
  assert.is(
    heapError({ ...DEFAULT_LIMITS, heapBytes: 1536 * 1024 ** 2 }, { plugins }).message,
    'used more than 1536 MB of heap; --cell-heap allows more; plug-in my-fix may be the cause: run it without',
  );
});

test('simulated time and buffers: in the cell itself', ({ dir }) => {
  const workloads = [loadWorkload(writeTinyWorkload(dir), { set: [], durationNs: 2e9, quick: false })];
  const [cell] = planCells({ workloads, strategies: ['stock'], seeds: 1, firstSeed: 1, auditEveryNs: 0 });
  const errorUnder = (limits: typeof DEFAULT_LIMITS): string => {
    const reply = runInWorker(cell, limits);
    return reply.ok ? '' : `${reply.error.name}: ${reply.error.message}`;
  };
  assert.match(errorUnder({ ...DEFAULT_LIMITS, simulatedNs: 1e9 }), /^LimitError: simulated more than 1 s;/);
  assert.match(errorUnder({ ...DEFAULT_LIMITS, heapBytes: 4096 }), /^LimitError: used more than .* outside the heap;/);
  // Exactly as long as it may be.
  assert.is(errorUnder({ ...DEFAULT_LIMITS, simulatedNs: 2.5e9 }), '');
});

test('errors.txt tells of both attempts', () => {
  const failed = (message: string): FailedReply => ({
    ok: false,
    error: { name: 'Error', message, stack: '' },
    wallSeconds: 1,
  });
  const good = { ok: true, record: {}, wallSeconds: 1 } as WorkerReply;
  assert.is(errorText(good), null);
  assert.is(errorText(failed('a')), 'Error: a');
  assert.match(errorText(joinAttempts(failed('a'), good)) ?? '', /^Error: a\n.*second attempt.*succeeded/);
  assert.match(errorText(joinAttempts(failed('a'), failed('a'))) ?? '', /^Error: a\n.*second attempt.*likewise/);
  assert.match(errorText(joinAttempts(failed('a'), failed('b'))) ?? '', /^Error: a\n.*second attempt.*\nError: b$/);
});

test.run();
