/** Standing by changes nothing, and what is said of strategies that did nothing is so: their own run is the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SECOND } from '../clock/units.ts';
import type { LoadDescription } from '../description.ts';
import { runCell } from '../device.ts';
import { BUSY, cell, device } from '../load/testing.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { bystanders, Bystanders } from './bystanders.ts';
import { strategies } from './index.ts';

const FORK_FREE: LoadDescription = { ...BUSY, groups: BUSY.groups.slice(2), spawners: BUSY.spawners.slice(1) };
/** Requests fail on them. */
const LONG_PINS = [{ name: 'gup', perSecond: 20, pages: 10, holdNs: SECOND / 2, target: 'anon' as const }];
const LOADS: readonly LoadDescription[] = [
  BUSY,
  { ...BUSY, pins: LONG_PINS },
  FORK_FREE,
  { ...FORK_FREE, pins: LONG_PINS },
];
const SEEDS = [1, 2, 3];

test('its hooks leave the run as it is; a strategy that did nothing beside it makes the same one', () => {
  const seen = new Set<string>();
  for (const load of LOADS) {
    for (const seed of SEEDS) {
      const input = cell(device(load, { durationNs: 2 * SECOND }), { seed });
      const stock = runCell(input);
      const beside = new Bystanders();
      const same = runCell({ ...input, strategies: ['stock', beside.strategy.name] }, [beside.strategy]);
      assert.equal(same, stock);
      const idle = beside.idle();
      for (const { name } of bystanders) {
        seen.add(`${name} ${idle.includes(name) ? 'idle' : 'acting'}`);
        if (idle.includes(name)) assert.equal(runCell({ ...input, strategies: [name] }), stock, name);
      }
    }
  }
  const both = bystanders.flatMap(({ name }) => [`${name} idle`, `${name} acting`]);
  assert.equal([...seen].sort(), both.sort());
});

test('they are all strategies of one hook and nothing else', () => {
  const alone = ['afterFailure', 'takeAnonVma'];
  const { kernel } = new ScriptMachine({}, []);
  const mayStandBy = strategies.filter((strategy) => {
    const { name, group, about, origin, claims, costs, attach, ...more } = strategy;
    assert.ok([name, group, about, origin, costs].every((text) => text !== '') && claims.length >= 0);
    if (attach === undefined || Object.keys(more).length > 0) return false;
    const hooks = Object.keys(attach(kernel));
    return hooks.length === 1 && alone.includes(hooks[0]);
  });
  // The naive one miscounts references, which the kernel is told when it is attached.
  const expected = mayStandBy.map(({ name }) => name).filter((name) => name !== 'page-anon-vma-naive');
  assert.equal(bystanders.map(({ name }) => name).sort(), expected.sort());
});

test.run();
