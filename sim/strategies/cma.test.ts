/** What each strategy for CMA and migration changes, beside stock on the same small device. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SECOND } from '../clock/units.ts';
import type { DeviceDescription, KernelProfile, LoadDescription } from '../description.ts';
import { runCell } from '../device.ts';
import { CHANGED_BY_6_1, SCRIPT_KERNELS } from '../kernelProfiles.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { auditWorld } from '../load/audit.ts';
import { buildWorld } from '../load/build.ts';
import { BUSY, cell, client, device, group, MAINLINE, region, VENDOR } from '../load/testing.ts';
import type { World } from '../load/world.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { Cause, Observations } from '../observations.ts';
import { biggerArea } from './bigger-area.ts';
import { combinedDevice } from './combine.ts';
import { findStrategy, strategiesNamed } from './index.ts';
import { retryUntil } from './retry-until.ts';
import type { StrategyKernel } from './strategy.ts';

const CPU = 0;
const AUDIT_NS = SECOND / 10;
const QUIET: LoadDescription = {
  groups: [group('init', [region('heap', 50, { mergeable: false })])],
  spawners: [],
  cmaClients: [client('whole', { sizes: [{ pages: 2048, weight: 1 }], perSecond: 2, periodic: true })],
  pins: [],
  pageCache: { pages: 1000, buffers: 0, readsPerSecond: 0, dirtiesPerSecond: 0, dirtyNs: 0 },
  contentEpochNs: 0,
};

function run(names: string, load: LoadDescription, changes: Partial<DeviceDescription> = {}): Observations {
  return runCell(cell(device(load, changes), { strategies: names.split('+'), auditEveryNs: AUDIT_NS }));
}

/** The device under a strategy after `seconds`, for a look at its frames; `begun` is called before that. */
function after(
  seconds: number,
  name: string,
  load: LoadDescription,
  changes: Partial<DeviceDescription> = {},
  begun: (world: World) => void = () => undefined,
): World {
  const strategies = strategiesNamed([name]);
  const world = buildWorld(combinedDevice(strategies, device(load, changes)), 1, strategies);
  begun(world);
  world.scheduler.run(seconds * SECOND);
  auditWorld(world, 'at the end');
  return world;
}

/** Frames of a kind in the area. */
function inArea(world: World, kind: number): number {
  const { first, pages } = world.description.memory.cma[0];
  return world.kernel.frames.kind.slice(first, first + pages).filter((one) => one === kind).length;
}

/** A small machine of that kernel with one anonymous page on the LRU, at the beginning of the area. */
function scriptWithPage(profile: KernelProfile) {
  const script = new ScriptMachine({}, [], { profile });
  const { kernel } = script;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 1, NONE, false);
  script.nextPage(null, true);
  kernel.faults.write(mm, 16, 1, CPU, 1);
  script.drainAll();
  return { script, kernel, page: 256 };
}

const failures = (seen: Observations) => seen.attempts.filter(({ errno }) => errno !== 0).length;
const blocked = (seen: Observations, cause: Cause) =>
  seen.attempts.reduce((sum, attempt) => sum + (attempt.blocked[cause] ?? 0), 0);
const cpuOf = (seen: Observations) => seen.attempts.reduce((sum, { cpu }) => sum + cpu, 0);

test('retry-until: every 100 ms until 10 s are over, and outlasts pins that stock fails at', () => {
  const hooks = retryUntil.attach!({} as StrategyKernel);
  const request = { began: 5 * SECOND, rounds: 70, errno: -16, blockers: [], cpu: 0, who: 0, asked: 0 };
  assert.equal(hooks.afterFailure?.({ ...request, now: 14.9 * SECOND }), { cpuNs: 0, sleepNs: 1e8, then: 'try' });
  assert.is(hooks.afterFailure?.({ ...request, now: 14.91 * SECOND }), null);

  const load: LoadDescription = {
    ...QUIET,
    groups: [group('user', [region('heap', 2500, { mergeable: false })])],
    pins: [{ name: 'gup', perSecond: 20, pages: 10, holdNs: SECOND / 2, target: 'anon' }],
  };
  const stock = run('stock', load);
  assert.ok(blocked(stock, 'pin') > 0);
  const patient = run('retry-until', load);
  assert.is(failures(patient), 0);
  assert.ok(patient.attempts.length > 2);
  assert.ok(Math.max(...patient.attempts.map(({ latency }) => latency)) > SECOND / 2);
});

