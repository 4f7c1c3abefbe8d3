import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED } from '../clock/actor.ts';
import type { KernelProfile } from '../description.ts';
import { SCRIPT_KERNELS } from '../kernelProfiles.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusTest } from '../litmus/types.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { CONTIG_PHASE, type ContigRange } from './contigRange.ts';

const CPU = 0;
const WHO = 3;

/** Two pages at the beginning of the area, and no free page outside it. */
function setUp(config: LitmusTest['config']) {
  const script = new ScriptMachine(config, []);
  const { kernel, memory } = script;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 2, NONE, false);
  for (const vpn of [16, 17]) {
    script.nextPage(null, true);
    kernel.faults.write(mm, vpn, 1, CPU, 1);
  }
  let attempts = 0;
  script.onAttempt = () => attempts++;
  const run = () => {
    kernel.range.begin(256, 258);
    while (!kernel.range.isIdle) assert.is.not(kernel.range.step(WHO, CPU), BLOCKED);
    return kernel.range.rc;
  };
  const takeAll = () => {
    for (let pfn = 0; pfn < memory.frames.total; pfn++) if (memory.allocExact(pfn)) memory.frames.kind[pfn] = 2;
  };
  return { script, kernel, memory, mm, run, takeAll, attempts: () => attempts };
}

test('-ENOMEM: tried five times in 3.10, the end of it in 6.1', () => {
  for (const [kernelName, attempts] of [
    ['linux-3.10', 5],
    ['linux-6.1', 1],
  ] as const) {
    const machine = setUp({ kernel: kernelName });
    machine.takeAll();
    assert.is(machine.run(), ERRNO.noMemory);
    assert.is(machine.attempts(), attempts, kernelName);
    assert.equal(machine.kernel.range.leftover.length, 2);
  }
});

test('6.1: pagevecs are off between the first drain and the end, however it ends', () => {
  const { script, kernel, memory, run } = setUp({ kernel: 'linux-6.1' });
  const page = 256;
  script.pin(page);
  assert.is(run(), ERRNO.busy);
  assert.equal(kernel.range.leftover, [page]);
  assert.is(kernel.ledger.failureOf(page), 'pin');
  kernel.range.begin(256, 258);
  let seen = false;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 8, NONE, false);
  for (let vpn = 16; !kernel.range.isIdle; vpn = Math.min(vpn + 1, 23)) {
    kernel.range.step(WHO, CPU);
    kernel.faults.write(mm, vpn, 1, CPU, 1);
    seen ||= memory.frames.pagevecRefs[kernel.tables.get(mm, vpn) >> PTE_SHIFT] === 0;
  }
  assert.ok(seen, 'a page that was added meanwhile is on the LRU');
  kernel.spaces.mmap(mm, 40, 1, NONE, false);
  kernel.faults.write(mm, 40, 1, CPU, 1);
  assert.is(memory.frames.pagevecRefs[kernel.tables.get(mm, 40) >> PTE_SHIFT], 1, 'and on again afterwards');
});

test('zone->cma_alloc is set from the isolation to the end', () => {
  const { kernel, memory } = setUp({});
  const { range } = kernel;
  range.begin(256, 258);
  stepTo(range, CONTIG_PHASE.prepare);
  assert.ok(memory.cmaAlloc);
  stepTo(range, CONTIG_PHASE.idle);
  assert.is(range.rc, 0);
  assert.not(memory.cmaAlloc);
});

/** Two pages, one of them or both pinned once they are isolated; steps up to test_pages_isolated. */
function giveUp(pinned: readonly number[]) {
  const machine = setUp({ kernel: 'linux-6.1' });
  const { range } = machine.kernel;
  range.begin(256, 258);
  stepTo(range, CONTIG_PHASE.migrate);
  for (const page of pinned) machine.script.pin(page);
  stepTo(range, CONTIG_PHASE.test);
  return machine;
}

function stepTo(range: ContigRange, phase: number): void {
  while (range.phase !== phase) range.step(WHO, CPU);
}

