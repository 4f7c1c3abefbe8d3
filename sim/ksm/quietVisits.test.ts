/** Visits in one go leave behind what the machines do step by step, under every strategy. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCell } from '../device.ts';
import { startCell } from '../startCell.ts';
import { BUSY, cell, device } from '../load/testing.ts';
import { strategies } from '../strategies/index.ts';
import type { Strategy } from '../strategies/strategy.ts';

/** Passes no item over; but where one is asked for, no visit is made in one go. */
const stepByStep: Strategy = {
  name: 'step-by-step',
  group: 'ksm',
  about: '',
  origin: '',
  claims: [],
  costs: '',
  attach: () => ({ skipsItem: () => false }),
};

const input = (name: string, seed: number) => cell(device(BUSY), { strategies: [name], seed });
const slowly = (name: string, seed: number) => ({ ...input(name, seed), strategies: [name, stepByStep.name] });

for (const { name } of strategies) {
  test(`the same step by step: ${name}`, () => {
    assert.equal(runCell(input(name, 5)), runCell(slowly(name, 5), [stepByStep]));
  });
}

test('most visits are made in one go, and none where each step is to be seen', () => {
  const saved = (world: ReturnType<typeof startCell>): number => {
    world.scheduler.run(1e9);
    return world.kernel.ksmd.stepsSaved;
  };
  const world = startCell(input('stock', 5));
  assert.ok(saved(world) > 2 * world.kernel.ksmd.measures.pagesScanned);
  assert.is(saved(startCell(slowly('stock', 5), [stepByStep])), 0);
});

test.run();
