/** What each strategy changes, on the smallest script that shows the bug it is about. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernel } from '../kernel.ts';
import { Interpreter } from '../litmus/interpreter.ts';
import { snapshot } from '../litmus/snapshot.ts';
import type { LitmusAction } from '../litmus/types.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { combineHooks } from './combine.ts';
import { findStrategy, strategies, strategiesNamed } from './index.ts';

const process = (p: string, n = 1): LitmusAction[] => [
  { op: 'proc', p },
  { op: 'mmap', p, start: 16, n },
];
const write = (p: string, data: string, page?: string): LitmusAction => ({
  op: 'write',
  p,
  at: 16,
  data,
  cma: true,
  ...(page === undefined ? {} : { page }),
});

/** P and Q share KSM page xq; P forks C, writes its own copy, and ksmd drops P's rmap_item. */
const GREATER: LitmusAction[] = [
  ...process('P'),
  write('P', 'X'),
  ...process('Q'),
  write('Q', 'X', 'xq'),
  { op: 'pass', count: 2 },
  { op: 'fork', parent: 'P', child: 'C' },
  write('P', 'Y'),
  { op: 'scan' },
];

/** Page x of P and its child C is upgraded in place through C. */
const LESSER: LitmusAction[] = [
  ...process('Q'),
  write('Q', 'W'),
  ...process('P', 2),
  write('P', 'X', 'x'),
  { op: 'write', p: 'P', at: 17, data: 'Z' },
  { op: 'scan', count: 2 },
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'pass', count: 2 },
  write('Q', 'X'),
  { op: 'pass' },
  { op: 'scan', count: 2 },
];

function run(script: readonly LitmusAction[], names: readonly string[]): Interpreter {
  const test_ = { id: '', title: '', kind: '', config: {}, actions: script, why: '' };
  const interpreter = new Interpreter(test_, names);
  script.forEach((action, step) => interpreter.perform(action, step));
  return interpreter;
}

/** What the reverse walk of the page that C maps comes to. */
function probe(script: readonly LitmusAction[], strategy: string): unknown {
  const interpreter = run(script, strategy.split('+'));
  return interpreter.perform({ op: 'probe', page: pageOf(interpreter, 'C') }, 0)['result'];
}

/** Label of the page that the process maps at 16. */
function pageOf({ kernel, names }: Interpreter, process: string): string {
  return names.label(kernel.tables.get(names.process(process), 16) >> PTE_SHIFT);
}

/** Strategies under which the reverse walk finds every mapping of C's page; under all others some are left. */
function thatFind(script: readonly LitmusAction[]): string[] {
  const results = strategies.map(({ name }) => ({ name, result: probe(script, name) }));
  for (const { name, result } of results) assert.ok(result === 'SWAP_SUCCESS' || result === 'SWAP_AGAIN', name);
  return results.filter(({ result }) => result === 'SWAP_SUCCESS').map(({ name }) => name);
}

test('greater bug: the item kept, inherited or made at fork, or every mm searched, finds the child', () => {
  // Not root-search: Q is no relative of P, its item's root is its own.
  assert.equal(thatFind(GREATER), [
    'targeted-rescan',
    'keep-until-rescanned',
    'keep-forever',
    'heir-items',
    'eager-fork-items',
    // The one item scanned since is the child's.
    'fork-front',
    'defer-new-mm',
  ]);
});

test('lesser bug: the page anon_vma, a wider search, or no upgrade in place, finds the parent', () => {
  assert.equal(thatFind(LESSER), [
    'page-anon-vma',
    'page-anon-vma-naive',
    'root-search',
    'targeted-rescan',
    'heir-items',
    'ksm-outside-cma',
    // It has scanned the new mms a second time in the pass, so that it merges earlier and not through the child.
    'defer-new-mm',
  ]);
});

test('keep-until-rescanned releases its items after a full round, keep-forever with the page', () => {
  const bounded = run(GREATER, ['keep-until-rescanned']);
  assert.is(bounded.kernel.objects.keptItems, 1);
  bounded.perform({ op: 'pass', count: 3 }, 0);
  assert.is(bounded.kernel.objects.keptItems, 0);
  assert.is(bounded.perform({ op: 'probe', page: 'xq' }, 0)['result'], 'SWAP_SUCCESS', 'C has its own item by then');

  const leaking = run(GREATER, ['keep-forever']);
  leaking.perform({ op: 'pass', count: 10 }, 0);
  assert.is(leaking.kernel.objects.keptItems, 1);
  for (const p of ['Q', 'C']) leaking.perform({ op: 'exit', p }, 0);
  leaking.perform({ op: 'pass', count: 1 }, 0);
  leaking.perform(write('P', 'X'), 0);
  leaking.perform({ op: 'pass', count: 2 }, 0);
  assert.is(leaking.kernel.objects.keptItems, 0, 'gone with the stale node');
});

