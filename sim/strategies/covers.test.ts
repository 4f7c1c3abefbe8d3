/** Covering items: for how many passes they stay. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interpreter } from '../litmus/interpreter.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusAction } from '../litmus/types.ts';
import { Covers } from './covers.ts';
import { stock } from './stock.ts';
import type { Strategy } from './strategy.ts';

/** Leaves a cover for so many passes. */
const keeping = (passes: number): Strategy => ({
  ...stock,
  name: 'keeping',
  keepsItems: true,
  attach: (kernel) => {
    const covers = new Covers(kernel, () => false);
    return {
      itemLeaves: (item, seqnr) => {
        covers.leave(item, seqnr + passes);
        return 0;
      },
      coverGone: (item) => {
        covers.forget(item);
      },
      passStarts: (seqnr) => covers.release(seqnr),
    };
  },
});

/** P and Q share a page; P writes its own copy, and ksmd drops its rmap_item in the next pass. */
const SCENE: LitmusAction[] = [
  ...['P', 'Q'].flatMap((p): LitmusAction[] => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'X' },
  ]),
  { op: 'pass', count: 2 },
  { op: 'write', p: 'P', at: 16, data: 'Y' },
  { op: 'pass' },
];

function scene(passes: number): { keptAfter: (action: LitmusAction) => number } {
  const test_ = { id: '', title: '', kind: '', config: {}, actions: SCENE, why: '' };
  const interpreter = new Interpreter(test_, new ScriptMachine({}, [keeping(passes)]));
  SCENE.forEach((action, step) => interpreter.perform(action, step));
  return {
    keptAfter: (action) => {
      interpreter.perform(action, 0);
      return interpreter.kernel.objects.keptItems;
    },
  };
}

test('a cover stays for the passes it was left for, be they many', () => {
  for (const passes of [2, 5]) {
    const { keptAfter } = scene(passes);
    const kept = Array.from({ length: 6 }, () => keptAfter({ op: 'pass' }));
    assert.equal(
      kept,
      Array.from({ length: 6 }, (_, pass) => (pass + 2 <= passes ? 1 : 0)),
      `${passes} passes`,
    );
  }
});

test.run();
