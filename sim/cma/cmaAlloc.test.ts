import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED, sleepOf } from '../clock/actor.ts';
import { Clock } from '../clock/clock.ts';
import type { CostProfile, KernelProfile } from '../description.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import { CmaAlloc } from './cmaAlloc.ts';
import { CmaArea } from './cmaArea.ts';

const WHO = 3;
const CPU = 0;
const MAINLINE = { cmaRetries: 0, cmaRetrySleepNs: 0, cmaBitmapFirst: false } as KernelProfile;
const NO_COSTS = { cmaBase: 0 } as CostProfile;

/** An area of 64 frames at 256 with one anonymous page at its first frame. */
function setUp(profile: KernelProfile, hooks: KernelHooks = {}) {
  const script = new ScriptMachine({}, []);
  const { kernel } = script;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 4, NONE, false);
  script.nextPage(null, true);
  kernel.faults.write(mm, 16, 1, CPU, 1);
  const page = kernel.tables.get(mm, 16) >> PTE_SHIFT;
  assert.is(page, 256);
  const area = new CmaArea('default', 256, 64);
  let failedRanges = 0;
  const parts = {
    range: kernel.range,
    cmaMutex: kernel.cmaMutex,
    kernel: profile,
    costs: NO_COSTS,
    hooks,
    clock: new Clock(),
  };
  const alloc = new CmaAlloc({ ...parts, rangeFailed: () => failedRanges++ });
  /** Runs the call to its end; returns the sleeps of at least a millisecond. */
  const run = (pages: number, alignOrder: number | null) => {
    const sleeps: number[] = [];
    alloc.begin(area, pages, alignOrder);
    while (!alloc.isIdle) {
      const result = alloc.step(WHO, CPU);
      assert.is.not(result, BLOCKED);
      if (result < -1 && sleepOf(result) >= 1e6) sleeps.push(sleepOf(result));
    }
    return sleeps;
  };
  return { script, kernel, page, area, alloc, run, failedRanges: () => failedRanges };
}

test('the first range is had by migrating what lies in it', () => {
  const { kernel, alloc, run, page } = setUp(MAINLINE);
  run(8, null);
  assert.equal([alloc.pfn, alloc.errno, alloc.migrated, alloc.ranges], [256, 0, 1, 0]);
  assert.is(kernel.frames.kind[page], KIND.contiguous);
  run(8, null);
  assert.is(alloc.pfn, 264, 'the bitmap knows the first');
});

test('a pinned page fails its range after 5 calls of 10 passes; the next range is tried', () => {
  const { script, alloc, run, page, failedRanges } = setUp(MAINLINE);
  script.pin(page);
  run(8, null);
  assert.equal([alloc.pfn, alloc.errno], [264, 0]);
  assert.equal([alloc.ranges, alloc.contigTries, alloc.migratePasses], [1, 4, 45]);
  assert.is(failedRanges(), 1);
});

test('a request as large as the area has one candidate: -EBUSY; one that cannot fit: -ENOMEM', () => {
  const { script, alloc, run, page } = setUp(MAINLINE);
  script.pin(page);
  run(64, 6);
  assert.equal([alloc.pfn, alloc.errno], [NONE, -16]);
  run(65, 0);
  assert.equal([alloc.pfn, alloc.errno], [NONE, -12]);
});

test('the vendor retry sleeps twice, the retrying caller five times, each with all ranges again', () => {
  const vendor = { ...MAINLINE, cmaRetries: 2, cmaRetrySleepNs: 100e6, cmaBitmapFirst: true };
  const first = setUp(vendor);
  first.script.pin(first.page);
  assert.equal(first.run(64, 6), [100e6, 100e6]);
  assert.equal([first.alloc.caller, first.failedRanges()], [2, 3]);
  assert.is(first.area.used, 0, 'bits set in advance are cleared again');

  const second = setUp(MAINLINE, {
    afterFailure: ({ rounds }) => (rounds < 5 ? { cpuNs: 0, sleepNs: 100e6, then: 'try' } : null),
  });
  second.script.pin(second.page);
  assert.equal(second.run(64, 6), [100e6, 100e6, 100e6, 100e6, 100e6]);
  assert.is(second.failedRanges(), 6);
});

test('single pages and pairs: the next range begins right behind the one that failed', () => {
  for (const pages of [1, 2]) {
    const { script, alloc, run, page } = setUp(MAINLINE);
    script.pin(page);
    run(pages, null);
    assert.equal([alloc.pfn, alloc.ranges], [256 + pages, 1]);
  }
});

