import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { UNCHANGED } from '../kernelProfiles.ts';
import { KIND } from './frames.ts';
import { MIGRATE } from './pageblocks.ts';
import { GFP, type PhysicalMemory } from './physical.ts';
import { VENDOR, smallMemory } from './testing.ts';

function take(memory: PhysicalMemory, cpu: number, gfp: number): number {
  const pfn = memory.allocPage(cpu, gfp);
  memory.frames.kind[pfn] = KIND.kernel;
  return pfn;
}

test('an empty list is filled with a batch, and the page freed last is used first', () => {
  const memory = smallMemory();
  const pages = [0, 1, 2].map(() => take(memory, 0, GFP.movable));
  assert.is(memory.percpu.counts[0], 1);
  assert.is(memory.freePages(), 252);
  // In the order in which the buddy allocator gave them.
  assert.equal(pages, [208, 209, 210]);
  memory.putPage(0, 208);
  assert.is(take(memory, 0, GFP.movable), 208);
  assert.equal(checkMemory(memory), []);
});

test('a CPU that frees much gives a batch back, oldest pages first', () => {
  const memory = smallMemory();
  const pages = Array.from({ length: 8 }, () => take(memory, 0, GFP.movable));
  for (const pfn of pages.slice(0, 7)) memory.putPage(1, pfn);
  assert.is(memory.percpu.counts[1], 7);
  memory.putPage(1, pages[7]);
  assert.is(memory.percpu.counts[1], 4);
  assert.ok(memory.buddy.headOf(pages[0]) >= 0);
  assert.is(memory.buddy.headOf(pages[4]), -1);
  assert.equal(checkMemory(memory), []);
});

test('the vendor fills the movable list with CMA pages for a zeroed page, and others get them too', () => {
  const memory = smallMemory(VENDOR);
  assert.ok(take(memory, 0, GFP.movable | GFP.cma) >= 224);
  assert.ok(take(memory, 0, GFP.movable) >= 224);
  // The other CPU's list is filled by a request without __GFP_CMA.
  assert.ok(take(memory, 1, GFP.movable) < 224);
  assert.ok(take(memory, 1, GFP.movable | GFP.cma) < 224);
  assert.is(memory.freeCmaPages(), 28);
});

test('__GFP_CMA means nothing without the vendor rule', () => {
  assert.ok(take(smallMemory(), 0, GFP.movable | GFP.cma) < 224);
});

test('a freed CMA page stays on the movable list, or passes it by with the vendor', () => {
  for (const [vendor, kept] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const memory = smallMemory({ cmaFreeBypassesPcp: vendor });
    assert.ok(memory.allocExact(230));
    memory.frames.kind[230] = KIND.kernel;
    memory.putPage(0, 230);
    assert.is(memory.percpu.counts[0], kept);
    assert.is(memory.freeCmaPages(), 32 - kept);
    memory.percpu.drainAllPages();
    assert.is(memory.freeCmaPages(), 32);
    assert.equal(checkMemory(memory), []);
  }
});

test('draining empties one CPU or all', () => {
  const memory = smallMemory();
  for (const cpu of [0, 1]) for (const gfp of [GFP.movable, 0, GFP.reclaimable]) take(memory, cpu, gfp);
  assert.equal([...memory.percpu.counts], [9, 9]);
  memory.percpu.drainPages(0);
  assert.equal([...memory.percpu.counts], [0, 9]);
  memory.percpu.drainAllPages();
  assert.is(memory.freePages(), 250);
  assert.equal(checkMemory(memory), []);
});

test('a page isolated while on a per-cpu list: the vendor reads its type again, 3.10 leaves it on the CMA list', () => {
  for (const vendor of [false, true]) {
    const memory = smallMemory({ ...VENDOR, cmaFreeBypassesPcp: vendor });
    take(memory, 0, GFP.movable | GFP.cma);
    assert.ok(memory.isolation.startIsolatePageRange(240, 256));
    assert.is(memory.buddy.freeCount[MIGRATE.isolate], vendor ? 15 : 12);
    // test_pages_isolated moves what was left on another list.
    assert.is(memory.isolation.testPagesIsolated(241, 256), -1);
    assert.is(memory.buddy.freeCount[MIGRATE.isolate], 15);
    assert.equal(checkMemory(memory), []);
  }
});

test('pcpScales: bulk frees double without an allocation between, from the list freed to last', () => {
  const memory = smallMemory({ pcpBatch: 2, pcpHigh: 10, changes: { ...UNCHANGED, pcpScales: true } });
  const movable = Array.from({ length: 24 }, () => take(memory, 0, GFP.movable));
  const unmovable = Array.from({ length: 4 }, () => take(memory, 0, 0));
  for (const pfn of unmovable) memory.putPage(1, pfn);
  const put = (pfn: number) => {
    memory.putPage(1, pfn);
    return memory.percpu.counts[1];
  };
  // At 10 pages 2 go; then 4; then 8, which is all that may go.
  assert.equal(movable.slice(0, 12).map(put), [5, 6, 7, 8, 9, 8, 9, 6, 7, 8, 9, 2]);
  const { lengths } = memory.percpu.lists;
  const ofCpu = (type: number) => lengths[3 + type];
  assert.equal([ofCpu(MIGRATE.unmovable), ofCpu(MIGRATE.movable)], [2, 0], 'the other list only for what is missing');
  assert.equal(movable.slice(12, 20).map(put), [3, 4, 5, 6, 7, 8, 9, 2]);
  movable.slice(20).forEach(put);
  const taken = take(memory, 1, GFP.movable);
  const more = [0, 1, 2].map(() => take(memory, 0, GFP.movable));
  assert.equal([taken, ...more].map(put), [6, 7, 8, 9]);
  assert.is(put(take(memory, 0, GFP.movable)), 6, 'an allocation halved it: 4 go');
  assert.equal(checkMemory(memory), []);
});

test('rereadsFreeType: a CMA page waits on the movable list, and goes to the isolated block it belongs to', () => {
  for (const [changes, isolated] of [
    // It completes its block, which goes where the page was thought to belong.
    [UNCHANGED, 16],
    [{ ...UNCHANGED, rereadsFreeType: true }, 32],
  ] as const) {
    const memory = smallMemory({ changes });
    assert.ok(memory.allocExact(230));
    memory.frames.kind[230] = KIND.kernel;
    memory.putPage(0, 230);
    assert.is(memory.percpu.counts[0], 1);
    assert.ok(memory.isolation.startIsolatePageRange(224, 256));
    assert.is(memory.buddy.freeCount[MIGRATE.isolate], isolated);
  }
});

test.run();
