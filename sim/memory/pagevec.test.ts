import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { UNCHANGED } from '../kernelProfiles.ts';
import { KIND, PG } from './frames.ts';
import { LRU } from './lru.ts';
import { GFP, type PhysicalMemory } from './physical.ts';
import { smallMemory } from './testing.ts';

/** A new anonymous page, in the pagevec of the active list, with the one reference of its pte to be. */
function newPage(memory: PhysicalMemory, cpu = 0): number {
  const pfn = memory.allocPage(cpu, GFP.movable);
  memory.frames.kind[pfn] = KIND.anon;
  memory.pagevecs.lruCacheAdd(cpu, pfn, LRU.activeAnon);
  return pfn;
}

test('a page in a pagevec has a reference more and is not on the LRU', () => {
  const memory = smallMemory();
  const pfn = newPage(memory);
  const { frames, lru } = memory;
  assert.is(frames.count[pfn], 2);
  assert.is(frames.pagevecRefs[pfn], 1);
  assert.not(lru.isolateLruPage(pfn));
  memory.pagevecs.lruAddDrain(1);
  assert.is(frames.count[pfn], 2);
  memory.pagevecs.lruAddDrain(0);
  assert.is(frames.count[pfn], 1);
  assert.is(frames.flags[pfn], PG.lru | PG.active);
  assert.is(lru.lists.heads[LRU.activeAnon], pfn);
  assert.equal(checkMemory(memory), []);
});

test('14 pages stay; the fifteenth drains them first', () => {
  const memory = smallMemory();
  const pages = Array.from({ length: 14 }, () => newPage(memory));
  assert.is(memory.lru.lists.lengths[LRU.activeAnon], 0);
  const last = newPage(memory);
  assert.is(memory.lru.lists.lengths[LRU.activeAnon], 14);
  assert.is(memory.frames.pagevecRefs[last], 1);
  // In order: the oldest ends up at the tail.
  assert.is(memory.lru.lists.tails[LRU.activeAnon], pages[0]);
  memory.pagevecs.lruAddDrainAll();
  assert.is(memory.lru.lists.heads[LRU.activeAnon], last);
});

test('a page that only its pagevec holds is freed by the drain', () => {
  const memory = smallMemory();
  const pfn = newPage(memory);
  memory.putPage(0, pfn);
  assert.is(memory.frames.kind[pfn], KIND.anon);
  memory.pagevecs.lruAddDrainAll();
  assert.is(memory.frames.kind[pfn], KIND.free);
  assert.is(memory.frames.count[pfn], 0);
  assert.is(memory.lru.lists.lengths[LRU.activeAnon], 0);
  assert.equal(checkMemory(memory), []);
});

test('isolation takes a reference; putting back goes through a pagevec, with the activity kept', () => {
  const memory = smallMemory();
  const { frames, lru } = memory;
  const pfn = newPage(memory);
  memory.pagevecs.lruAddDrainAll();
  assert.ok(lru.isolateLruPage(pfn));
  assert.is(frames.count[pfn], 2);
  assert.is(frames.flags[pfn], PG.isolated | PG.active);
  assert.equal([...lru.isolated], [1, 0]);
  assert.not(lru.isolateLruPage(pfn));
  memory.pagevecs.putbackLruPage(0, pfn);
  assert.is(frames.count[pfn], 2);
  assert.is(frames.pagevecRefs[pfn], 1);
  assert.equal([...lru.isolated], [0, 0]);
  memory.pagevecs.lruAddDrainAll();
  assert.is(lru.listOf[pfn], LRU.activeAnon);
});

test('a page put back that nobody else holds is freed only by the drain, whatever it has become', () => {
  const memory = smallMemory();
  const pfn = newPage(memory);
  memory.pagevecs.lruAddDrainAll();
  assert.ok(memory.lru.isolateLruPage(pfn));
  memory.putPage(0, pfn);
  memory.frames.kind[pfn] = KIND.kernel;
  memory.pagevecs.putbackLruPage(1, pfn);
  assert.is(memory.frames.count[pfn], 1);
  memory.pagevecs.lruAddDrainAll();
  assert.is(memory.frames.kind[pfn], KIND.free);
  assert.is(memory.percpu.counts[1], 1);
  assert.equal(checkMemory(memory), []);
});

