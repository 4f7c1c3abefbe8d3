import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { UNCHANGED } from '../kernelProfiles.ts';
import { KIND } from './frames.ts';
import { MIGRATE } from './pageblocks.ts';
import { freeList, freeOrders, smallMemory } from './testing.ts';

/** A memory of ordinary blocks only. */
const plain = (frames = 64) => smallMemory({ frames, cma: [] });

test('boot frees everything but the carve-outs, CMA blocks as CMA', () => {
  const memory = smallMemory({ reserved: [{ first: 3, pages: 10 }] });
  assert.is(memory.freePages(), 246);
  assert.is(memory.freeCmaPages(), 32);
  assert.is(memory.frames.kind[3], KIND.reserved);
  assert.is(memory.frames.kind[13], KIND.free);
  assert.equal(freeList(memory, 4, MIGRATE.cma), [240, 224]);
  // What is left of the first block: frames 0 to 2 and 13 to 15.
  assert.equal(freeOrders(memory).slice(0, 4), [0, 0, 1, 1]);
  assert.equal(checkMemory(memory), []);
});

test('a CMA area that is not made of pageblocks is refused, as is one that overlaps a carve-out', () => {
  assert.throws(() => smallMemory({ cma: [{ first: 8, pages: 16 }] }), /whole pageblocks/);
  assert.throws(() => smallMemory({ cma: [{ first: 240, pages: 32 }] }), /whole pageblocks/);
  assert.throws(() => smallMemory({ reserved: [{ first: 230, pages: 1 }] }), /inside the CMA pageblock/);
  assert.throws(() => smallMemory({ reserved: [{ first: 250, pages: 10 }] }), /outside the board/);
});

test('RESERVE blocks follow from the min watermark, two at most', () => {
  for (const [minFreePages, blocks] of [
    [0, 0],
    [1, 1],
    [16, 1],
    [17, 2],
    [200, 2],
  ] as const) {
    const memory = smallMemory({ minFreePages });
    assert.is(memory.buddy.freeCount[MIGRATE.reserve], blocks * 16, `min ${minFreePages}`);
    assert.equal(checkMemory(memory), []);
  }
});

test('the block freed last is split, lower half first, and freeing merges it again', () => {
  const memory = plain();
  const first = memory.buddy.rmqueue(0, MIGRATE.movable);
  assert.is(first, 48);
  assert.equal(freeOrders(memory), [0, 1, 2, 3, 4, 4, 4]);
  // The smallest fitting block comes first.
  assert.is(memory.buddy.rmqueue(1, MIGRATE.movable), 50);
  assert.is(memory.buddy.rmqueue(0, MIGRATE.movable), 49);
  memory.buddy.freeOne(49, 0, MIGRATE.movable);
  memory.buddy.freeOne(48, 0, MIGRATE.movable);
  assert.equal(freeOrders(memory), [1, 2, 3, 4, 4, 4]);
  memory.buddy.freeOne(50, 1, MIGRATE.movable);
  assert.equal(freeOrders(memory), [4, 4, 4, 4]);
});

test('a block whose next merge is near goes to the tail of its list', () => {
  const memory = plain(32);
  const { buddy } = memory;
  for (let pfn = 0; pfn < 32; pfn++) assert.ok(buddy.allocExact(pfn));
  buddy.freeOne(0, 0, MIGRATE.movable);
  buddy.freeOne(20, 0, MIGRATE.movable);
  assert.equal(freeList(memory, 0, MIGRATE.movable), [20, 0]);
  buddy.freeOne(6, 1, MIGRATE.movable);
  // Buddy 5 is taken, but the pair above, 6 and 7, is free.
  buddy.freeOne(4, 0, MIGRATE.movable);
  assert.equal(freeList(memory, 0, MIGRATE.movable), [20, 0, 4]);
});

test('an unmovable request takes a whole movable block, and its type with it', () => {
  const memory = plain();
  assert.is(memory.buddy.rmqueue(0, MIGRATE.unmovable), 48);
  assert.is(memory.blocks.typeOf(48), MIGRATE.unmovable);
  assert.is(memory.buddy.freeCount[MIGRATE.unmovable], 15);
  assert.is(memory.buddy.freeCount[MIGRATE.movable], 48);
});

test('fallback takes the largest block; a small one moves no other page, unless the request is reclaimable', () => {
  for (const type of [MIGRATE.unmovable, MIGRATE.reclaimable]) {
    const memory = plain(16);
    const { buddy } = memory;
    for (let pfn = 0; pfn < 16; pfn++) assert.ok(buddy.allocExact(pfn));
    // Below order 2 (half of the pageblock order): one pair and two single pages.
    buddy.freeOne(2, 1, MIGRATE.movable);
    buddy.freeOne(8, 0, MIGRATE.movable);
    buddy.freeOne(12, 0, MIGRATE.movable);
    assert.is(buddy.rmqueue(0, type), 2);
    assert.is(buddy.freeCount[MIGRATE.movable], type === MIGRATE.unmovable ? 2 : 0);
    assert.is(buddy.freeCount[type], type === MIGRATE.unmovable ? 1 : 3);
    // Less than half of the block was free: it keeps its type.
    assert.is(memory.blocks.typeOf(2), MIGRATE.movable);
    assert.equal(
      memory.buddy.lists.lengths.reduce((sum, n) => sum + n, 0),
      3,
    );
  }
});

