/** What a device as a whole does: its requests, forks, memory and time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadDescription } from './description.ts';
import { runCell } from './device.ts';
import { buildWorld } from './load/build.ts';
import { BUSY, cell, client, device, group, IDLE, NO_WRITES, region, spawner } from './load/testing.ts';

const SECOND = 1e9;

test('children mergeable without their parent: the lesser bug, unless the page names the anon_vma', () => {
  const asking = { start: 'fork', parent: 'zygote', count: 2, madviseInherited: true } as const;
  const load: LoadDescription = {
    ...BUSY,
    groups: [
      group('zygote', [region('heap', 300, { mergeable: false })]),
      group('app', [region('own', 20)], asking),
      group('server', [region('heap', 200)]),
    ],
    spawners: [spawner('app', { perSecond: 1, maxLive: 8 })],
    pins: [],
  };
  const openedBy = (strategy: string): number => {
    const input = cell(device(load, { settleScans: 0 }), { strategies: [strategy], auditEveryNs: SECOND / 20 });
    const seen = runCell(input);
    assert.ok(seen.counts.forks > 2);
    assert.is(seen.migration.failedByCause.unknown, 0);
    return seen.unfindable.openedByCause.B2;
  };
  assert.ok(openedBy('stock') > 10);
  assert.is(openedBy('page-anon-vma'), 0);
});

test('the same input gives the same observations, audited or not; another seed gives others', () => {
  const first = runCell(cell(device(BUSY)));
  assert.equal(runCell(cell(device(BUSY))), first);
  assert.equal(runCell(cell(device(BUSY), { auditEveryNs: SECOND })), first);
  assert.not.equal(runCell(cell(device(BUSY), { seed: 2 })), first);
});

test('strategies meet the same lives: requests at the same times, nearly the same writes', () => {
  const load = { ...BUSY, cmaClients: [client('camera', { perSecond: 2, periodic: true })] };
  const [stock, ...others] = ['stock', 'keep-forever', 'root-search'].map((name) =>
    runCell(cell(device(load), { strategies: [name] })),
  );
  for (const other of others) {
    assert.equal(
      other.attempts.map((attempt) => attempt.at),
      stock.attempts.map((attempt) => attempt.at),
    );
    assert.is(other.counts.forks, stock.counts.forks);
    assert.ok(Math.abs(other.counts.writes - stock.counts.writes) <= 20);
  }
});

test('an idle device: pages of equal content are merged, a request takes its frames at once', () => {
  const load = {
    ...IDLE,
    groups: [
      group(
        'twins',
        [region('heap', 200, { contents: { zero: 0, pools: [{ pool: 'p', contents: 200, share: 1 }] } })],
        { count: 4 },
      ),
    ],
    cmaClients: [client('driver', { perSecond: 2, periodic: true })],
  };
  const seen = runCell(cell(device(load, { settleScans: 3 }), { auditEveryNs: SECOND }));
  const { pages_shared, pages_sharing, pages_unshared, rmapItems } = seen.ksm.atStart;
  assert.is(rmapItems, 800);
  assert.is(pages_shared + pages_sharing + pages_unshared, 800);
  assert.is(seen.ksm.savedPages, pages_sharing);
  assert.is(seen.attempts.length, 8);
  assert.ok(seen.attempts.every(({ errno }) => errno === 0));
  assert.is(seen.counts.writes, 0);
  assert.is(seen.unfindable.ptesMax, 0);
});

test('a fork that ksmd has not visited is not found after its parent has changed', () => {
  const pool = { zero: 0, pools: [{ pool: 'p', contents: 20, share: 1 }] };
  const load = {
    ...IDLE,
    groups: [
      group('parent', [
        region('heap', 400, { contents: pool, writes: { perSecond: 300, hotPages: 1, hotWrites: 1, remerge: 0 } }),
      ]),
      group('child', [], { count: 0, start: 'fork', parent: 'parent' }),
    ],
    spawners: [spawner('child', { perSecond: 4, lifeNs: SECOND / 2, maxLive: 8 })],
  };
  const slow = { run: 1, pages_to_scan: 100, sleep_millisecs: 100, checksum_bits: 32 } as const;
  const seen = runCell(cell(device(load, { ksm: slow, settleScans: 3 }), { auditEveryNs: SECOND / 10 }));
  assert.ok(seen.unfindable.openedByCause.B1 > 20, `${seen.unfindable.openedByCause.B1} gaps`);
});

test('a pinned page fails a request, with its cause', () => {
  const load: LoadDescription = {
    ...IDLE,
    groups: [group('user', [region('heap', 2500, { mergeable: false })])],
    cmaClients: [client('whole', { sizes: [{ pages: 2048, weight: 1 }], perSecond: 2, periodic: true })],
    pins: [{ name: 'gup', perSecond: 50, pages: 10, holdNs: SECOND, target: 'anon' }],
  };
  const seen = runCell(cell(device(load), { auditEveryNs: SECOND / 10 }));
  assert.ok(seen.attempts.some(({ errno }) => errno === -16));
  assert.ok(seen.migration.failedByCause.pin > 0);
  assert.is(seen.migration.failed, seen.migration.failedByCause.pin + seen.migration.failedByCause.pagevec);
});

test('what blocked a request is what stood in the way in its last round, and only if it failed', () => {
  const load: LoadDescription = {
    ...IDLE,
    groups: [group('user', [region('heap', 2500, { mergeable: false })])],
    cmaClients: [client('whole', { sizes: [{ pages: 2048, weight: 1 }], perSecond: 2, periodic: true })],
    pins: [{ name: 'gup', perSecond: 30, pages: 5, holdNs: SECOND / 2, target: 'anon' }],
  };
  const { attempts } = runCell(cell(device(load), { strategies: ['retry-100ms'] }));
  const pages = (counts: Readonly<Partial<Record<string, number>>>) =>
    Object.values(counts).reduce((sum: number, n) => sum + (n ?? 0), 0);
  assert.ok(attempts.some(({ errno }) => errno === -16));
  for (const { errno, blocked, failed, cpu, latency } of attempts) {
    assert.is(pages(blocked) > 0, errno !== 0);
    assert.ok(pages(blocked) <= failed);
    assert.ok(cpu > 0 && cpu < latency);
  }
  assert.ok(
    attempts.some(({ errno, blocked, failed }) => errno !== 0 && pages(blocked) < failed),
    'released since',
  );
});

test('no free range of the bitmap is ENOMEM', () => {
  const load = {
    ...IDLE,
    cmaClients: [
      client('greedy', { sizes: [{ pages: 2048, weight: 1 }], perSecond: 4, periodic: true, holdNs: SECOND }),
    ],
  };
  const seen = runCell(cell(device(load)));
  assert.ok(seen.attempts.some(({ errno }) => errno === 0));
  assert.ok(seen.attempts.some(({ errno }) => errno === -12));
});

test('short memory: the page cache is reclaimed, then lowmemorykiller takes the highest oom_score_adj', () => {
  const load: LoadDescription = {
    ...IDLE,
    groups: [
      group('zygote', [region('heap', 200)]),
      group('app', [region('own', 800, { mergeable: false, contents: { zero: 0, pools: [] } })], {
        count: 0,
        start: 'fork',
        parent: 'zygote',
        oomScoreAdj: 529,
      }),
    ],
    spawners: [spawner('app', { perSecond: 4, maxLive: 100 })],
    pageCache: { pages: 2000, buffers: 0.2, readsPerSecond: 50, dirtiesPerSecond: 0, dirtyNs: 0 },
  };
  const seen = runCell(cell(device(load, { durationNs: 8 * SECOND }), { auditEveryNs: SECOND / 10 }));
  assert.ok(seen.counts.reclaimed > 1000, `${seen.counts.reclaimed} reclaimed`);
  assert.ok(seen.counts.lmkKills > 2, `${seen.counts.lmkKills} kills`);
  assert.ok(seen.counts.exits >= seen.counts.lmkKills - 1);
  assert.ok(seen.samples.at(-1)!.processes < 12);
});

test('a description that is too large is refused; a page cache that is takes what there is', () => {
  const huge = {
    ...IDLE,
    groups: [group('huge', [region('heap', 9000, { mergeable: false, contents: { zero: 0, pools: [] } })])],
  };
  assert.throws(() => runCell(cell(device(huge))), /do not fit/);
  const swarm = { ...BUSY, spawners: [spawner('app', { perSecond: 100_000 })] };
  assert.throws(() => runCell(cell(device(swarm, { durationNs: 100 * SECOND }))), /MB.*address spaces/);
  const cached = { ...IDLE, pageCache: { ...IDLE.pageCache, pages: 9000 } };
  assert.not.throws(() => runCell(cell(device(cached, { durationNs: SECOND }))));
});

test('children that outlive many parents keep the anon_vmas of all of them', () => {
  const regions = ['a', 'b', 'c', 'd'].map((name) => region(name, 20));
  const load = {
    ...IDLE,
    groups: [group('parent', regions), group('child', [], { count: 0, start: 'fork', parent: 'parent' })],
    spawners: [
      spawner('parent', { perSecond: 20, maxLive: 1, startupNs: 0 }),
      spawner('child', { perSecond: 20, maxLive: 120, startupNs: 0 }),
    ],
  } satisfies LoadDescription;
  const fast = { run: 1, pages_to_scan: 1000, sleep_millisecs: 1, checksum_bits: 32 } as const;
  const seen = runCell(cell(device(load, { ksm: fast, durationNs: 10 * SECOND }), { auditEveryNs: SECOND }));
  assert.ok(seen.samples.at(-1)!.processes > 100);
});

test('maxLive: one more kills the oldest', () => {
  const load = {
    ...IDLE,
    groups: [
      group('init', [region('heap', 50)]),
      group('child', [region('own', 10)], { count: 2, start: 'fork', parent: 'init' }),
    ],
    spawners: [spawner('child', { perSecond: 10, maxLive: 2 })],
  } satisfies LoadDescription;
  const seen = runCell(cell(device(load), { auditEveryNs: SECOND / 10 }));
  assert.ok(seen.counts.forks > 20);
  assert.ok(Math.abs(seen.counts.exits - seen.counts.forks) <= 2);
  for (const sample of seen.samples) assert.ok(sample.processes <= 4);
});

test('time is whole nanoseconds, though a tick is not at HZ=300', () => {
  const seen = runCell(cell(device(BUSY, { hz: 300 })));
  assert.ok(seen.attempts.length > 0 && seen.ksm.fullScan.length > 0);
  for (const { at, latency } of seen.attempts) assert.ok(Number.isInteger(at) && Number.isInteger(latency));
  for (const scan of seen.ksm.fullScan) assert.ok(Number.isInteger(scan));
});

test('CPU time of ksmd counts as it is spent, not when a batch is over', () => {
  const endless = { run: 1, pages_to_scan: 100_000, sleep_millisecs: 0, checksum_bits: 32 } as const;
  const short = { settleScans: 0, warmupNs: SECOND / 100, durationNs: SECOND / 100 };
  const seen = runCell(cell(device(BUSY, { ksm: endless, cpus: 4, ...short })));
  assert.is(seen.ksm.wake.length, 0);
  assert.ok(seen.ksm.cpu > 0.9 * seen.duration && seen.ksm.cpu < 1.1 * seen.duration, `${seen.ksm.cpu} ns`);
});

test('causes of failed migrations are forgotten with the range: frames are used again', () => {
  const pins = BUSY.pins.map((pin) => ({ ...pin, perSecond: 200 }));
  const world = buildWorld(device({ ...BUSY, pins }), 5, []);
  const { range, ledger, frames } = world.kernel;
  let failed = 0;
  ledger.onFailed = () => failed++;
  world.scheduler.run(4 * SECOND);
  assert.ok(range.isIdle);
  assert.ok(failed > 0);
  for (let pfn = 0; pfn < frames.total; pfn++) assert.is(ledger.failureOf(pfn), 'unknown');
});

test('writes that nobody planned do not happen', () => {
  const load = { ...IDLE, groups: [group('init', [region('heap', 50, { writes: NO_WRITES })])] };
  assert.is(runCell(cell(device(load))).counts.writes, 0);
});

test('a watched device does the same, and its watch hears of every request, fork, exit and gap', () => {
  const input = cell(device(BUSY), { seed: 3 });
  const heard = { answered: 0, born: 0, exited: 0, opened: 0, closed: 0, faults: 0, steps: 0, samples: 0, released: 0 };
  let gapsAtStart = 0;
  const watched = runCell(input, [], {
    answered: () => heard.answered++,
    born: (_process, _mm, parent, _began, now) => (heard.born += parent >= 0 && now > 0 ? 1 : 0),
    exited: () => heard.exited++,
    gapOpened: () => heard.opened++,
    gapClosed: () => heard.closed++,
    faulted: () => heard.faults++,
    stepped: () => heard.steps++,
    released: () => heard.released++,
    sampled: ({ kernel }) => {
      if (heard.samples++ === 0) gapsAtStart = heard.opened - heard.closed - kernel.ledger.gaps.size;
    },
  });
  assert.equal(watched, runCell(input));
  assert.is(heard.answered, watched.attempts.length);
  assert.ok(heard.born >= watched.counts.forks);
  assert.ok(heard.exited >= watched.counts.exits && watched.counts.exits > 0);
  assert.is(gapsAtStart, 0);
  assert.is(heard.opened - heard.closed, watched.unfindable.open);
  assert.ok(heard.opened > 0);
  assert.ok(heard.faults >= watched.counts.cowFaults + watched.counts.anonFaults);
  assert.ok(heard.steps >= watched.counts.events);
  assert.is(heard.samples, watched.samples.length + 1);
  assert.ok(heard.released > 0);
});

test.run();
