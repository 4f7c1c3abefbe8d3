import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { KIND, NONE } from './frames.ts';
import { GFP, PhysicalMemory } from './physical.ts';
import { SMALL, smallMemory } from './testing.ts';

test('watermarks, with extra_free_kbytes between min and low', () => {
  const { min, low, high } = smallMemory({ minFreePages: 40, extraFreePages: 24 }).watermarks;
  assert.equal([min, low, high], [40, 74, 84]);
});

test('below low kswapd is wanted, at min allocation ends; free CMA pages count for movable requests only', () => {
  for (const [gfp, usable] of [
    [GFP.movable, 256],
    [0, 224],
  ] as const) {
    const memory = smallMemory({ minFreePages: 40, extraFreePages: 24, pcpBatch: 1, pcpHigh: 2 });
    let pages = 0;
    while (memory.allocPage(0, gfp) >= 0) {
      pages++;
      // The page is given while more than low were free before it.
      assert.is(memory.kswapdWanted, pages > usable - 74, `page ${pages}`);
    }
    assert.is(pages, usable - 40);
    assert.ok(memory.allocPage(0, gfp | GFP.noWatermark) >= 0);
  }
});

test('kernel pages come from outside CMA, until there are none', () => {
  const memory = smallMemory({ pcpBatch: 1 });
  assert.is(memory.allocKernelPages(20, 0), 20);
  assert.is(memory.allocKernelPages(300, GFP.reclaimable), 204);
  assert.is(memory.allocPage(1, 0), NONE);
  assert.is(memory.freeCmaPages(), 32);
  assert.is(memory.frames.kind.filter((kind) => kind === KIND.kernel).length, 224);
  assert.equal(checkMemory(memory), []);
});

test('the last reference frees, and not before; contents stay, all else is cleared', () => {
  const memory = smallMemory();
  const { frames } = memory;
  const pfn = memory.allocPage(0, GFP.movable);
  frames.kind[pfn] = KIND.anon;
  frames.mapping[pfn] = 5;
  frames.content[pfn] = 77;
  memory.getPage(pfn);
  memory.putPage(0, pfn);
  assert.is(frames.mapping[pfn], 5);
  memory.putPage(0, pfn);
  assert.equal(
    [frames.kind[pfn], frames.mapping[pfn], frames.flags[pfn], frames.content[pfn]],
    [KIND.free, NONE, 0, 77],
  );
  assert.throws(() => memory.putPage(0, pfn), /reference dropped/);
});

test('freeing a page that is mapped is an error', () => {
  const memory = smallMemory();
  const pfn = memory.allocPage(0, GFP.movable);
  memory.frames.mapcount[pfn] = 1;
  assert.throws(() => memory.putPage(0, pfn), /1 ptes map it/);
});

test('a 512 MB board', () => {
  const memory = new PhysicalMemory({
    ...SMALL,
    frames: 131_072,
    cpus: 4,
    pageblockOrder: 10,
    reserved: [{ first: 34_000, pages: 22_016 }],
    cma: [
      { first: 16_384, pages: 2048 },
      { first: 129_024, pages: 2048 },
    ],
    pcpBatch: 31,
    pcpHigh: 186,
    minFreePages: 655,
  });
  assert.is(memory.freePages(), 131_072 - 22_016);
  assert.is(memory.freeCmaPages(), 4096);
  assert.equal(checkMemory(memory), []);
});

test.run();
