import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { canonicalJson } from './canonicalJson.ts';
import { planCells, type PlanOptions } from './cells.ts';
import { loadWorkload } from './resolve.ts';
import { AS_IS } from './testing.ts';

const load = (name: string, ...set: string[]) => loadWorkload(name, { ...AS_IS, set });

function plan(changes: Partial<PlanOptions> = {}) {
  const workloads = [load('zygote-launch')];
  return planCells({ workloads, strategies: ['stock'], seeds: 1, firstSeed: 1, auditEveryNs: 0, ...changes });
}

test('cells come in the order workload, strategy, seed', () => {
  const cells = plan({
    workloads: [load('fork-heavy'), load('fork-free')],
    strategies: ['stock', 'page-anon-vma+root-search'],
    seeds: 2,
    firstSeed: 7,
  });
  assert.equal(
    cells.map((cell) => `${cell.workload} ${cell.strategy} ${cell.seed}`),
    [
      'fork-heavy stock 7',
      'fork-heavy stock 8',
      'fork-heavy page-anon-vma+root-search 7',
      'fork-heavy page-anon-vma+root-search 8',
      'fork-free stock 7',
      'fork-free stock 8',
      'fork-free page-anon-vma+root-search 7',
      'fork-free page-anon-vma+root-search 8',
    ],
  );
  assert.equal(cells[2].input.strategies, ['page-anon-vma', 'root-search']);
  assert.is(new Set(cells.map((cell) => cell.id)).size, 8);
});

test('without seeds the workload decides', () => {
  assert.equal(
    plan({ seeds: null }).map((cell) => cell.seed),
    [1, 2, 3, 4, 5],
  );
});

test('an id is 16 hex digits, the same each time', () => {
  const [cell] = plan();
  assert.match(cell.id, /^[0-9a-f]{16}$/);
  assert.is(plan()[0].id, cell.id);
});

test('an id changes with everything that determines the result', () => {
  const ids = [
    plan(),
    plan({ firstSeed: 2 }),
    plan({ strategies: ['root-search'] }),
    plan({ auditEveryNs: 1e9 }),
    plan({ workloads: [load('zygote-launch', 'ksm.sleep_millisecs=21')] }),
    plan({ workloads: [load('zygote-launch', 'kernel=linux-3.10.49')] }),
    plan({ workloads: [load('zygote-launch', 'costs=testbed')] }),
    plan({ workloads: [load('zygote-launch', 'groups.app.regions.stack.populated=31 %')] }),
    plan({ workloads: [load('zygote-launch', 'duration=119 s')] }),
  ].map((cells) => cells[0].id);
  assert.is(new Set(ids).size, ids.length);
});

test('an id does not change with how a value is written', () => {
  const id = plan({ workloads: [load('zygote-launch', 'duration=1 min')] })[0].id;
  assert.is(id, plan()[0].id);
});

test('bad plans are refused', () => {
  const refused = (changes: Partial<PlanOptions>, message: RegExp): void => {
    assert.throws(
      () => plan(changes),
      (error: unknown) => error instanceof UsageError && message.test(error.message),
    );
  };
  refused({ strategies: ['rot-search'] }, /unknown strategy `rot-search`; did you mean `root-search`\?/);
  refused({ strategies: ['stock+'] }, /unknown strategy ``/);
  refused({ strategies: ['stock+stock'] }, /given twice/);
  refused({ strategies: ['stock', 'stock'] }, /planned twice/);
  refused({ strategies: [] }, /no strategy/);
  refused({ seeds: 0 }, /1 to 1000 seeds/);
  refused({ seeds: 1.5 }, /1 to 1000 seeds/);
  refused({ firstSeed: -1 }, /first seed/);
  refused({ auditEveryNs: Number.NaN }, /0 or more ns/);
});

test('canonical JSON has one spelling', () => {
  assert.is(canonicalJson({ b: [1, null, 'x'], a: { d: true, c: 0.1 } }), '{"a":{"c":0.1,"d":true},"b":[1,null,"x"]}');
  assert.is(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
  for (const value of [Number.NaN, Infinity, undefined, [undefined], () => 1]) {
    assert.throws(() => canonicalJson(value), TypeError);
  }
});

test.run();
