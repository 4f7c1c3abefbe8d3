/** Busy devices, audited twenty times a second: every invariant holds under every strategy, kernel and pace of ksmd. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeviceDescription } from './description.ts';
import { runCell } from './device.ts';
import { CHANGED_BY_6_1 } from './kernelProfiles.ts';
import { auditWorld } from './load/audit.ts';
import { buildWorld } from './load/build.ts';
import { BUSY, cell, device, group, IDLE, MAINLINE, region } from './load/testing.ts';
import { KIND } from './memory/frames.ts';
import { startCell } from './startCell.ts';
import { strategies } from './strategies/index.ts';
import { InvariantError } from './truth/invariants.ts';

const SECOND = 1e9;
/** What they are for is that little or nothing in the area has to move. */
const KEEP_AREA_EMPTY = ['cma-last', 'page-cache-only', 'guaranteed-cma', 'bigger-area'];

for (const { name, claims } of strategies) {
  test(`a busy device keeps every invariant: ${name}`, () => {
    for (const seed of [1, 2]) {
      const seen = runCell(cell(device(BUSY), { strategies: [name], seed, auditEveryNs: SECOND / 20 }));
      assert.ok(seen.attempts.length > 20);
      const migrates = !KEEP_AREA_EMPTY.includes(name);
      assert.ok(!migrates || seen.migration.pages > 100, `${seen.migration.pages} pages migrated`);
      assert.ok(seen.attempts.some(({ errno }) => errno === 0));
      assert.ok(seen.counts.forks > 5);
      assert.ok(seen.counts.exits > 5);
      // Without ksmd there are none.
      if (name !== 'ksm-off') assert.ok(seen.ksm.merges > 50, `${seen.ksm.merges} merges`);
      assert.is(seen.migration.failedByCause.unknown, 0);
      for (const { blocked } of seen.attempts) {
        for (const cause of claims)
          assert.ok(cause.startsWith('B') || blocked[cause] === undefined, `${name}: ${cause}`);
      }
      assert.is(seen.samples.length, 4);
      assert.is(seen.duration, 4 * SECOND);
    }
  });
}

const VARIANTS: Record<string, Partial<DeviceDescription>> = {
  'mainline allocation': { kernel: MAINLINE },
  'Linux 6.1': { kernel: { ...MAINLINE, cmaBitmapFirst: true, changes: CHANGED_BY_6_1 } },
  'one CPU': { cpus: 1 },
  'four CPUs, fast ksmd': { cpus: 4, ksm: { run: 1, pages_to_scan: 1000, sleep_millisecs: 1, checksum_bits: 32 } },
  'colliding checksums': { ksm: { run: 1, pages_to_scan: 500, sleep_millisecs: 10, checksum_bits: 3 } },
  'without KSM': { ksm: { run: 0, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 } },
  'not settled': { settleScans: 0, warmupNs: 0 },
};

for (const [name, changes] of Object.entries(VARIANTS)) {
  test(`invariants hold, ${name}`, () => {
    const seen = runCell(cell(device(BUSY, changes), { seed: 3, auditEveryNs: SECOND / 20 }));
    assert.is(seen.migration.failedByCause.unknown, 0);
    assert.ok(seen.attempts.length > 10);
  });
}

test('max_page_sharing: no stable_node takes more where a kernel or a strategy has the file', () => {
  const pages = 700;
  const zeroes = group('init', [region('heap', pages, { contents: { zero: 1, pools: [] } })]);
  const plain = device({ ...IDLE, groups: [zeroes] });
  const later = { ...plain.kernel, changes: CHANGED_BY_6_1 };
  /** Sharers of the fullest node, and nodes. */
  const merged = (limit: number | null, kernel: DeviceDescription['kernel'], strategy: string): number[] => {
    const ksm = { ...plain.ksm, ...(limit === null ? {} : { max_page_sharing: limit }) };
    const world = startCell(cell({ ...plain, kernel, ksm }, { strategies: [strategy], auditEveryNs: SECOND }));
    auditWorld(world, 'settled');
    const { nodeItems, pagesShared } = world.kernel.objects;
    return [Math.max(...nodeItems), pagesShared];
  };
  const limited = [
    [later, 'stock'],
    [plain.kernel, 'max-page-sharing'],
    [later, 'max-page-sharing'],
  ] as const;
  for (const [kernel, strategy] of limited) {
    for (const limit of [null, 64, 2]) {
      const most = limit ?? 256;
      assert.equal(merged(limit, kernel, strategy), [most, Math.ceil(pages / most)], `${kernel.name}, ${strategy}`);
    }
  }
  assert.equal(merged(64, plain.kernel, 'stock'), [pages, 1]);
});

test('an audit sees a reference that nobody holds', () => {
  const world = buildWorld(device(BUSY), 1, []);
  auditWorld(world, 'after boot');
  const { frames } = world.kernel;
  frames.count[frames.kind.indexOf(KIND.anon)]++;
  try {
    auditWorld(world, 'after damage');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, InvariantError);
    assert.match((error as InvariantError).message, /broken after damage: .*page_count/);
  }
});

test.run();