test('without pagevecs pages go straight to the LRU, and are freed at once', () => {
  const memory = smallMemory({ pagevec: false });
  const pfn = newPage(memory);
  assert.is(memory.frames.count[pfn], 1);
  assert.ok(memory.lru.isolateLruPage(pfn));
  memory.putPage(0, pfn);
  memory.pagevecs.putbackLruPage(0, pfn);
  assert.is(memory.frames.kind[pfn], KIND.free);
  assert.equal(checkMemory(memory), []);
});

/** That many pages on an inactive list, in the order in which they came: the first is its tail. */
function inactivePages(memory: PhysicalMemory, pages: number): number[] {
  const added = Array.from({ length: pages }, () => {
    const pfn = memory.allocPage(0, GFP.movable);
    memory.frames.kind[pfn] = KIND.anon;
    memory.pagevecs.lruCacheAdd(0, pfn, LRU.inactiveAnon);
    return pfn;
  });
  memory.pagevecs.lruAddDrainAll();
  return added;
}

test('what is written back goes to the tail of its list, by way of a pagevec or at once', () => {
  for (const pagevec of [true, false]) {
    const memory = smallMemory({ pagevec });
    const { frames, lru, pagevecs } = memory;
    const [first, second] = inactivePages(memory, 2);
    pagevecs.rotateReclaimablePage(0, second);
    assert.is(frames.count[second], pagevec ? 2 : 1);
    assert.is(lru.lists.tails[LRU.inactiveAnon], pagevec ? first : second);
    pagevecs.lruAddDrain(0);
    assert.is(lru.lists.tails[LRU.inactiveAnon], second);
    assert.equal(checkMemory(memory), []);
  }
});

test('a page that is active, locked, dirty or off the LRU stays where it is', () => {
  const memory = smallMemory();
  const { frames, pagevecs } = memory;
  const active = newPage(memory);
  pagevecs.lruAddDrainAll();
  const [locked, dirty] = inactivePages(memory, 2);
  frames.flags[locked] |= PG.locked;
  frames.flags[dirty] |= PG.dirty;
  const added = newPage(memory);
  for (const pfn of [active, locked, dirty, added]) {
    const { [pfn]: before } = frames.count;
    pagevecs.rotateReclaimablePage(0, pfn);
    assert.is(frames.count[pfn], before);
  }
});

test('a full pagevec drains itself; a page isolated meanwhile is left alone', () => {
  const memory = smallMemory();
  const { frames, lru, pagevecs } = memory;
  const pages = inactivePages(memory, 14);
  for (const pfn of pages.slice(0, 13)) pagevecs.rotateReclaimablePage(0, pfn);
  assert.is(lru.lists.tails[LRU.inactiveAnon], pages[0]);
  assert.ok(lru.isolateLruPage(pages[0]));
  pagevecs.rotateReclaimablePage(0, pages[13]);
  assert.is(lru.lists.tails[LRU.inactiveAnon], pages[13]);
  assert.is(lru.lists.heads[LRU.inactiveAnon], pages[1]);
  assert.is(frames.flags[pages[0]], PG.isolated);
  assert.equal(checkMemory(memory), []);
});

test('sharedLruAdd: one pagevec for all lists, drained by the fifteenth page', () => {
  const memory = smallMemory({ changes: { ...UNCHANGED, sharedLruAdd: true } });
  const { lengths } = memory.lru.lists;
  for (let i = 0; i < 14; i++) newPage(memory);
  assert.is(lengths[LRU.activeAnon], 0);
  const last = memory.allocPage(0, GFP.movable);
  memory.frames.kind[last] = KIND.file;
  memory.frames.mapping[last] = 0;
  memory.pagevecs.lruCacheAdd(0, last, LRU.inactiveFile);
  assert.equal([lengths[LRU.activeAnon], lengths[LRU.inactiveFile]], [14, 1]);
  assert.is(memory.frames.pagevecRefs[last], 0);
});

test('lru_cache_disable drains, and new pages go straight to the LRU until the last enable', () => {
  const memory = smallMemory();
  const before = newPage(memory, 1);
  memory.pagevecs.disable();
  assert.is(memory.frames.pagevecRefs[before], 0);
  memory.pagevecs.disable();
  memory.pagevecs.enable();
  const during = newPage(memory);
  assert.equal([memory.frames.count[during], memory.frames.flags[during] & PG.lru], [1, PG.lru]);
  memory.pagevecs.enable();
  assert.is(memory.frames.pagevecRefs[newPage(memory)], 1);
  assert.equal(checkMemory(memory), []);
});

test.run();
