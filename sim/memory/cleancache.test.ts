import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { checkPageCache } from './checkCache.ts';
import { Cleancache } from './cleancache.ts';
import { PageCache } from './pagecache.ts';
import { GFP } from './physical.ts';
import { smallMemory } from './testing.ts';

/** The areas are the 32 frames from 224 on. */
function build() {
  const memory = smallMemory({ cmaFor: 'cleancache', cmaFreeBypassesPcp: true });
  const cache = new PageCache(memory);
  const pool = new Cleancache(memory);
  cache.cleancache = pool;
  const file = cache.addFile(100);
  const readAndDrop = (index: number, hasBuffers = false) => {
    const pfn = cache.add(0, file, index, false, hasBuffers);
    assert.ok(pfn < 224);
    memory.pagevecs.lruAddDrainAll();
    cache.bhLru.invalidate();
    assert.ok(cache.dropClean(0, pfn));
  };
  const isSound = () => assert.equal([...checkMemory(memory), ...checkPageCache(memory, cache)], []);
  return { memory, cache, pool, file, readAndDrop, isSound };
}

test('what is dropped leaves a copy in the area, which the next reader takes', () => {
  const { memory, cache, pool, file, readAndDrop, isSound } = build();
  readAndDrop(3);
  readAndDrop(4, true);
  assert.equal([pool.size, memory.freeCmaPages()], [1, 31], 'metadata is not kept');
  isSound();
  cache.add(0, file, 3);
  assert.ok(cache.wasCopied);
  cache.add(0, file, 5);
  assert.not(cache.wasCopied);
  assert.equal([pool.size, memory.freeCmaPages()], [0, 32]);
  isSound();
});

test('a full pool forgets the oldest copy; a request drops those in its way', () => {
  const { memory, cache, pool, file, readAndDrop, isSound } = build();
  for (let index = 0; index < 40; index++) readAndDrop(index);
  assert.equal([pool.size, pool.stored], [32, 40]);
  isSound();
  cache.add(0, file, 7);
  assert.not(cache.wasCopied);
  cache.add(0, file, 8);
  assert.ok(cache.wasCopied);
  assert.ok(memory.isolation.startIsolatePageRange(224, 240));
  assert.is(pool.discard(0, 224, 240) + pool.size, 31);
  assert.is(memory.isolation.firstBusy(224, 240), -1);
  isSound();
});

test('nothing else is given CMA pages, when there are no others either', () => {
  const { memory } = build();
  let highest = 0;
  for (let pfn = 0; pfn >= 0; pfn = memory.allocPage(0, GFP.movable | (highest % 2 === 0 ? GFP.cma : GFP.pageCache)))
    highest = Math.max(highest, pfn);
  assert.ok(highest < 224);
  assert.is(memory.freeCmaPages(), 32);
});

test.run();