test('the order of the alignment is that of the request, or the one asked for, 8 at most', () => {
  const { alloc, area, run } = setUp(MAINLINE);
  for (const [pages, asked, order] of [
    [5, null, 3],
    [5, 1, 1],
    [5, 12, 8],
  ] as const) {
    run(pages, asked);
    assert.is(alloc.alignOrder, order);
  }
  assert.is(alloc.area, area);
});

test('who is asked what to do knows the round, how often it was asked, and what stood in the way in this round', () => {
  const asked: unknown[] = [];
  const { script, alloc, run, page } = setUp(MAINLINE, {
    afterFailure: ({ rounds, asked: times, blockers, errno }) => {
      asked.push([rounds, times, [...blockers], errno]);
      if (asked.length === 5) return null;
      return { cpuNs: asked.length === 2 ? 7e6 : 0, sleepNs: 1e6, then: times < 1 ? 'ask' : 'try' };
    },
  });
  script.pin(page);
  assert.equal(run(64, 6), [1e6, 1e6, 1e6, 1e6]);
  const expected = [
    [0, 0, [page], -16],
    [0, 1, [page], -16],
    [1, 0, [page], -16],
    [1, 1, [page], -16],
    [2, 0, [page], -16],
  ];
  assert.equal(asked, expected);
  asked.length = 4;
  run(64, 6);
  assert.equal(asked.slice(4), [[0, 0, [page], -16]], 'the next call begins anew');
  assert.is(alloc.errno, -16);
});

test('a remedy takes its CPU time before the sleep, without cma_mutex', () => {
  const { script, kernel, area, alloc, page } = setUp(MAINLINE, {
    afterFailure: ({ rounds }) => (rounds === 0 ? { cpuNs: 7, sleepNs: 1e6, then: 'try' } : null),
  });
  script.pin(page);
  alloc.begin(area, 64, 6);
  let result = 0;
  while (result !== 7) result = alloc.step(WHO, CPU);
  assert.ok(kernel.cmaMutex.tryLock(9), 'somebody else can have it');
  kernel.cmaMutex.unlock();
  assert.is(sleepOf(alloc.step(WHO, CPU)), 1e6);
});

test('mainline keeps cma_mutex from range to range, vendor trees drop it between them and set the bits first', () => {
  for (const cmaBitmapFirst of [false, true]) {
    const { script, kernel, area, alloc, page, failedRanges } = setUp({ ...MAINLINE, cmaBitmapFirst });
    script.pin(page);
    alloc.begin(area, 8, null);
    alloc.step(WHO, CPU);
    alloc.step(WHO, CPU);
    assert.is(area.used, cmaBitmapFirst ? 8 : 0);
    while (failedRanges() === 0) alloc.step(WHO, CPU);
    assert.is(area.used, 0);
    assert.is(kernel.cmaMutex.tryLock(9), cmaBitmapFirst);
    if (cmaBitmapFirst) {
      alloc.step(WHO, CPU);
      assert.is(alloc.step(WHO, CPU), BLOCKED, 'somebody works on a range');
      kernel.cmaMutex.unlock();
    }
    while (!alloc.isIdle) alloc.step(WHO, CPU);
    assert.equal([alloc.pfn, area.used], [264, 8]);
    assert.ok(kernel.cmaMutex.tryLock(9), 'free after the call');
  }
});

test('SIGKILL: -EINTR at the next cluster or try, and the pages of the range are where they were', () => {
  const { script, kernel, area, alloc, run, page } = setUp(MAINLINE);
  script.pin(page);
  alloc.begin(area, 8, null);
  while (kernel.range.tries === 0) alloc.step(WHO, CPU);
  alloc.interrupt();
  while (!alloc.isIdle) alloc.step(WHO, CPU);
  assert.equal([alloc.pfn, alloc.errno, area.used], [NONE, -4, 0]);
  script.drainAll();
  assert.ok(script.isolate(page), 'it is on the LRU again');
  script.putback(page);
  run(8, null);
  assert.is(alloc.pfn, 264, 'the next call is not interrupted');
});

test('a vendor call that finds no range leaves cma_mutex to whoever has it', () => {
  const { kernel, alloc, run } = setUp({ ...MAINLINE, cmaBitmapFirst: true });
  assert.ok(kernel.cmaMutex.tryLock(9));
  run(65, 0);
  assert.is(alloc.errno, -12);
  assert.not(kernel.cmaMutex.tryLock(10));
});

test('a second caller waits for cma_mutex', () => {
  const { kernel, area, alloc } = setUp(MAINLINE);
  assert.ok(kernel.cmaMutex.tryLock(9));
  alloc.begin(area, 1, 0);
  assert.is(alloc.step(WHO, CPU), BLOCKED);
  kernel.cmaMutex.unlock();
  assert.equal(kernel.locks.woken, [WHO]);
});

test.run();
