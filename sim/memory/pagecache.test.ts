import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { checkPageCache } from './checkCache.ts';
import { KIND, NONE, PG } from './frames.ts';
import { LRU } from './lru.ts';
import { PageCache } from './pagecache.ts';
import { GFP, type MemoryOptions } from './physical.ts';
import { Reclaim } from './reclaim.ts';
import { smallMemory } from './testing.ts';

function build(options: Partial<MemoryOptions> = {}) {
  const memory = smallMemory(options);
  const cache = new PageCache(memory);
  const file = cache.addFile(100);
  const isSound = () => assert.equal([...checkMemory(memory), ...checkPageCache(memory, cache)], []);
  return { memory, cache, file, isSound };
}

test('a page read in is found, is on its way to the inactive list, and the cache holds it', () => {
  const { memory, cache, file, isSound } = build();
  const pfn = cache.add(0, file, 7);
  assert.is(cache.lookup(file, 7), pfn);
  assert.is(cache.lookup(file, 8), NONE);
  assert.is(cache.lookup(file, 100), NONE);
  assert.equal([memory.frames.kind[pfn], memory.frames.mapping[pfn], memory.frames.index[pfn]], [KIND.file, file, 7]);
  assert.is(memory.frames.count[pfn], 2);
  memory.pagevecs.lruAddDrainAll();
  assert.is(memory.frames.count[pfn], 1);
  assert.is(memory.lru.listOf[pfn], LRU.inactiveFile);
  assert.throws(() => cache.add(0, file, 7), /cached already/);
  isSound();
});

test('buffers hold one more reference; removal drops all of the cache', () => {
  const { memory, cache, file, isSound } = build();
  const pfn = cache.add(0, file, 0, true, true);
  assert.is(memory.frames.count[pfn], 3);
  assert.is(cache.dirty, 1);
  isSound();
  cache.remove(0, pfn);
  assert.is(cache.lookup(file, 0), NONE);
  assert.is(memory.frames.count[pfn], 1);
  memory.pagevecs.lruAddDrainAll();
  assert.is(memory.frames.kind[pfn], KIND.free);
  isSound();
});

test('the vendor keeps the page cache out of CMA', () => {
  for (const pageCacheOutsideCma of [false, true]) {
    const { memory, cache, file, isSound } = build({ pageCacheOutsideCma, cmaFreeBypassesPcp: true });
    while (memory.freePages() > 40) memory.allocKernelPages(1, GFP.movable);
    memory.percpu.drainAllPages();
    let inCma = 0;
    let pages = 0;
    for (let pfn = cache.add(0, file, 0); pfn >= 0 && pages < 20; pfn = cache.add(0, file, ++pages))
      if (pfn >= 224) inCma++;
    assert.is(inCma > 0, !pageCacheOutsideCma);
    assert.ok(pages > 5);
    isSound();
  }
});

test('writeback: dirty, being written, clean', () => {
  const { memory, cache, file, isSound } = build();
  const pfn = cache.add(0, file, 0);
  memory.pagevecs.lruAddDrainAll();
  assert.not(cache.startWriteback(pfn));
  cache.markDirty(pfn);
  cache.markDirty(pfn);
  assert.is(cache.dirty, 1);
  assert.not(cache.dropClean(0, pfn));
  assert.ok(cache.startWriteback(pfn));
  assert.equal([cache.dirty, cache.writeback], [0, 1]);
  assert.not(cache.dropClean(0, pfn));
  isSound();
  cache.endWriteback(0, pfn);
  assert.is(cache.writeback, 0);
  assert.ok(cache.dropClean(0, pfn));
  assert.is(memory.frames.kind[pfn], KIND.free);
  isSound();
});

test('only a clean page that nobody uses can be dropped, isolated or not', () => {
  const { memory, cache, file, isSound } = build();
  const { frames } = memory;
  const pfn = cache.add(0, file, 0, false, true);
  assert.not(cache.dropClean(0, pfn), 'in a pagevec');
  memory.pagevecs.lruAddDrainAll();
  assert.not(cache.dropClean(0, pfn), 'its buffer was looked up');
  assert.is(cache.bhLru.invalidate(), 1);
  memory.getPage(pfn);
  assert.not(cache.dropClean(0, pfn), 'pinned');
  memory.putPage(0, pfn);
  frames.flags[pfn] |= PG.locked;
  assert.not(cache.dropClean(0, pfn), 'locked');
  frames.flags[pfn] &= ~PG.locked;
  assert.ok(memory.lru.isolateLruPage(pfn));
  assert.equal([...memory.lru.isolated], [0, 1]);
  assert.ok(cache.dropClean(0, pfn));
  assert.equal([...memory.lru.isolated], [0, 0]);
  assert.is(frames.count[pfn], 0);
  isSound();
});

