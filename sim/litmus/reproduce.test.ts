/**
 * Scripts that reproduce a failure: they fail for the cause, run by themselves, and hold nothing that is not needed.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cause } from '../observations.ts';
import { runLitmus } from './interpreter.ts';
import { DIRECT_CAUSES, lastResult, neverLoses, reproduce, reproduceDirect } from './reproduce.ts';
import type { LitmusAction, LitmusTest } from './types.ts';

const STOCK = { strategies: ['stock'], plugins: [] };
const EBUSY = -16;
const EAGAIN = -11;

const page = (p: string, label: string): LitmusAction[] => [
  { op: 'proc', p },
  { op: 'mmap', p, start: 16, n: 1 },
  { op: 'write', p, at: 16, data: 'same', page: label, cma: true },
];
const bystander: LitmusAction[] = [
  { op: 'proc', p: 'Z' },
  { op: 'mmap', p: 'Z', start: 16, n: 1 },
  { op: 'write', p: 'Z', at: 16, data: 'else' },
];
const family = [...page('P', 'shared'), { op: 'fork', parent: 'P', child: 'C' }];
const partner = page('Q', 'other');

/** What to put beside ksmd so that a mapping is lost for the cause. */
const SCENES: Partial<Record<Cause, NonNullable<LitmusTest['threads']>>> = {
  B1: { user: [...bystander, ...family, { op: 'exit', p: 'P' }], partner },
  B2: { user: [...bystander, ...family], partner },
  B3: { user: [...partner, ...page('P', 'shared'), ...page('R', 'third')] },
  B3null: { user: [...partner, ...page('P', 'shared')] },
  B4: { user: [...partner, ...page('P', 'shared')], migrator: [{ op: 'migrate', page: 'shared' }] },
  B6: {
    user: [...partner, ...family],
    io: [
      { op: 'lock', page: 'other' },
      { op: 'unlock', page: 'other' },
    ],
  },
};

function sceneOf(threads: NonNullable<LitmusTest['threads']>): LitmusTest {
  const all = { ...threads, ksmd: [{ op: 'ksmd' }] };
  return { id: 'scene', title: '', kind: 'core', config: {}, actions: [], threads: all, why: '' };
}

for (const [name, threads] of Object.entries(SCENES)) {
  const cause = name as Cause;
  test(`${cause}: the script runs by itself and its allocation fails; no write, fork or exit can be left out`, () => {
    const made = reproduce([sceneOf(threads)], cause, STOCK);
    assert.ok(made !== null);
    const { actions } = made.test;
    assert.equal(runLitmus(made.test, { strategies: ['stock'], step: false }).mismatches, []);
    assert.is((actions.at(-1)!['expect'] as { rc: number }).rc, EBUSY);
    assert.not.ok(
      actions.some(({ p }) => p === 'Z'),
      'a bystander is not needed',
    );
    const steps = actions.filter(({ op }) => op !== 'check' && op !== 'probe');
    steps.forEach((action, i) => {
      // Without one of the others the allocation may fail for another cause.
      if (!['write', 'fork', 'exit'].includes(action.op)) return;
      const without = lastResult({ ...made.test, actions: steps.filter((_, index) => index !== i) }, STOCK);
      assert.is.not(without, EBUSY, `${JSON.stringify(action)} is not needed`);
    });
  });
}

for (const cause of DIRECT_CAUSES) {
  for (const isKsm of [false, true]) {
    test(`${cause} of ${isKsm ? 'a KSM page' : 'an anonymous page'}: the last action fails`, () => {
      const made = reproduceDirect(cause, isKsm, {}, STOCK);
      assert.ok(made !== null);
      assert.equal(runLitmus(made, { strategies: ['stock'], step: false }).mismatches, []);
      const rc = (made.actions.at(-1)!['expect'] as { rc: number }).rc;
      assert.ok(rc === EBUSY || rc === EAGAIN, String(rc));
    });
  }
}

test('a fix finds the page in every order, a lucky order is told apart', () => {
  const made = reproduce([sceneOf(SCENES.B1!)], 'B1', STOCK)!;
  const under = (strategy: string) => ({ strategies: [strategy], plugins: [] });
  assert.is(lastResult(made.test, STOCK), EBUSY);
  assert.is(lastResult(made.test, under('keep-until-rescanned')), 0);
  assert.ok(neverLoses(made.scene, 'B1', under('keep-until-rescanned')));
  assert.is(lastResult(made.test, under('page-anon-vma')), EBUSY);
  assert.not.ok(neverLoses(made.scene, 'B1', STOCK));
});

test('under a fix that removes the cause nothing is found', () => {
  assert.is(reproduce([sceneOf(SCENES.B1!)], 'B1', { strategies: ['keep-forever'], plugins: [] }), null);
  assert.is(reproduce([sceneOf(SCENES.B2!)], 'B2', { strategies: ['page-anon-vma'], plugins: [] }), null);
});

test('a cause that no interleaving can have gives nothing', () => {
  assert.is(reproduce([sceneOf(SCENES.B1!)], 'pin', STOCK), null);
  assert.is(reproduce([sceneOf({ user: page('P', 'shared') })], 'B1', STOCK), null);
  assert.is(reproduceDirect('writeback', false, {}, STOCK), null);
});

test.run();