test('6.1: what tries == 5 leaves behind is all that is left, not only what the test finds first', () => {
  const { kernel } = giveUp([256, 257]);
  kernel.range.step(WHO, CPU);
  assert.is(kernel.range.rc, ERRNO.busy);
  assert.equal([...kernel.range.leftover].sort(), [256, 257]);
});

test('6.1: a page that is free by the time of the test stands in no way, whatever the tries came to', () => {
  const { script, kernel, memory, mm } = giveUp([256]);
  script.unpin(256);
  kernel.spaces.exit(mm, CPU);
  script.drainAll();
  kernel.range.step(WHO, CPU);
  assert.is(kernel.range.rc, 0);
  assert.equal(kernel.range.leftover, []);
  assert.is(memory.frames.kind[256], KIND.contiguous);
});

test('6.1: a page passed over for a pin has that for its cause, though the pin is gone at the test', () => {
  const { script, kernel } = setUp({ kernel: 'linux-6.1' });
  const { range } = kernel;
  script.pin(256);
  range.begin(256, 258);
  stepTo(range, CONTIG_PHASE.test);
  script.unpin(256);
  range.step(WHO, CPU);
  assert.equal([range.rc, range.leftover], [ERRNO.busy, [256]]);
  assert.is(kernel.ledger.failureOf(256), 'pin');
});

test('a frame that is on no LRU is found busy by the test, and said to be that', () => {
  const { kernel, memory, run } = setUp({});
  assert.ok(memory.allocExact(258));
  memory.frames.kind[258] = KIND.kernel;
  kernel.range.begin(256, 259);
  while (!kernel.range.isIdle) kernel.range.step(WHO, CPU);
  assert.equal([kernel.range.rc, kernel.range.leftover], [ERRNO.busy, [258]]);
  assert.is(kernel.ledger.failureOf(258), 'not-lru');
  assert.is(run(), 0, 'the rest can be had');
});

/** A metadata page at the beginning of the area whose buffer was looked up last. */
function setUpMetadata(profile: Partial<KernelProfile>) {
  const script = new ScriptMachine({}, [], { profile: { ...SCRIPT_KERNELS['linux-3.10'], ...profile } });
  const { kernel, memory, pages } = script;
  const file = pages.cache.addFile(4);
  assert.ok(memory.allocExact(256));
  pages.cache.insert(CPU, 256, file, 0, false, true);
  const run = () => {
    kernel.range.begin(256, 258);
    while (!kernel.range.isIdle) assert.is.not(kernel.range.step(WHO, CPU), BLOCKED);
    return kernel.range.rc;
  };
  return { kernel, pages, file, run };
}

test('a page whose buffer is in a buffer_head LRU can be neither dropped nor moved: a pin', () => {
  for (const discardClean of [true, false]) {
    const { kernel, pages, file, run } = setUpMetadata({ discardClean });
    assert.is(run(), ERRNO.busy);
    assert.equal(kernel.range.leftover, [256]);
    assert.is(kernel.ledger.failureOf(256), 'pin');
    pages.cache.bhLru.invalidate();
    assert.is(run(), 0);
    assert.is(pages.discarded, discardClean ? 1 : 0);
    assert.is(pages.cache.lookup(file, 0) === NONE, discardClean);
  }
});

test('invalidateBhLrus: the LRUs are empty during the range, and remember again after it', () => {
  const { kernel, pages, file, run } = setUpMetadata({ invalidateBhLrus: true });
  assert.is(run(), 0);
  assert.is(pages.discarded, 1);
  kernel.range.begin(260, 262);
  while (!kernel.range.isIdle) {
    kernel.range.step(WHO, CPU);
    if (pages.cache.lookup(file, 1) === NONE) pages.cache.add(CPU, file, 1, false, true);
  }
  const pfn = pages.cache.lookup(file, 1);
  assert.not(pages.hasBusyBuffers(pfn));
  pages.cache.lookupBuffers(CPU, pfn);
  assert.ok(pages.hasBusyBuffers(pfn));
});

test.run();
