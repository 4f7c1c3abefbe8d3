/** What is told of pages in the way of which little is known: pages that nobody tried, processes that nobody named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { World } from '../load/world.ts';
import { Interpreter } from '../litmus/interpreter.ts';
import type { LitmusAction } from '../litmus/types.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { Lives } from '../watch/lives.ts';
import { PageIds } from '../watch/pageIds.ts';
import { blockersOf, type Known } from './blockers.ts';

/** P and Q share a page, C has it from P by fork; P writes, and the item that ksmd removes stays as a cover. */
const ACTIONS: readonly LitmusAction[] = [
  ...['P', 'Q'].flatMap((p) => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'A', page: p },
  ]),
  { op: 'pass', count: 2 },
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'write', p: 'P', at: 16, data: 'B', page: 'own' },
  { op: 'scan_until', p: 'P', at: 16 },
];

/** Of a kernel of a script, in which no process of a load lives. */
function known(): { known: Known; pages: { readonly ksm: number; readonly own: number } } {
  const interpreter = new Interpreter({ id: '', title: '', kind: '', config: {}, actions: ACTIONS, why: '' }, [
    'keep-forever',
  ]);
  for (const [step, action] of ACTIONS.entries()) interpreter.perform(action, step);
  const { kernel, names } = interpreter;
  const ids = new PageIds();
  const world = { kernel } as unknown as World;
  ids.attach(world, () => undefined);
  return {
    known: { world, lives: new Lives(), ids, failures: new Map(), pins: [] },
    pages: { ksm: names.page('Q'), own: names.page('own') },
  };
}

test('a page that nobody tried to migrate has no failures, and stands behind one that did', () => {
  const { known: all, pages } = known();
  const tried = { ...all, failures: new Map([[pages.own, { calls: 2, firstAt: 5, lastAt: 7 }]]) };
  const [first, second] = blockersOf(tried, [pages.ksm, pages.own]);
  assert.equal([first.pfn, first.calls, first.firstAt, first.lastAt], [pages.own, 2, 5, 7]);
  assert.equal([second.pfn, second.calls, second.firstAt, second.lastAt], [pages.ksm, 0, null, null]);
});

test('a cover belongs to nobody, and a process of no load goes by the number of its mm', () => {
  const { known: all, pages } = known();
  const [{ items, mappings, kind }] = blockersOf(all, [pages.ksm]);
  assert.is(kind, 'ksm');
  assert.ok(items.some(({ process }) => process === null));
  assert.ok(items.some(({ process }) => process !== null));
  assert.equal(
    mappings.map(({ process, family, bornAt }) => [process.pid, process.name, family, bornAt]),
    [1, 2].map((mm) => [0, `mm ${mm}`, 0, 0]),
  );
});

test('a frame that is nothing of these is another one', () => {
  const { known: all, pages } = known();
  all.world.kernel.frames.kind[pages.own] = KIND.contiguous;
  assert.is(blockersOf(all, [pages.own])[0].kind, 'other');
});

test('pages that nobody tried stand in the order of their frames', () => {
  const { known: all, pages } = known();
  const [first, second] = blockersOf(
    all,
    [pages.ksm, pages.own].sort((a, b) => b - a),
  );
  assert.ok(first.pfn < second.pfn);
});

test('a KSM page without a stable_node has no rmap_items', () => {
  const { known: all, pages } = known();
  all.world.kernel.frames.mapping[pages.ksm] = NONE;
  const [{ items, mappings }] = blockersOf(all, [pages.ksm]);
  assert.equal(items, []);
  assert.ok(mappings.every(({ hasItem }) => !hasItem));
});

test.run();
