import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { KIND, NONE } from './frames.ts';
import { MIGRATE } from './pageblocks.ts';
import { GFP } from './physical.ts';
import { VENDOR, freeOrders, smallMemory } from './testing.ts';

test('isolation covers whole pageblocks, hides their free pages, and can be undone', () => {
  const memory = smallMemory();
  assert.ok(memory.isolation.startIsolatePageRange(226, 230));
  assert.is(memory.blocks.typeOf(224), MIGRATE.isolate);
  assert.is(memory.blocks.typeOf(240), MIGRATE.cma);
  assert.is(memory.blocks.isolated, 1);
  assert.is(memory.freePages(), 240);
  assert.is(memory.freeCmaPages(), 16);
  assert.ok(memory.blocks.isInCmaArea(224));
  assert.equal(checkMemory(memory), []);
  memory.isolation.undoIsolatePageRange(226, 230);
  assert.is(memory.freePages(), 256);
  assert.is(memory.freeCmaPages(), 32);
  assert.equal(checkMemory(memory), []);
});

test('a range with a block that cannot be isolated is left as it was', () => {
  const memory = smallMemory({ cma: [{ first: 208, pages: 32 }] });
  memory.blocks.setType(240, MIGRATE.unmovable);
  memory.buddy.moveFreepagesBlock(240, MIGRATE.unmovable);
  assert.not(memory.isolation.startIsolatePageRange(208, 256));
  assert.is(memory.blocks.isolated, 0);
  assert.is(memory.freeCmaPages(), 32);
  assert.not(memory.isolation.startIsolatePageRange(240, 272));
  assert.equal(checkMemory(memory), []);
});

test('nothing of an isolated block is handed out', () => {
  const memory = smallMemory({ ...VENDOR, pcpBatch: 1 });
  assert.ok(memory.isolation.startIsolatePageRange(224, 256));
  for (let pfn = memory.allocPage(0, GFP.movable | GFP.cma); pfn >= 0; pfn = memory.allocPage(0, GFP.movable | GFP.cma))
    assert.ok(pfn < 224);
  assert.is(memory.buddy.freeCount[MIGRATE.isolate], 32);
  assert.not(memory.allocExact(225));
  assert.is(memory.buddy.lowestFree(0, 256), NONE);
});

test('the free block that covers the start is found below it; without one there is none', () => {
  const memory = smallMemory();
  const { isolation } = memory;
  assert.is(isolation.outerStart(230), 224);
  assert.ok(memory.allocExact(224));
  assert.is(isolation.outerStart(230), 228);
  for (let pfn = 225; pfn < 240; pfn++) assert.ok(memory.allocExact(pfn));
  assert.is(isolation.outerStart(239), NONE);
  assert.is(isolation.firstBusy(239, 240), 239);
});

test('a page still allocated is named; once it is free the range can be taken, head and tail go back', () => {
  const memory = smallMemory();
  const { frames, isolation } = memory;
  assert.ok(memory.allocExact(234));
  frames.kind[234] = KIND.anon;
  assert.ok(isolation.startIsolatePageRange(230, 237));
  assert.is(isolation.firstBusy(230, 237), 234);
  assert.not(isolation.takeRange(230, 237));
  memory.putPage(0, 234);
  assert.is(memory.percpu.counts[0], 0);
  assert.is(isolation.firstBusy(230, 237), NONE);
  assert.ok(isolation.takeRange(230, 237));
  isolation.undoIsolatePageRange(230, 237);
  assert.equal([...frames.count.subarray(229, 238)], [0, 1, 1, 1, 1, 1, 1, 1, 0]);
  assert.is(frames.kind[230], KIND.contiguous);
  // Head 224..229 is 4 + 2, tail 237..239 is 1 + 2.
  assert.equal(freeOrders(memory, MIGRATE.cma), [0, 1, 1, 2, 4]);
  assert.equal(checkMemory(memory), []);
  isolation.freeContigRange(0, 230, 7);
  memory.percpu.drainAllPages();
  assert.equal(freeOrders(memory, MIGRATE.cma), [4, 4]);
  assert.equal(checkMemory(memory), []);
});

test('taking free pages is strict: a hole takes nothing', () => {
  const memory = smallMemory();
  assert.ok(memory.isolation.startIsolatePageRange(224, 256));
  assert.is(memory.isolation.isolateFreepagesRange(224, 250), 256);
  assert.is(memory.buddy.freeCount[MIGRATE.isolate], 0);
  for (const pfn of [224, 225, 226, 227]) memory.frames.kind[pfn] = KIND.free;
  memory.isolation.freeContigRange(0, 224, 4);
  assert.is(memory.isolation.isolateFreepagesRange(224, 229), 0);
  assert.is(memory.buddy.freeCount[MIGRATE.isolate], 4);
});

test('a frame outside an isolated block is in the way even when free', () => {
  const memory = smallMemory();
  assert.ok(memory.isolation.startIsolatePageRange(224, 240));
  assert.is(memory.isolation.testPagesIsolated(224, 256), 240);
});

test.run();
