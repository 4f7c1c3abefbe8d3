/** Plans: the order of their cells, identities, and what is refused before anything runs. */
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
    plan({ workloads: [load('zygote-launch', 'kernel=linux-6.1')] }),
    plan({ workloads: [load('zygote-launch', 'kernel=linux-6.1', 'ksm.max_page_sharing=64')] }),
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
  refused({ seeds: 0 }, /1 to 100000 seeds/);
  refused({ seeds: 1.5 }, /1 to 100000 seeds/);
  refused({ firstSeed: -1 }, /first seed/);
  refused({ auditEveryNs: Number.NaN }, /0 or more ns/);
});

test('a file of KSM that nobody reads is refused, with where to get it', () => {
  const refusal = (set: readonly string[], strategies: readonly string[]): string | null => {
    try {
      plan({ workloads: [load('fork-heavy'), load('zygote-launch', ...set)], strategies });
    } catch (error) {
      if (error instanceof UsageError) return `${error.message}; ${error.hint ?? ''}`;
      throw error;
    }
    return null;
  };
  const limit = 'ksm.max_page_sharing=64';
  assert.match(
    refusal([limit, 'kernel=linux-3.10.49'], ['root-search', 'stock'])!,
    // Among whatever other kernels have it.
    /^ksm\.max_page_sharing: linux-3\.10\.49 has no such file; it came with Linux 4\.13; add --strategy root-search\+max-page-sharing, .*take --set kernel=linux-6\.1, .*or leave the key out$/,
  );
  assert.is(refusal([limit], ['stock', 'root-search+max-page-sharing']), null, 'one of them reads it');
  assert.is(refusal([limit, 'kernel=linux-6.1'], ['stock']), null, 'the kernel reads it');
  for (const name of ['target_scan_time', 'min_pages_to_scan', 'max_pages_to_scan', 'max_cpu']) {
    const file = `ksm.advisor_${name}`;
    const text = refusal([`${file}=30`, limit, 'kernel=linux-6.1'], ['stock', 'smart-scan']);
    assert.is(
      text,
      `${file}: linux-6.1 has no such file; it came with Linux 6.8; add --strategy stock+scan-time-advisor, or leave the key out`,
    );
    assert.is(refusal([`${file}=30`], ['stock', 'scan-time-advisor']), null);
  }
});

test('a plug-in may read any file of KSM', () => {
  const plugin = { name: 'mine', hash: '', file: 'mine.ts', source: '' };
  const workloads = [load('zygote-launch', 'ksm.max_page_sharing=64')];
  assert.is(plan({ workloads, strategies: ['stock', 'mine'], plugins: [plugin] }).length, 2);
  assert.throws(() => plan({ workloads, plugins: [plugin] }), /no such file/);
});

test('canonical JSON has one spelling', () => {
  assert.is(canonicalJson({ b: [1, null, 'x'], a: { d: true, c: 0.1 } }), '{"a":{"c":0.1,"d":true},"b":[1,null,"x"]}');
  assert.is(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
  for (const value of [Number.NaN, Infinity, undefined, [undefined], () => 1]) {
    assert.throws(() => canonicalJson(value), TypeError);
  }
});

test.run();
