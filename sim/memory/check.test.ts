/** The checks must see what is wrong: every entry breaks one thing and names what is expected to be said about it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { checkPageCache } from './checkCache.ts';
import { KIND, PG } from './frames.ts';
import { LRU } from './lru.ts';
import { MIGRATE } from './pageblocks.ts';
import { PageCache } from './pagecache.ts';
import { GFP, type PhysicalMemory } from './physical.ts';
import { VENDOR, smallMemory } from './testing.ts';

/**
 * Frames in every state: `onLru`, `isolated`, `inPagevec`, `kernel`, one on a per-cpu list, and an
 * isolated pageblock 15.
 */
function busyMemory() {
  const memory = smallMemory({ ...VENDOR, reserved: [{ first: 3, pages: 10 }] });
  const page = (kind: number) => {
    const pfn = memory.allocPage(0, GFP.movable);
    memory.frames.kind[pfn] = kind;
    if (kind === KIND.anon) memory.pagevecs.lruCacheAdd(0, pfn, LRU.activeAnon);
    return pfn;
  };
  const onLru = page(KIND.anon);
  const isolated = page(KIND.anon);
  memory.pagevecs.lruAddDrainAll();
  memory.lru.isolateLruPage(isolated);
  memory.isolation.startIsolatePageRange(240, 256);
  const inPagevec = page(KIND.anon);
  return {
    memory,
    onLru,
    isolated,
    inPagevec,
    kernel: page(KIND.kernel),
    onPcp: memory.percpu.lists.heads[MIGRATE.movable],
  };
}

type Busy = ReturnType<typeof busyMemory>;

const DAMAGE: readonly (readonly [string, (busy: Busy) => void, RegExp])[] = [
  [
    'a free block without its flag',
    ({ memory }) => (memory.frames.flags[224] &= ~PG.buddy),
    /frame 224: on a free list without PG.buddy/,
  ],
  [
    'a buddy flag on no list',
    ({ memory, kernel }) => (memory.frames.flags[kernel] |= PG.buddy),
    /PG.buddy on no free list/,
  ],
  ['a wrong order', ({ memory }) => (memory.frames.order[224] = 2), /frame 224: order 2 on the free list of order 4/],
  [
    'a wrong list',
    ({ memory }) => (memory.buddy.freeType[224] = MIGRATE.movable),
    /frame 224: type 2 on the free list of type 4/,
  ],
  [
    'a block type that does not fit',
    ({ memory }) => memory.blocks.setType(224, MIGRATE.movable),
    /frame 224: free as type 4 in a block of type 2/,
  ],
  [
    'a page counter',
    ({ memory }) => memory.buddy.freeCount[MIGRATE.cma]++,
    /free pages of type 4: counter 17, on lists 16/,
  ],
  ['a list counter', ({ memory }) => memory.buddy.lists.lengths[4 * 6 + MIGRATE.cma]++, /1 frames, counter 2/],
  ['a broken link', ({ memory }) => (memory.frames.next[224] = 9999), /broken at frame 224/],
  ['a lost tail', ({ memory }) => (memory.buddy.lists.tails[4 * 6 + MIGRATE.cma] = 5), /ends at frame 224, tail 5/],
  ['a block freed twice', ({ memory }) => memory.buddy.freeOne(226, 0, MIGRATE.cma), /frame 226: on two lists/],
  ['buddies that were not merged', ({ memory }) => split(memory), /frame 224: free, as is its buddy 232/],
  ['a per-cpu counter', ({ memory }) => memory.percpu.counts[0]++, /pcp of cpu 0: counter \d+, on lists \d+/],
  [
    'a page of another type on a per-cpu list',
    ({ memory, onPcp }) => (memory.buddy.freeType[onPcp] = 0),
    /of type 0 on the pcp list of type 2/,
  ],
  ['flags on a per-cpu list', ({ memory, onPcp }) => (memory.frames.flags[onPcp] = PG.dirty), /flags 8 on a pcp list/],
  ['LRU flag lost', ({ memory, onLru }) => (memory.frames.flags[onLru] &= ~PG.lru), /on an LRU list without PG.lru/],
  [
    'LRU flag on no list',
    ({ memory, kernel }) => (memory.frames.flags[kernel] |= PG.lru),
    /PG.lru does not fit the LRU lists/,
  ],
  ['activity', ({ memory, onLru }) => (memory.frames.flags[onLru] &= ~PG.active), /PG.active does not fit LRU list 1/],
  ['a wrong LRU list', ({ memory, onLru }) => (memory.lru.listOf[onLru] = 0), /listOf 0 on LRU list 1/],
  [
    'isolation not booked',
    ({ memory, isolated }) => (memory.frames.flags[isolated] &= ~PG.isolated),
    /off the LRU, listOf 5/,
  ],
  ['an isolation counter', ({ memory }) => memory.lru.isolated[0]++, /NR_ISOLATED\[0\]: counter 2, flags 1/],
  [
    'a pagevec reference',
    ({ memory, inPagevec }) => memory.frames.pagevecRefs[inPagevec]++,
    /pagevecRefs 2, in pagevecs 1/,
  ],
  [
    'a pagevec page on the LRU',
    ({ memory, inPagevec }) => memory.lru.add(inPagevec, LRU.activeAnon),
    /in an lru_add pagevec and on the LRU/,
  ],
  ['a free frame with a reference', ({ memory }) => (memory.frames.count[230] = 1), /frame 230: free with count 1/],
  [
    'a free frame that is pinned',
    ({ memory }) => (memory.frames.pins[230] = 1),
    /frame 230: free with 1 references held/,
  ],
  ['a free frame with a kind', ({ memory, onPcp }) => (memory.frames.kind[onPcp] = KIND.anon), /free with kind 3/],
  ['a free frame with a mapping', ({ memory }) => (memory.frames.mapping[230] = 7), /frame 230: free with mapping 7/],
  ['a lost page', ({ memory, kernel }) => (memory.frames.count[kernel] = 0), /count 0, on no list/],
  [
    'an allocated page of no kind',
    ({ memory, kernel }) => (memory.frames.kind[kernel] = KIND.free),
    /allocated with kind free/,
  ],
  [
    'more ptes than references',
    ({ memory, onLru }) => (memory.frames.mapcount[onLru] = 2),
    /count 1, but 2 references are held/,
  ],
  ['a negative mapcount', ({ memory, onLru }) => (memory.frames.mapcount[onLru] = -1), /mapcount -1/],
  ['a reserved frame without a reference', ({ memory }) => (memory.frames.count[5] = 0), /frame 5: reserved/],
  ['the count of isolated blocks', ({ memory }) => memory.blocks.isolated--, /nr_isolate_pageblock 0, blocks 1/],
];

