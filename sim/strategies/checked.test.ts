/** Every way in which a watched strategy can go wrong, on the smallest script that calls its hooks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from '../litmus/index.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusAction } from '../litmus/types.ts';
import { NONE } from '../memory/frames.ts';
import { checkedStrategy, HOOK_NAMES, StrategyError } from './checked.ts';
import { differenceInShape } from './deviceShape.ts';
import type { Strategy, StrategyHooks } from './strategy.ts';

/** P and Q share a KSM page; a child is forked, P writes, ksmd drops P's item, and the page is looked for. */
const ACTIONS: readonly LitmusAction[] = [
  ...['P', 'Q'].flatMap((p): LitmusAction[] => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'X', page: `x${p}`, cma: true },
  ]),
  { op: 'pass', count: 2 },
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'write', p: 'P', at: 16, data: 'Y' },
  { op: 'scan' },
  { op: 'migrate', page: 'xQ' },
];

function strategyOf(attach: NonNullable<Strategy['attach']>): Strategy {
  return { name: 'mine', group: 'ksm', about: 'a', origin: 'o', claims: [], costs: 'c', attach };
}

function run(strategy: Strategy): void {
  const config = { id: '', title: '', kind: '', config: {}, actions: ACTIONS, why: '' };
  runLitmus(config, { strategies: ['mine'], plugins: [checkedStrategy(strategy)], step: false });
}

/** The StrategyError that running it ends with. */
function failure(hooks: Record<string, unknown>): StrategyError {
  try {
    run(strategyOf(() => hooks));
  } catch (thrown) {
    if (thrown instanceof StrategyError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

test('what a hook throws is named after it, with the cause', () => {
  const cause = new TypeError('boom');
  const error = failure({
    forked: () => {
      throw cause;
    },
  });
  assert.is(error.hook, 'forked');
  assert.is(error.strategy, 'mine');
  assert.is(error.message, 'TypeError: boom');
  assert.is(error.cause, cause);
});

test('what is thrown may be anything', () => {
  const error = failure({
    forked: () => {
      // oxlint-disable-next-line typescript/only-throw-error -- a plug-in in JavaScript can
      throw 'boom';
    },
  });
  assert.is(error.message, "threw 'boom'");
});

test('a place that cannot be is not looked at', () => {
  for (const [mm, vpn] of [
    [-1, 16],
    [0, -16],
    [0.5, 16],
    [0, 1e9],
    [NaN, 16],
  ]) {
    const error = failure({ walkMore: (_walk: unknown, visit: (mm: number, vpn: number) => void) => visit(mm, vpn) });
    assert.is(error.message, `RangeError: visit(${mm}, ${vpn}): expected an mm and a virtual page number`);
  }
});

test('a hook that is undefined is none', () => {
  run(strategyOf(() => ({ forked: undefined }) as unknown as StrategyHooks));
});

const NONSENSE: readonly (readonly [string, unknown, RegExp])[] = [
  ['forked', NaN, /^returned NaN, expected a whole number of ns, 0 or more$/],
  ['forked', undefined, /^returned undefined/],
  ['forked', [], /^returned an array/],
  ['forked', {}, /^returned an object/],
  ['forked', Math.abs, /^returned a function/],
  ['passStarts', -1, /^returned -1, expected a whole number of ns/],
  ['itemLeaves', 0.5, /^returned 0.5/],
  ['itemLeaves', '7', /^returned '7'/],
  ['takeAnonVma', -1, /expected an anon_vma/],
  ['takeAnonVma', 2 ** 40, /expected an anon_vma/],
  ['walkMore', Promise.resolve(), /expected nothing: a hook cannot wait/],
];
for (const [hook, answer, message] of NONSENSE) {
  test(`nonsense is refused: ${hook} returns ${String(answer)}`, () => {
    const error = failure({ [hook]: () => answer });
    assert.is(error.hook, hook);
    assert.match(error.message, message);
  });
}

test('a number of pages is asked for as such', () => {
  const { kernel } = new ScriptMachine({}, []);
  const hooks = checkedStrategy(strategyOf(() => ({ pagesToScan: () => -1 }))).attach!(kernel);
  assert.throws(() => hooks.pagesToScan!(100), /^returned -1, expected a whole number of pages, 0 or more$/);
});

test('an mm that is in no list, enters it or leaves it is no place in it', () => {
  const { kernel } = new ScriptMachine({}, []);
  const { slots } = kernel;
  for (const mm of [0, 1]) slots.enter(mm, false);
  let answer: unknown = NONE;
  const place = () => answer as number;
  const { mmEnters, nextMm } = checkedStrategy(strategyOf(() => ({ mmEnters: place, nextMm: place }))).attach!(kernel);
  for (answer of [0, slots.head]) assert.equal([mmEnters!(1), nextMm!(1, true)], [answer, answer]);
  for (answer of [NONE, 2, slots.head + 1, 0.5, '0']) {
    assert.throws(() => mmEnters!(1), 'expected another mm that has a slot, or the list head');
    assert.throws(() => nextMm!(1, false), 'expected an mm that has a slot and keeps it, or the list head');
  }
  answer = 1;
  assert.throws(() => mmEnters!(1), 'expected another mm');
  assert.is(nextMm!(1, false), 1);
  assert.throws(() => nextMm!(1, true), 'and keeps it');
});

test('attach has to return hooks, known ones, which are functions', () => {
  assert.match(failure({ forkd: () => 0 }).message, 'unknown hook forkd; there are takeAnonVma');
  assert.match(failure({ forked: 3 }).message, 'returned 3 as forked, expected a function');
  assert.throws(() => run(strategyOf(() => 7 as unknown as StrategyHooks)), 'returned 7, expected an object of hooks');
});

test('a strategy cannot see what only the auditor knows', () => {
  assert.throws(
    () => run(strategyOf((kernel) => ({ forked: () => (kernel as unknown as { ledger: object }).ledger as never }))),
    'kernel.ledger is not there',
  );
});

test('a sound strategy runs, its hooks called as its own methods', () => {
  const calls: string[] = [];
  const hooks = {
    extra: undefined,
    forked(this: unknown) {
      assert.is(this, hooks);
      calls.push('forked');
      return 0;
    },
  };
  delete (hooks as Record<string, unknown>)['extra'];
  run(strategyOf(() => hooks));
  assert.equal(calls, ['forked']);
  assert.ok(HOOK_NAMES.includes('forked'));
});

test('a device keeps its shape and sound numbers', () => {
  const given = { hz: 100, memory: { frames: 5 }, load: { groups: [{ name: 'a', parent: null }] }, name: 'd' };
  assert.is(differenceInShape(given, structuredClone(given)), null);
  assert.is(differenceInShape(given, { ...given, load: { groups: [] } }), null);
  assert.is(differenceInShape(given, undefined), 'undefined for the device, expected an object');
  assert.is(differenceInShape(given, { ...given, hz: NaN }), 'NaN for hz');
  assert.is(differenceInShape(given, { ...given, memory: {} }), 'undefined for memory.frames, expected a number');
  assert.is(differenceInShape(given, { ...given, load: { groups: [{ count: NaN }] } }), 'NaN for load.groups[0].count');
  assert.is(differenceInShape(given, { ...given, load: { groups: 1 } }), 'a number for load.groups, expected an array');
});

test.run();