test('heir-items: the child gets the item of its parent, and no cover is left', () => {
  const { kernel, names } = run(GREATER, ['heir-items']);
  const { objects, slots } = kernel;
  const child = names.process('C');
  const item = slots.rmapList[child];
  assert.equal([objects.keptItems, objects.itemMm[item], objects.itemAddress[item]], [0, child, 16]);
  assert.is(objects.itemNext[item], -1);
});

test('heir-items: a relative that ksmd never visits is reached through a cover, which goes with it', () => {
  const stranger: LitmusAction = { op: 'madvise', p: 'C', start: 16, n: 1, advice: 'UNMERGEABLE' };
  const script: LitmusAction[] = [
    ...process('Q'),
    write('Q', 'X'),
    ...process('P'),
    write('P', 'X'),
    { op: 'fork', parent: 'P', child: 'C' },
    stranger,
    { op: 'drain' },
    { op: 'pass', count: 3 },
    write('P', 'Y'),
    { op: 'pass', count: 4 },
  ];
  const interpreter = run(script, ['heir-items']);
  const { kernel } = interpreter;
  const page = pageOf(interpreter, 'C');
  const kept = kernel.objects.keptItems;
  assert.is(interpreter.perform({ op: 'probe', page }, 0)['result'], 'SWAP_SUCCESS');
  interpreter.perform(write('C', 'Z'), 0);
  interpreter.perform({ op: 'pass', count: 3 }, 0);
  assert.equal([kept, kernel.objects.keptItems], [1, 0]);
});

test('a relative that moved the page by mremap before the upgrade is found by nobody: heir-items does not upgrade', () => {
  const script: LitmusAction[] = [
    ...process('P'),
    write('P', 'A'),
    ...process('Q'),
    write('Q', 'D'),
    { op: 'scan', count: 2 },
    { op: 'fork', parent: 'Q', child: 'C' },
    { op: 'pass' },
    write('P', 'D'),
    { op: 'pass' },
    { op: 'mremap', p: 'Q', from: 16, n: 1, to: 40 },
    { op: 'scan', count: 2 },
  ];
  const lost = (strategy: string): unknown[] => {
    const { ledger } = run(script, [strategy]).kernel;
    ledger.settle();
    return [...ledger.gaps.values()].map(({ cause, vpn }) => `${cause} at ${vpn}`);
  };
  for (const name of ['stock', 'page-anon-vma', 'root-search', 'targeted-rescan'])
    assert.equal(lost(name), ['B2 at 40'], name);
  assert.equal(lost('heir-items'), []);
});

test('page-anon-vma-naive: the anon_vma of the page is freed while the item refers to it', () => {
  const interpreter = run(
    [...LESSER, { op: 'exit', p: 'P' }, { op: 'exit', p: 'C' }, { op: 'pass' }],
    ['page-anon-vma-naive'],
  );
  const { bugs } = interpreter.kernel.vmas.anonVmas;
  assert.ok(bugs.usedAfterFree + bugs.doubleFree > 0, JSON.stringify(bugs));
  assert.ok(bugs.leaked > 0, JSON.stringify(bugs));
  assert.equal(run(LESSER, ['page-anon-vma']).kernel.vmas.anonVmas.bugs, {
    usedAfterFree: 0,
    doubleFree: 0,
    leaked: 0,
  });
});

/** Page x of P and its child is upgraded, and the page to merge into it is locked by somebody. */
const HALF_WAY: LitmusAction[] = [
  ...process('Q'),
  write('Q', 'X', 'q'),
  ...process('P'),
  write('P', 'X', 'x'),
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'drain' },
  { op: 'pass' },
  { op: 'lock', page: 'q' },
  { op: 'pass' },
  { op: 'unlock', page: 'q' },
];

