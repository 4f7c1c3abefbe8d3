/** The scanning policies, each on the smallest kernel or device that shows what it does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDeferrable, sleepOf } from '../clock/actor.ts';
import { SECOND } from '../clock/units.ts';
import type { DeviceDescription, KsmSettings, LoadDescription } from '../description.ts';
import { runCell } from '../device.ts';
import type { Kernel } from '../kernel.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { layOut } from '../load/layout.ts';
import { limitsOf } from '../load/limits.ts';
import { BUSY, cell, COSTS, device, group, IDLE, region } from '../load/testing.ts';
import { checkKernel } from '../truth/invariants.ts';
import { strategiesNamed } from './index.ts';
import { ADVISOR_DEFAULTS, adviseScanTime, advisorStart } from './scan-time-advisor.ts';
import type { AdvisorFiles, AdvisorState } from './scan-time-advisor.ts';

const CPU = 0;
const SCRIPT = 1;
const FIRST = 16;

function kernelWith(...names: string[]): Kernel {
  return new ScriptMachine({}, strategiesNamed(names)).kernel;
}

/** A process that wrote these contents into mergeable pages. */
function processOf(kernel: Kernel, ...contents: number[]): number {
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, FIRST, contents.length, NONE, false);
  kernel.control.madviseMergeable(mm, FIRST, contents.length);
  contents.forEach((content, i) => kernel.faults.write(mm, FIRST + i, content, CPU, SCRIPT));
  return mm;
}

/** Items until the pass ends, `most` at most: the mm of each. */
function pass(kernel: Kernel, most = Infinity): number[] {
  const { ksmd, objects } = kernel;
  const visited: number[] = [];
  while (visited.length < most) {
    ksmd.advance(CPU);
    if (ksmd.finished === 'item') visited.push(objects.itemMm[ksmd.item]);
    else if (ksmd.finished !== null) break;
  }
  assert.equal(checkKernel(kernel), []);
  return visited;
}

/** Steps ksmd at time 0 to its next sleep: items scanned. */
function wake({ ksmd }: Kernel): number {
  const before = ksmd.measures.pagesScanned;
  while (ksmd.step(CPU) >= -2);
  return ksmd.measures.pagesScanned - before;
}

test('smart-scan: visits become rarer as in should_skip_rmap_item', () => {
  const kernel = kernelWith('smart-scan');
  processOf(kernel, 1);
  const visits: number[] = [];
  const unshared: number[] = [];
  for (let scan = 0; scan <= 45; scan++) {
    if (pass(kernel).length > 0) visits.push(scan);
    if (kernel.objects.pagesUnshared > 0) unshared.push(scan);
  }
  assert.equal(visits, [0, 1, 2, 3, 5, 8, 13, 22, 31, 40]);
  assert.equal(unshared, visits.slice(1), 'passed over it is in no tree; the first visit only sums it up');
});

test('smart-scan: KSM pages are visited always, a new item begins anew', () => {
  const kernel = kernelWith('smart-scan');
  processOf(kernel, 1);
  processOf(kernel, 1);
  for (let scan = 0; scan < 20; scan++) assert.is(pass(kernel).length, 2, `scan ${scan}`);

  const alone = kernelWith('smart-scan');
  const mm = processOf(alone, 1);
  for (let scan = 0; scan < 14; scan++) pass(alone);
  alone.spaces.zapRange(mm, FIRST, FIRST + 1, CPU);
  pass(alone);
  alone.faults.write(mm, FIRST, 2, CPU, SCRIPT);
  assert.equal(
    [0, 1, 2, 3, 4, 5].map(() => pass(alone).length),
    [1, 1, 1, 1, 0, 1],
  );
});

test('skip-already-scanned-page: each frame once a pass, however many processes map it', () => {
  const kernel = kernelWith('skip-already-scanned-page');
  const parent = processOf(kernel, 1, 2, 3);
  const children = [kernel.spaces.fork(parent), kernel.spaces.fork(parent)];
  for (let scan = 0; scan < 3; scan++) assert.equal(pass(kernel), [parent, parent, parent]);
  kernel.faults.write(children[0], FIRST, 4, CPU, SCRIPT);
  assert.equal(pass(kernel), [parent, parent, parent, children[0]]);
});

test('skip-already-scanned-page: a fork of a KSM page gets no rmap_item while its parent maps the page', () => {
  const kernel = kernelWith('skip-already-scanned-page');
  const parent = processOf(kernel, 1);
  processOf(kernel, 1);
  for (let scan = 0; scan < 3; scan++) pass(kernel);
  const pfn = kernel.frames.kind.indexOf(KIND.ksm);
  assert.ok(pfn >= 0);
  kernel.spaces.fork(parent);
  for (let scan = 0; scan < 5; scan++) pass(kernel);
  assert.is(kernel.objects.pagesShared + kernel.objects.pagesSharing, 2);
  assert.is(kernel.frames.mapcount[pfn], 3);
});