test('lru-cache-disable: a page that somebody puts back meanwhile is on the LRU, and not missed in a pagevec', () => {
  for (const [name, rc] of [
    ['stock', ERRNO.busy],
    ['lru-cache-disable', 0],
  ] as const) {
    const profile = combinedDevice(
      strategiesNamed([name]),
      device(QUIET, { kernel: SCRIPT_KERNELS['linux-3.10'] }),
    ).kernel;
    const { script, kernel, page } = scriptWithPage(profile);
    kernel.range.begin(256, 258);
    for (let step = 0; !kernel.range.isIdle; step++) {
      kernel.range.step(1, CPU);
      if (step !== 1) continue;
      assert.ok(script.isolate(page));
      script.putback(page);
    }
    assert.is(kernel.range.rc, rc, name);
    if (rc !== 0) assert.is(kernel.ledger.failureOf(page), 'not-lru');
  }
});

test('invalidate-bh-lru: metadata looked up last no longer pins its pages, and is looked up again', () => {
  const load: LoadDescription = {
    ...QUIET,
    pageCache: { pages: 3000, buffers: 1, readsPerSecond: 50, dirtiesPerSecond: 0, dirtyNs: 0 },
  };
  const stock = run('page-cache-only', load);
  assert.ok(failures(stock) >= stock.attempts.length - 1);
  assert.ok(blocked(stock, 'pin') > 0);
  const emptied = run('page-cache-only+invalidate-bh-lru', load);
  assert.is(failures(emptied), 0);
});

test('discard-clean is stock; no-discard-clean migrates clean pages instead, at a price', () => {
  const load = { ...QUIET, pageCache: { ...QUIET.pageCache, pages: 6500 } };
  const stock = run('stock', load, { kernel: MAINLINE });
  assert.ok(stock.pageCache.discarded > 500);
  assert.equal(run('discard-clean', load, { kernel: MAINLINE }), stock);
  const migrating = run('no-discard-clean', load, { kernel: MAINLINE });
  assert.is(migrating.pageCache.discarded, 0);
  assert.ok(migrating.migration.byKind.file > 500);
  assert.ok(cpuOf(migrating) > 3 * cpuOf(stock));
});

test('cma-first and cma-last: each is what one of the kernels does, and the opposite of the other', () => {
  const load = { ...QUIET, cmaClients: [] };
  const anon = (name: string, kernel: KernelProfile) => inArea(after(1, name, load, { kernel }), KIND.anon);
  for (const kernel of [VENDOR, MAINLINE]) {
    const [stock, first, last] = ['stock', 'cma-first', 'cma-last'].map((name) => anon(name, kernel));
    assert.ok(first >= 50);
    assert.is(last, 0);
    assert.is(stock, kernel === VENDOR ? first : last);
  }
  const later = combinedDevice(
    strategiesNamed(['cma-last']),
    device(QUIET, { kernel: { ...MAINLINE, changes: CHANGED_BY_6_1 } }),
  );
  assert.is(later.kernel.changes?.cmaBalance, false);
});

test('page-cache-only: page cache in the area and nothing else, which requests drop', () => {
  const stock = after(3, 'stock', BUSY);
  assert.ok(inArea(stock, KIND.anon) + inArea(stock, KIND.ksm) > 100);
  const world = after(3, 'page-cache-only', BUSY);
  assert.is(inArea(world, KIND.anon) + inArea(world, KIND.ksm), 0);
  assert.ok(inArea(world, KIND.file) > 100);
  const seen = run('page-cache-only', BUSY);
  assert.ok(seen.pageCache.discarded > 100);
  assert.ok(seen.samples.some(({ unusableCmaPages }) => unusableCmaPages > 0));
  assert.ok(run('stock', BUSY).samples.every(({ unusableCmaPages }) => unusableCmaPages === 0));
});