test('migration moves slot, references, buffers and dirtiness', () => {
  const { memory, cache, file, isSound } = build();
  const { frames } = memory;
  const from = cache.add(0, file, 3, true, true);
  cache.bhLru.invalidate();
  memory.pagevecs.lruAddDrainAll();
  assert.ok(memory.lru.isolateLruPage(from));
  assert.is(frames.count[from], 3);
  const to = memory.allocPage(0, GFP.movable);
  cache.replace(from, to);
  frames.kind[from] = KIND.kernel;
  assert.is(cache.lookup(file, 3), to);
  assert.equal([frames.count[from], frames.count[to]], [1, 3]);
  assert.is(frames.flags[to], PG.dirty | PG.private);
  memory.pagevecs.putbackLruPage(0, from);
  memory.pagevecs.putbackLruPage(0, to);
  isSound();
  memory.pagevecs.lruAddDrainAll();
  assert.is(frames.kind[from], KIND.free);
  assert.is(frames.count[to], 2);
  assert.is(memory.lru.listOf[to], LRU.inactiveFile);
  isSound();
});

test('a page that was dropped and is read again is a refault', () => {
  const { memory, cache, file, isSound } = build();
  memory.pagevecs.lruAddDrainAll();
  for (const index of [0, 1, 1, 0]) {
    cache.add(0, file, index);
    memory.pagevecs.lruAddDrainAll();
    assert.ok(cache.dropClean(0, cache.lookup(file, index)));
  }
  assert.is(cache.refaults, 2);
  cache.remove(0, cache.add(0, file, 2));
  cache.add(0, file, 2);
  assert.is(cache.refaults, 2, 'truncated, not dropped');
  isSound();
});

test('reclaim frees the oldest clean pages and no more than wanted', () => {
  const { memory, cache, file, isSound } = build();
  const pages = Array.from({ length: 20 }, (_, index) => cache.add(0, file, index));
  const reclaim = new Reclaim(memory, cache);
  assert.is(reclaim.shrinkFileLru(0, 3), 3);
  assert.equal(
    pages.slice(0, 5).map((pfn) => memory.frames.kind[pfn]),
    [KIND.free, KIND.free, KIND.free, KIND.file, KIND.file],
  );
  assert.is(reclaim.lastScanned, 3);
  assert.is(reclaim.shrinkFileLru(0, 100), 17);
  assert.is(reclaim.shrinkFileLru(0, 100), 0);
  assert.is(reclaim.freed, 20);
  isSound();
});

test('reclaim passes over dirty, pinned and locked pages; what is written back is next', () => {
  const { memory, cache, file, isSound } = build();
  const { frames, lru } = memory;
  const [dirty, pinned, locked, clean] = [0, 1, 2, 3].map((index) => cache.add(0, file, index));
  cache.markDirty(dirty);
  memory.getPage(pinned);
  frames.pins[pinned]++;
  frames.flags[locked] |= PG.locked;
  const reclaim = new Reclaim(memory, cache);
  assert.is(reclaim.shrinkFileLru(0, 10), 1);
  assert.is(frames.kind[clean], KIND.free);
  assert.is(frames.flags[dirty], PG.lru | PG.dirty | PG.reclaim);
  isSound();
  assert.is(lru.lists.tails[LRU.inactiveFile], dirty);
  lru.remove(dirty);
  lru.add(dirty, LRU.inactiveFile);
  assert.ok(cache.startWriteback(dirty));
  cache.endWriteback(0, dirty);
  memory.pagevecs.lruAddDrainAll();
  assert.is(lru.lists.tails[LRU.inactiveFile], dirty);
  assert.is(frames.flags[dirty], PG.lru);
  isSound();
});

test('mapped pages are activated instead; unmapped active pages come down when the inactive list is short', () => {
  const { memory, cache, file, isSound } = build();
  const { frames, lru, pagevecs } = memory;
  const [mapped, used, other] = [0, 1, 2].map((index) => cache.add(0, file, index));
  pagevecs.lruAddDrainAll();
  memory.getPage(mapped);
  frames.mapcount[mapped]++;
  for (const pfn of [used, other]) {
    lru.remove(pfn);
    lru.add(pfn, LRU.activeFile);
  }
  const reclaim = new Reclaim(memory, cache);
  assert.is(reclaim.shrinkFileLru(0, 10), 2);
  assert.is(lru.listOf[mapped], LRU.activeFile);
  isSound();
  assert.is(reclaim.shrinkFileLru(0, 10), 0);
  assert.is(frames.kind[mapped], KIND.file);
});

test.run();