test('defer-new-mm: new mms are scanned twice, round by round, before the others', () => {
  const kernel = kernelWith('defer-new-mm');
  const [p, q, r] = [processOf(kernel, 1), processOf(kernel, 2), processOf(kernel, 3)];
  assert.equal(pass(kernel), [p, q, r, p, q, r]);
  assert.equal(pass(kernel, 1), [p]);
  const s = processOf(kernel, 4);
  const t = processOf(kernel, 5);
  assert.equal(pass(kernel, 2), [s, t]);
  const u = processOf(kernel, 6);
  // u comes before t, where the cursor stands: behind s in the next round, and once more after t has gone.
  assert.equal(pass(kernel), [s, u, t, u, q, r]);
});

test('defer-new-mm: a dead mm is next', () => {
  const kernel = kernelWith('defer-new-mm');
  const [p, , r] = [processOf(kernel, 1), processOf(kernel, 2), processOf(kernel, 3)];
  pass(kernel);
  assert.equal(pass(kernel, 1), [p]);
  kernel.spaces.exit(r, CPU);
  assert.is(kernel.slots.next[p], r);
  pass(kernel, 1);
  assert.is(kernel.slots.present[r], 0);
});

test('defer-new-mm beside fork-front: the child that is next already stays there', () => {
  const kernel = kernelWith('defer-new-mm', 'fork-front');
  const [p, q] = [processOf(kernel, 1), processOf(kernel, 1)];
  for (let scan = 0; scan < 3; scan++) pass(kernel);
  assert.equal(pass(kernel, 1), [p]);
  const child = kernel.spaces.fork(p);
  assert.is(kernel.slots.next[p], child);
  assert.equal(pass(kernel), [child, child, q]);
});

test('defer-new-mm: wake-ups that merge nothing are followed by ever longer rests', () => {
  const kernel = kernelWith('defer-new-mm');
  processOf(kernel, 1);
  assert.is(wake(kernel), 2, 'active: twice in one pass');
  const rests: number[] = [];
  for (let rest = 0; rests.length < 8; rest++) {
    if (wake(kernel) === 0) continue;
    rests.push(rest);
    rest = -1;
  }
  assert.equal(rests, [1, 3, 7, 15, 31, 63, 63, 63]);
  processOf(kernel, 1);
  assert.ok(wake(kernel) > 0, 'a new mm ends the rest');
  while (kernel.objects.pagesSharing === 0) wake(kernel);
  assert.ok(wake(kernel) > 0, 'and so does a merge');
});

test('scan-time-advisor: steps worked out by hand from scan_time_advisor', () => {
  // 14 s at 7 % (1000 ms * 100 / 14000): factor 20000 / 14 = 1428, change 30 % of 100: 35 * 30 / 100 pages; 7 % cost
  // 500 / 7 = 71 pages each, 10 % at least.
  const step = adviseScanTime.bind(null, ADVISOR_DEFAULTS);
  const first = step(advisorStart(ADVISOR_DEFAULTS), 14.9 * SECOND, SECOND);
  assert.equal(first, { pages: 710, scanTime: 14, change: 30 });
  // 300 s, 60 %: factor 66, change (70 * 30 + 30 * 2142) / 100 = 663: 1075 * 663 / 100; 710 / 60 = 11 pages a percent.
  const second = step(first, 300 * SECOND, 180 * SECOND);
  assert.equal(second, { pages: 770, scanTime: 300, change: 663 });
  assert.is(step({ ...second, pages: 30_000 }, 10 * SECOND, SECOND / 1e3).pages, 30_000);
});

test('scan-time-advisor: steps by other files than the defaults', () => {
  const step = (changes: Partial<AdvisorFiles>, last: AdvisorState, wallSeconds: number, cpuSeconds: number) =>
    adviseScanTime({ ...ADVISOR_DEFAULTS, ...changes }, last, wallSeconds * SECOND, cpuSeconds * SECOND).pages;
  assert.is(advisorStart({ ...ADVISOR_DEFAULTS, advisor_min_pages_to_scan: 40 }).pages, 40);
  // 30 s at 33 %: 1000 / 33 = 30 pages a percent. At 200 s as many as for 10 %, at 30 s as before, at 10 s for 70 %.
  const settled: AdvisorState = { pages: 1000, scanTime: 30, change: 100 };
  const targets = [200, 30, 10].map((target) => step({ advisor_target_scan_time: target }, settled, 30, 10));
  assert.equal(targets, [300, 1000, 2100]);
  assert.is(step({ advisor_target_scan_time: 10, advisor_max_cpu: 50 }, settled, 30, 10), 1500);
  assert.is(step({ advisor_max_cpu: 5 }, settled, 30, 10), 300, 'its lower limit of 10 % comes last');
  assert.is(step({ advisor_max_pages_to_scan: 120 }, settled, 30, 10), 120, 'but for that of pages');
});