test('no-target-in-cma: what is moved away does not land in the area; for want of other memory it fails', () => {
  const load: LoadDescription = {
    ...QUIET,
    groups: [group('user', [region('heap', 1500, { mergeable: false })])],
    cmaClients: [client('some', { sizes: [{ pages: 64, weight: 1 }], perSecond: 10, periodic: true })],
    pageCache: { ...QUIET.pageCache, pages: 0 },
  };
  const short = { kernel: MAINLINE, memory: { ...device(QUIET).memory, unmovablePages: 5400 } };
  const roomy = { kernel: { ...MAINLINE, cmaFirstForAnon: true } };
  const targets = (name: string, changes: Partial<DeviceDescription>) => {
    const count = { inside: 0, outside: 0 };
    after(3, name, load, changes, ({ kernel }) => {
      kernel.ledger.onMigrated = (_, to) => count[to >= 4096 && to < 6144 ? 'inside' : 'outside']++;
    });
    return count;
  };
  assert.ok(targets('stock', short).inside > 10);
  assert.is(targets('no-target-in-cma', short).inside, 0);
  assert.ok(targets('no-target-in-cma', roomy).outside > 10);
  assert.is(failures(run('stock', load, short)), 0);
  assert.ok(blocked(run('no-target-in-cma', load, short), 'no-target') > 0);
});

test('guaranteed-cma: copies of dropped pages only, dropped again in no time', () => {
  const load: LoadDescription = {
    ...BUSY,
    cmaClients: [client('whole', { sizes: [{ pages: 2048, weight: 1 }], perSecond: 2, periodic: true })],
    pageCache: { ...BUSY.pageCache, pages: 5000 },
  };
  const world = after(1, 'guaranteed-cma', load);
  assert.is(inArea(world, KIND.anon) + inArea(world, KIND.ksm) + inArea(world, KIND.file), 0);
  assert.ok(world.memory.cache.cleancache!.stored > 100);
  const stock = run('stock', load);
  const seen = run('guaranteed-cma', load);
  assert.is(failures(seen), 0);
  assert.is(seen.migration.pages, 0);
  assert.ok(seen.pageCache.discarded > 100);
  assert.ok(seen.attempts[0].latency < stock.attempts[0].latency / 10);
  // Between requests the whole area is of no use to processes.
  assert.is(Math.max(...seen.samples.map(({ unusableCmaPages }) => unusableCmaPages)), 2048);
});

test('bigger-area: grows up or down, or moves to the highest gap; refused where it does not fit', () => {
  const base = device(QUIET);
  const area = (changes: Partial<DeviceDescription['memory']>) => {
    const { memory } = biggerArea.device!({ ...base, memory: { ...base.memory, ...changes } });
    return memory.cma.map(({ first, pages }) => [first, pages]);
  };
  const own = (first: number) => ({ name: 'default', first, pages: 2048, isDefault: true });
  const carveOut = (first: number, pages: number) => ({ name: 'carve-out', first, pages });
  assert.equal(area({}), [[4096, 4096]]);
  assert.equal(area({ cma: [own(6144)] }), [[4096, 4096]]);
  const other = { name: 'other', first: 4096, pages: 1024, isDefault: false };
  // Right below the other area, above the carve-out.
  assert.equal(area({ cma: [own(6144), other], reserved: [] })[0], [0, 4096]);
  assert.throws(() => area({ cma: [own(6144), other] }), /no 4096 pages in a row .* twice the area `default`/);
  assert.throws(() => area({ reserved: [carveOut(0, 512), carveOut(3584, 100), carveOut(7000, 1)] }), RangeError);
  assert.throws(() => area({ unmovablePages: 3500 }), /kernel memory takes 3600 pages.* 3584 are left/);

  const load = {
    ...QUIET,
    cmaClients: [client('large', { sizes: [{ pages: 3000, weight: 1 }], perSecond: 2, periodic: true })],
  };
  const stock = run('stock', load);
  assert.is(failures(stock), stock.attempts.length);
  const seen = run('bigger-area', load);
  assert.is(failures(seen), 0);
  assert.is(seen.cmaPages, 4096);
});

test('they act together, and say who they are', () => {
  const all = 'lru-cache-disable+invalidate-bh-lru+page-cache-only+no-target-in-cma+bigger-area+retry-until';
  assert.is(run(all, BUSY).migration.failedByCause.unknown, 0);
  for (const name of all.split('+')) assert.is(findStrategy(name)?.group, 'cma');
});

test.run();
