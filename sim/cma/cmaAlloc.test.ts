import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED, sleepOf } from '../clock/actor.ts';
import type { CostProfile, KernelProfile } from '../description.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import type { StrategyHooks } from '../strategies/strategy.ts';
import { CmaAlloc } from './cmaAlloc.ts';
import { CmaArea } from './cmaArea.ts';

const WHO = 3;
const CPU = 0;
const MAINLINE = { cmaRetries: 0, cmaRetrySleepNs: 0, cmaBitmapFirst: false } as KernelProfile;
const NO_COSTS = { cmaBase: 0 } as CostProfile;

/** An area of 64 frames at 256 with one anonymous page at its first frame. */
function setUp(profile: KernelProfile, hooks: StrategyHooks = {}) {
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
    now: () => 0,
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

test('a second caller waits for cma_mutex', () => {
  const { kernel, area, alloc } = setUp(MAINLINE);
  assert.ok(kernel.cmaMutex.tryLock(9));
  alloc.begin(area, 1, 0);
  assert.is(alloc.step(WHO, CPU), BLOCKED);
  kernel.cmaMutex.unlock();
  assert.equal(kernel.locks.woken, [WHO]);
});

test.run();