test('scan-time-advisor: a machine large enough for its limits comes to the time asked for', () => {
  // 3 million pages of 20 us: 60 s of CPU time a scan, 30 % of 200 s.
  const [pages, perPage, sleep] = [3e6, 20e-6, 0.02];
  for (const target of [ADVISOR_DEFAULTS.advisor_target_scan_time, 150, 400]) {
    const files = { ...ADVISOR_DEFAULTS, advisor_target_scan_time: target };
    let state = advisorStart(files);
    let wall = 0;
    for (let scan = 0; scan < 40; scan++) {
      wall = pages * perPage + Math.ceil(pages / state.pages) * sleep;
      state = adviseScanTime(files, state, wall * SECOND, pages * perPage * SECOND);
    }
    assert.ok(Math.abs(wall - target) < target / 10, `${wall} s instead of ${target} s`);
  }
});

/** 5000 pages that take 10 s of CPU time a scan: 33 % of 30 s, so that none of the advisor's limits is met. */
function costlyPages(ksm: Partial<KsmSettings>): DeviceDescription {
  const heap = region('heap', 5000, { contents: { zero: 0, pools: [] } });
  const load = { ...IDLE, groups: [group('init', [heap])] };
  const costs = { ...COSTS, checksum: 2_000_000 };
  const settings = { run: 1, pages_to_scan: 100, sleep_millisecs: 1000, checksum_bits: 32, ...ksm } as const;
  return device(load, { costs, ksm: settings, durationNs: 900 * SECOND });
}

test('scan-time-advisor: scans of a device take the time that its file says', () => {
  const lastScan = (ksm: Partial<KsmSettings>, strategy = 'scan-time-advisor'): number => {
    const { fullScan } = runCell(cell(costlyPages(ksm), { strategies: [strategy] })).ksm;
    return fullScan[fullScan.length - 1] / SECOND;
  };
  for (const target of [20, 30, 60]) {
    const seconds = lastScan({ advisor_target_scan_time: target });
    assert.ok(Math.abs(seconds - target) < target / 10, `${seconds} s instead of ${target} s`);
  }
  const capped = lastScan({ advisor_target_scan_time: 20, advisor_max_pages_to_scan: 100 });
  assert.ok(capped > 50, `${capped} s: 50 sleeps of a second are between`);
  assert.is(lastScan({ advisor_target_scan_time: 20 }, 'stock'), lastScan({}, 'stock'), 'nobody reads it');
});

test('scan-time-advisor: on a small device its lower limit of CPU time comes first', () => {
  const load = { ...IDLE, groups: [group('init', [region('heap', 5000)])] };
  // 1 s of CPU time a scan, as tens of thousands of pages take at the usual costs.
  const slow = device(load, { costs: { ...COSTS, checksum: 200_000 }, durationNs: 100 * SECOND });
  const { cpu, fullScan } = runCell(cell(slow, { strategies: ['scan-time-advisor'] })).ksm;
  assert.ok(cpu > 7 * SECOND && cpu < 16 * SECOND, `${cpu / SECOND} s of 100 s`);
  assert.ok(fullScan.length > 5, `${fullScan.length} full scans in 100 s`);
});

test('scan-time-advisor: where it scans few pages a batch, there is room for mms that die meanwhile, as with pages_to_scan', () => {
  const room = (ksm: Partial<KsmSettings>): number => {
    const description = device(BUSY, { ksm: { ...device(BUSY).ksm, ...ksm } });
    return limitsOf(description, layOut(BUSY), []).mms;
  };
  const slow = room({ pages_to_scan: 1 });
  assert.ok(slow > room({}));
  for (const file of ['advisor_min_pages_to_scan', 'advisor_max_pages_to_scan']) assert.is(room({ [file]: 1 }), slow);
});

test('deferred-timer: ksmd leaves an idle device alone, and scans a busy one', () => {
  const run = (load: LoadDescription, strategy: string) =>
    runCell(cell(device(load, { cpus: 2 }), { strategies: [strategy], auditEveryNs: SECOND / 10 })).ksm;
  const awake = run(IDLE, 'stock');
  assert.ok(awake.wakeups > 100);
  assert.is(awake.idleWakeups, awake.wakeups);
  const left = run(IDLE, 'deferred-timer');
  assert.ok(left.wakeups < awake.wakeups / 2);
  assert.is(left.idleWakeups, 0);

  const busy = run(BUSY, 'deferred-timer');
  assert.ok(busy.wakeups > 20 && busy.merges > 20, `${busy.wakeups} wake-ups, ${busy.merges} merges`);
  assert.ok(busy.idleWakeups < busy.wakeups / 3, `${busy.idleWakeups} of ${busy.wakeups} at a lock`);
});

test('deferred-timer: the sleep is as long as before', () => {
  const kernels = ['stock', 'deferred-timer'].map((name) => kernelWith(name));
  const [plain, deferrable] = kernels.map((kernel) => {
    processOf(kernel, 1);
    wake(kernel);
    let result = 0;
    while (result >= -2) result = kernel.ksmd.step(CPU);
    return result;
  });
  assert.equal([isDeferrable(plain), isDeferrable(deferrable)], [false, true]);
  assert.is(sleepOf(deferrable), sleepOf(plain));
});

test.run();
