/** What each strategy changes, on the smallest script that shows the bug it is about. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interpreter } from '../litmus/interpreter.ts';
import type { LitmusAction } from '../litmus/types.ts';
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

function probe(script: readonly LitmusAction[], strategy: string, page: string): unknown {
  return run(script, strategy.split('+')).perform({ op: 'probe', page }, 0)['result'];
}

/** The strategies under which every mapping of the page is found; under all others some are not. */
function finders(script: readonly LitmusAction[], page: string): string[] {
  const results = strategies.map(({ name }) => ({ name, result: probe(script, name, page) }));
  for (const { name, result } of results) assert.ok(result === 'SWAP_SUCCESS' || result === 'SWAP_AGAIN', name);
  return results.filter(({ result }) => result === 'SWAP_SUCCESS').map(({ name }) => name);
}

// Q is no relative of P: the root of its item is its own, so that root-search does not find the child.
test('greater bug: only keeping the item finds the child', () => {
  assert.equal(finders(GREATER, 'xq'), ['keep-until-rescanned', 'keep-forever']);
});

test('lesser bug: the page anon_vma and the root search find the parent', () => {
  assert.equal(finders(LESSER, 'x'), ['page-anon-vma', 'root-search']);
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

test('hooks of several strategies act together; an unknown name is refused', () => {
  assert.is(probe(LESSER, 'page-anon-vma+root-search', 'x'), 'SWAP_SUCCESS');
  const costs = combineHooks([{ forked: () => 2 }, {}, { forked: () => 5 }]);
  assert.is(costs.forked?.(0, 1), 7);
  assert.is(costs.itemLeaves, undefined, 'what no strategy has stays absent');
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
