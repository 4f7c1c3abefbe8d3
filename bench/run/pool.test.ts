/** Threads that die, hoard or never end, on real threads: what becomes of their cells, and of the others. */
import { EventEmitter, once } from 'node:events';
import * as assert from 'uvu/assert';
import { loadWorkload, planCells } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { suiteInScratch } from '../testing/command.ts';
import { FAULT } from '../testing/faultyWorker.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { CellLimits } from './limits.ts';
import { cellPool, localEngine } from './pool.ts';
import runInWorker from './worker.ts';
import type { FailedReply, WorkerReply } from './worker.ts';

const FAULTY = new URL('../testing/faultyWorker.js', import.meta.url);
const LIMITS: CellLimits = { ...DEFAULT_LIMITS, heapBytes: 64 * 1024 ** 2 };
/** Enough for a thread to start and run a small cell on a busy machine. */
const SHORT_LIMITS: CellLimits = { ...DEFAULT_LIMITS, wallSeconds: 3 };

const test = suiteInScratch('pool');

function cellsIn(dir: string, seeds: number): Cell[] {
  const load = { set: [], durationNs: 200e6, quick: false };
  const workloads = [loadWorkload(writeTinyWorkload(dir), load)];
  return planCells({ workloads, strategies: ['stock'], seeds, firstSeed: 1, auditEveryNs: 0 });
}

/** As on a thread that nothing goes wrong on. */
function recordOf(cell: Cell): unknown {
  const reply = runInWorker(cell);
  assert.ok(reply.ok);
  return reply.record;
}

test('each fault fails its own cell at most; the others have the results they always have', async ({ dir }) => {
  const cells = cellsIn(dir, FAULT.hoards + 1);
  const replies = new Map<number, WorkerReply>();
  await localEngine(1, { limits: LIMITS, worker: FAULTY }).run(cells, {
    signal: new AbortController().signal,
    onCell: (cell, reply) => {
      assert.not(replies.has(cell.seed), `seed ${cell.seed} twice`);
      replies.set(cell.seed, reply);
      return Promise.resolve();
    },
  });
  const failures = {
    [FAULT.diesAlways]: /exited with code: 7/,
    [FAULT.hoards]: /64 MB of heap/,
  };
  for (const cell of cells) {
    const { seed } = cell;
    const reply = replies.get(seed)!;
    if (seed in failures) {
      const { ok, error, firstError } = reply as FailedReply;
      assert.not(ok);
      assert.match(error.message, failures[seed as keyof typeof failures]);
      assert.is(error.name, seed === FAULT.diesAlways ? 'Error' : 'LimitError');
      assert.is(firstError?.message, error.message);
    } else {
      assert.ok(reply.ok, `seed ${seed}`);
      assert.equal(reply.record, recordOf(cell));
      assert.is(reply.firstError !== undefined, seed === FAULT.dies || seed === FAULT.throws, `seed ${seed}`);
    }
  }
});

test('cells without end are ended at their time, in a thread and in a process; the next has a new one', async ({
  dir,
}) => {
  const [good, endless] = cellsIn(dir, FAULT.loops).slice(-2);
  const replies: [Cell, WorkerReply][] = [];
  await localEngine(2, { limits: SHORT_LIMITS, worker: FAULTY }).run([endless, { ...endless, plugins: [] }, good], {
    signal: new AbortController().signal,
    onCell: (cell, reply) => {
      replies.push([cell, reply]);
      return Promise.resolve();
    },
  });
  assert.is(replies.length, 3);
  for (const [cell, reply] of replies) {
    if (cell.seed === good.seed) assert.ok(reply.ok);
    else assert.match((reply as FailedReply).error.message, 'took longer than 3 s; --cell-time allows more');
  }
});

test('cells under a plug-in take at most a process of their own with them', async ({ dir }) => {
  const { crashes, swells } = FAULT;
  const cells = cellsIn(dir, swells).filter(({ seed }) => [1, crashes, swells].includes(seed));
  const replies = new Map<number, WorkerReply>();
  await localEngine(1, { limits: LIMITS, worker: FAULTY }).run(
    cells.map((cell) => ({ ...cell, plugins: [] })),
    {
      signal: new AbortController().signal,
      onCell: ({ seed }, reply) => {
        replies.set(seed, reply);
        return Promise.resolve();
      },
    },
  );
  const ordinary = replies.get(1)!;
  assert.ok(ordinary.ok && ordinary.firstError === undefined);
  const { plugins, ...record } = ordinary.record;
  assert.equal(plugins, []);
  assert.equal(record, recordOf(cells[0]));
  for (const [seed, what] of [
    [crashes, 'LimitError: used more than 64 MB of heap'],
    [swells, 'LimitError: used more than 64 MB of buffers outside the heap'],
  ] as const) {
    const { error, firstError } = replies.get(seed) as FailedReply;
    assert.match(`${error.name}: ${error.message}`, what);
    assert.equal(firstError, error);
  }
});

test('after the signal running cells are handed on, and no further one is begun', async ({ dir }) => {
  const interrupt = new AbortController();
  const begun: number[] = [];
  const handed: number[] = [];
  const engine = localEngine(2);
  function* plan(): Generator<Cell> {
    for (const cell of cellsIn(dir, 20)) {
      begun.push(cell.seed);
      yield cell;
    }
  }
  await engine.run(plan(), {
    signal: interrupt.signal,
    onCell: (cell) => {
      if (!interrupt.signal.aborted) assert.is(engine.running(), 2);
      interrupt.abort();
      handed.push(cell.seed);
      return Promise.resolve();
    },
  });
  assert.equal(handed.sort(), begun.sort());
  assert.ok(begun.length < 5, `${begun.length} cells were begun`);
  assert.is(engine.running(), 0);
});

test('results that are kept slowly hold the threads up; one that cannot be kept ends the run', async ({ dir }) => {
  let handed = 0;
  const disk = new EventEmitter();
  const slow = once(disk, 'written').then(() => undefined);
  const full = new Error('the disk is full');
  const run = localEngine(1).run(cellsIn(dir, 20), {
    signal: new AbortController().signal,
    onCell: () => {
      if (++handed === 4) setTimeout(() => disk.emit('written'), 200);
      return handed === 1 ? slow.then(() => Promise.reject(full)) : slow;
    },
  });
  const thrown = await run.catch((error: unknown) => error);
  assert.is(thrown, full);
  assert.is(handed, 4, 'no thread is further ahead than that');
});

test('single cells on threads that stay', async ({ dir }) => {
  const interrupt = new AbortController();
  const onCell = (): void => assert.unreachable('nobody asked for it');
  const pool = cellPool({ threads: 1, limits: DEFAULT_LIMITS, signal: interrupt.signal, onCell });
  try {
    const cells = cellsIn(dir, 3);
    const replies = await Promise.all(cells.map((cell) => pool.result(cell)));
    assert.equal(
      replies.map((reply) => reply?.ok === true && reply.record),
      cells.map(recordOf),
    );
    interrupt.abort();
    assert.is(await pool.result(cells[0]), null);
  } finally {
    await pool.close();
  }
});

test.run();
