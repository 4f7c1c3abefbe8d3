/** Cells that are not run have, to the last byte, the results that they would have had. */
import * as assert from 'uvu/assert';
import { loadWorkload, planCells } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { AlikeCells } from './alike.ts';
import { localEngine } from './pool.ts';
import runInWorker from './worker.ts';
import type { DoneReply, WorkerReply } from './worker.ts';

const test = suiteInScratch('alike');

function cellsOf(file: string, strategies: readonly string[], seeds: number): Cell[] {
  const workload = loadWorkload(file, { set: [], durationNs: 200e6, quick: false });
  return planCells({ workloads: [workload], strategies, seeds, firstSeed: 1, auditEveryNs: 0 });
}

test('those of a strategy with nothing to do are not run, and have the record of a run', async ({ dir }) => {
  const cells = cellsOf(writeTinyWorkload(dir), ['stock', 'retry-100ms', 'keep-forever'], 3);
  const engine = localEngine(1);
  const replies = new Map<string, WorkerReply>();
  await engine.run(cells, {
    signal: new AbortController().signal,
    onCell: (cell, reply) => {
      replies.set(cell.id, reply);
      return Promise.resolve();
    },
  });
  assert.is(engine.alike(), 3);
  for (const cell of cells) {
    const reply = replies.get(cell.id) as DoneReply;
    assert.is(JSON.stringify(reply.record), JSON.stringify((runInWorker(cell) as DoneReply).record));
    assert.is(reply.wallSeconds < 1e-3, cell.strategy === 'retry-100ms');
    assert.not('alike' in reply, 'what is said of others is not handed on');
  }
});

test('nothing is known of another workload, another seed, a strategy that acts, or a combination', ({ dir }) => {
  const file = writeTinyWorkload(dir);
  const [stock] = cellsOf(file, ['stock'], 1);
  const others = cellsOf(file, ['retry-100ms', 'retry-until', 'root-search+retry-100ms'], 2).map((cell) => ({
    ...cell,
    input: { ...cell.input, description: stock.input.description },
  }));
  const [known, later, acting, , combined] = others;
  const cells = new AlikeCells();
  const reply = runInWorker(stock) as DoneReply;
  assert.ok(reply.alike?.includes('retry-100ms'));
  cells.keep(stock, { ...reply, alike: ['retry-100ms'] });
  assert.is(cells.find(known)?.ok, true);
  for (const cell of [
    later,
    acting,
    combined,
    { ...known, input: { ...known.input, description: { ...known.input.description } } },
  ])
    assert.is(cells.find(cell), null, cell.strategy);
  assert.is(cells.find({ ...known, input: { ...known.input, auditEveryNs: 1e9 } }), null);
  assert.is(cells.found, 1);
});

test('of many seeds the last ones are kept', ({ dir }) => {
  const [stock] = cellsOf(writeTinyWorkload(dir), ['stock'], 1);
  const reply = { ...(runInWorker(stock) as DoneReply), alike: ['retry-100ms'] };
  const cells = new AlikeCells();
  const ofSeed = (seed: number): Cell => ({ ...stock, strategy: 'retry-100ms', input: { ...stock.input, seed } });
  for (let seed = 1; seed <= 250; seed++) cells.keep(ofSeed(seed), reply);
  const found = Array.from({ length: 250 }, (_, index) => cells.find(ofSeed(index + 1)) !== null);
  assert.equal(found, [...Array<boolean>(50).fill(false), ...Array<boolean>(200).fill(true)]);
});

test.run();
