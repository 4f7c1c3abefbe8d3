/** Runs of checks that break down or are stopped: nothing is judged then. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../plan/types.ts';
import type { Check } from './check.ts';
import { execute } from './execute.ts';

/** A check of one cell that no worker can run: it has no description. */
const BROKEN: Check = {
  id: 'broken',
  claim: '',
  rule: '',
  needs: () => ({
    cells: new Map([['stock', [{ id: 'a', input: { description: null } } as unknown as Cell]]]),
    scripts: [],
  }),
  judge: () => ({ failed: [], figures: [] }),
};

function run(signal: AbortSignal): ReturnType<typeof execute> {
  const progress = () => ({ step: () => undefined, stop: () => undefined });
  return execute([BROKEN], { mode: 'quick', threads: 1, signal, progress });
}

test('a run that breaks down leaves nothing to judge', async () => {
  const outcome = await run(new AbortController().signal);
  assert.is(outcome.kind, 'broken');
  if (outcome.kind === 'broken') assert.is(outcome.errors[0].name, 'TypeError');
});

test('stopped before the end: interrupted', async () => {
  assert.is((await run(AbortSignal.abort())).kind, 'interrupted');
});

test.run();