/** Cuts the free CMA block at 224 in two, both free. */
function split(memory: PhysicalMemory): void {
  memory.buddy.removeBlock(224);
  memory.buddy.freeOne(224, 3, MIGRATE.cma);
  memory.frames.flags[224] &= ~PG.buddy;
  memory.buddy.freeOne(232, 3, MIGRATE.cma);
  memory.frames.flags[224] |= PG.buddy;
}

test('a busy memory is sound', () => assert.equal(checkMemory(busyMemory().memory), []));

for (const [name, damage, message] of DAMAGE) {
  test(`seen: ${name}`, () => {
    const busy = busyMemory();
    damage(busy);
    const messages = checkMemory(busy.memory);
    assert.ok(
      messages.some((line) => message.test(line)),
      `not said: ${message.source}\n${messages.join('\n')}`,
    );
  });
}

/** A file with a plain page at 1, a dirty one at 2, and one with buffers at 3, which CPU 0 looked up last. */
function busyCache() {
  const memory = smallMemory();
  const cache = new PageCache(memory);
  const file = cache.addFile(4);
  const plain = cache.add(0, file, 1);
  cache.add(0, file, 2, true);
  const buffers = cache.add(0, file, 3, false, true);
  return { memory, cache, plain, buffers };
}

const DAMAGE_OF_CACHE: readonly (readonly [string, (busy: ReturnType<typeof busyCache>) => void, RegExp])[] = [
  [
    'a cached page that does not know where',
    ({ memory, plain }) => (memory.frames.index[plain] = 2),
    /cached as page 1 of file 0, and does not know it/,
  ],
  ['a counter of pages', ({ cache }) => cache.pages++, /NR_FILE_PAGES: counter 4, in files 3/],
  [
    'a page that no file has',
    ({ memory }) => {
      const pfn = memory.allocPage(0, GFP.movable);
      memory.frames.kind[pfn] = KIND.file;
      memory.frames.mapping[pfn] = 0;
    },
    /4 frames belong to a file, 3 are in one/,
  ],
  [
    'a dirty page not counted',
    ({ memory, plain }) => (memory.frames.flags[plain] |= PG.dirty),
    /NR_FILE_DIRTY: counter 1, flags 2/,
  ],
  ['a counter of writeback', ({ cache }) => cache.writeback++, /NR_WRITEBACK: counter 1, flags 0/],
  [
    'a buffer looked up twice',
    ({ cache, buffers }) => (cache.bhLru.entries[1] = buffers),
    /twice in the buffer_head LRU of cpu 0/,
  ],
  [
    'a buffer of a page that has none',
    ({ memory, buffers }) => (memory.frames.flags[buffers] &= ~PG.private),
    /in a buffer_head LRU without buffers/,
  ],
  [
    'a buffer reference',
    ({ cache, buffers }) => cache.bhLru.refs[buffers]++,
    /2 buffer_head LRU references, 1 entries/,
  ],
];

for (const [name, damage, message] of DAMAGE_OF_CACHE) {
  test(`seen: ${name}`, () => {
    const busy = busyCache();
    assert.equal(checkPageCache(busy.memory, busy.cache), []);
    damage(busy);
    assert.match(checkPageCache(busy.memory, busy.cache).join('\n'), message);
  });
}

test.run();