test('a block changes its type when half of it was free', () => {
  for (const free of [7, 8]) {
    const memory = plain(16);
    const { buddy } = memory;
    for (let pfn = 0; pfn < 16; pfn++) assert.ok(buddy.allocExact(pfn));
    for (let pfn = 0; pfn < free; pfn++) buddy.freeOne(pfn, 0, MIGRATE.movable);
    buddy.rmqueue(0, MIGRATE.unmovable);
    assert.is(memory.blocks.typeOf(0), free === 8 ? MIGRATE.unmovable : MIGRATE.movable);
    assert.is(buddy.freeCount[MIGRATE.unmovable], free - 1);
  }
});

test('movable requests fall back to CMA before other types, and CMA never changes', () => {
  const memory = smallMemory();
  const { buddy } = memory;
  assert.ok(buddy.rmqueue(0, MIGRATE.unmovable) >= 0);
  for (let pages = buddy.freeCount[MIGRATE.movable]; pages > 0; pages--)
    assert.ok(buddy.rmqueue(0, MIGRATE.movable) < 224);
  assert.is(buddy.rmqueue(0, MIGRATE.movable), 240);
  assert.is(buddy.freeCount[MIGRATE.cma], 31);
  assert.is(memory.blocks.typeOf(240), MIGRATE.cma);
  assert.is(buddy.freeCount[MIGRATE.unmovable], 15);
});

test('among blocks of one order a movable request takes CMA, then reclaimable, then unmovable ones', () => {
  const memory = smallMemory({ frames: 48, cma: [{ first: 16, pages: 16 }] });
  const { buddy, blocks } = memory;
  for (const [pfn, type] of [
    [0, MIGRATE.unmovable],
    [32, MIGRATE.reclaimable],
  ] as const) {
    blocks.setType(pfn, type);
    buddy.moveFreepagesBlock(pfn, type);
  }
  assert.equal(
    [4, 4, 4].map((order) => buddy.rmqueue(order, MIGRATE.movable)),
    [16, 32, 0],
  );
  assert.equal([...blocks.types], [MIGRATE.movable, MIGRATE.cma, MIGRATE.movable]);
});

test('unmovable requests never get CMA pages, and RESERVE comes last', () => {
  const memory = smallMemory({ minFreePages: 1 });
  const { buddy } = memory;
  const ordinary = 256 - 32;
  for (let i = 0; i < ordinary; i++) {
    const pfn = buddy.rmqueue(0, MIGRATE.unmovable);
    assert.ok(pfn >= 0 && pfn < 224);
    // The one RESERVE block is the first.
    assert.is(pfn < 16, i >= ordinary - 16, `page ${i} is frame ${pfn}`);
  }
  assert.is(buddy.rmqueue(0, MIGRATE.unmovable), -1);
  assert.is(buddy.freePages(), 32);
});

test('CMA first unless alloc_contig_range runs', () => {
  const { buddy } = smallMemory();
  assert.ok(buddy.rmqueueCma(0) >= 224);
  buddy.cmaAlloc = true;
  assert.ok(buddy.rmqueueCma(0) < 224);
});

test('one given frame', () => {
  const memory = smallMemory();
  assert.ok(memory.allocExact(229));
  assert.not(memory.allocExact(229));
  assert.is(memory.frames.count[229], 1);
  assert.equal(freeOrders(memory, MIGRATE.cma), [0, 1, 2, 3, 4]);
  assert.is(memory.buddy.lowestFree(229, 256), 230);
  assert.is(memory.buddy.lowestFree(229, 230), -1);
  memory.frames.kind[229] = KIND.kernel;
  memory.putPage(0, 229);
  // On a per-cpu list now, and still to be had.
  assert.ok(memory.allocExact(229));
});

const BALANCED = { ...UNCHANGED, cmaBalance: true };

test('cmaBalance: movable requests take CMA while it is over half of free memory', () => {
  const { buddy } = smallMemory({ frames: 64, cma: [{ first: 32, pages: 32 }], changes: BALANCED });
  // 32 CMA pages of 64 free, 32 of 63, 31 of 62, 31 of 61.
  const isCma = [0, 1, 2, 3].map(() => buddy.rmqueue(0, MIGRATE.movable) >= 32);
  assert.equal(isCma, [false, true, false, true]);
  assert.ok(buddy.rmqueue(0, MIGRATE.unmovable) < 32, 'never for the kernel');
});

test('cmaBalance: CMA is taken smallest block first, and before other types are stolen from', () => {
  for (const [changes, frame] of [
    // The largest foreign block: eight pages of the unmovable block.
    [UNCHANGED, 8],
    // A single page, the one split off last.
    [BALANCED, 57],
  ] as const) {
    const memory = smallMemory({ frames: 64, cma: [{ first: 48, pages: 16 }], changes });
    const { buddy } = memory;
    for (const pfn of [52, 56]) assert.ok(memory.allocExact(pfn));
    for (let pfn = 16; pfn < 48; pfn++) assert.ok(memory.allocExact(pfn));
    assert.ok(buddy.rmqueue(0, MIGRATE.unmovable) < 16, 'makes the first block unmovable');
    assert.is(buddy.rmqueue(0, MIGRATE.movable), frame);
  }
});

test('bootFreesToTail: low addresses first; noReserveBlocks: no MIGRATE_RESERVE', () => {
  const changes = { ...UNCHANGED, bootFreesToTail: true, noReserveBlocks: true };
  const memory = smallMemory({ minFreePages: 40, changes });
  assert.is(memory.buddy.freeCount[MIGRATE.reserve], 0);
  assert.equal(freeList(memory, 4, MIGRATE.movable).slice(0, 3), [0, 16, 32]);
  // init_cma_reserved_pageblock frees to the heads.
  assert.equal(freeList(memory, 4, MIGRATE.cma), [240, 224]);
  assert.equal(checkMemory(memory), []);
});

test.run();