test('null-repair and heir-items leave no KSM page without a stable_node, stock does', () => {
  const kindOfX = (strategy: string): unknown => {
    const { kernel, names } = run(HALF_WAY, [strategy]);
    return (snapshot(kernel, names).pages['x'] as { kind: string }).kind;
  };
  assert.equal(['stock', 'null-repair', 'heir-items'].map(kindOfX), ['ksm-null', 'ksm', 'ksm']);
});

test('fork-front: the child is next, not last', () => {
  const script: LitmusAction[] = [
    ...process('P'),
    write('P', 'X'),
    ...process('Q'),
    write('Q', 'X'),
    ...process('R'),
    write('R', 'Z'),
    { op: 'pass', count: 2 },
    { op: 'scan' },
    { op: 'fork', parent: 'P', child: 'C' },
  ];
  const order = (strategy: string): unknown => {
    const { kernel, names } = run(script, [strategy]);
    return snapshot(kernel, names).mm_slots;
  };
  assert.equal(order('stock'), ['C', 'P', 'Q', 'R']);
  assert.equal(order('fork-front'), ['P', 'C', 'Q', 'R']);
});

test('ksm-outside-cma: two pages in the area are merged into a new one outside', () => {
  const script = [...process('P'), write('P', 'X'), ...process('Q'), write('Q', 'X'), { op: 'pass', count: 2 }];
  const isInside = (strategy: string): boolean => {
    const { kernel, names } = run(script, [strategy]);
    const page = kernel.tables.get(names.process('P'), 16) >> PTE_SHIFT;
    assert.is(kernel.frames.mapcount[page], 2);
    return kernel.userPages.isCma(page);
  };
  assert.equal(['stock', 'ksm-outside-cma'].map(isInside), [true, false]);
});

test('wait-full-scan: until two passes are over, 2 s have gone by or ksmd was stopped; then ksmd hurries no more', () => {
  const ends: [name: string, then: 'try' | null, end: (kernel: Kernel) => void, now: number][] = [
    ['scanned', 'try', ({ cursor }) => (cursor.seqnr += 2), 0],
    ['out of patience', 'try', () => undefined, 2e9],
    ['stopped', null, ({ ksmd }) => (ksmd.run = 0), 0],
  ];
  for (const [name, then, end, now] of ends) {
    const { kernel } = run([], ['wait-full-scan']);
    const { hooks, ksmd } = kernel;
    const request = { began: 0, now: 0, rounds: 0, errno: -16, blockers: [], cpu: 0, who: 5, asked: 0 };
    assert.is(hooks.afterFailure!(request)?.then, 'ask', name);
    assert.is(hooks.afterFailure!({ ...request, now: 1e9, asked: 1 })?.then, 'ask', name);
    assert.is(ksmd.hurryUntil, 2, name);
    end(kernel);
    assert.is(hooks.afterFailure!({ ...request, now, asked: 2 })?.then ?? null, then, name);
    assert.is(ksmd.hurryUntil, 0, name);
  }
});

test('max-page-sharing reaches scripted tests, with its chains', () => {
  assert.is(run([], ['stock']).kernel.stable.chains, null);
  assert.is(run([], ['max-page-sharing']).kernel.stable.chains?.limit, 256);
});

test('hooks of several strategies act together; an unknown name is refused', () => {
  assert.is(probe(LESSER, 'page-anon-vma+root-search'), 'SWAP_SUCCESS');
  const costs = combineHooks([{ forked: () => 2 }, {}, { forked: () => 5 }]);
  assert.is(costs.forked?.(0, 1), 7);
  assert.is(costs.itemLeaves, undefined, 'what no strategy has stays absent');
  const [off, on] = [{ sleepsDeferrably: false }, { sleepsDeferrably: true }];
  assert.is(combineHooks([off, off]).sleepsDeferrably, undefined, 'a switch that all leave off');
  assert.is(combineHooks([off, on]).sleepsDeferrably, true);
  const remedy = { cpuNs: 0, sleepNs: 1, then: 'try' } as const;
  const request = { began: 0, now: 0, rounds: 0, errno: -16, blockers: [], cpu: 0, who: 0, asked: 0 };
  assert.is(
    combineHooks([{ afterFailure: () => null }, { afterFailure: () => remedy }]).afterFailure?.(request),
    remedy,
  );
  assert.throws(() => strategiesNamed(['nonsense']), /unknown strategy nonsense/);
  assert.is(findStrategy('nonsense'), null);
});

test.run();
