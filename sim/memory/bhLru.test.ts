import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BH_LRU_SIZE, BhLru } from './bhLru.ts';

const heldBy = (lru: BhLru) => [...lru.refs.keys()].filter((pfn) => lru.isHeld(pfn));

test('eight buffers are remembered, looked up last first; the ninth makes the oldest go', () => {
  const lru = new BhLru(64, 2);
  for (let pfn = 0; pfn < BH_LRU_SIZE; pfn++) lru.install(0, pfn);
  lru.install(0, 0);
  lru.install(0, 20);
  assert.equal([...lru.entries.subarray(0, BH_LRU_SIZE)], [20, 0, 7, 6, 5, 4, 3, 2]);
  assert.not(lru.isHeld(1));
  assert.equal(heldBy(lru), [0, 2, 3, 4, 5, 6, 7, 20]);
});

test('each CPU has its own; a buffer is free when no CPU remembers it', () => {
  const lru = new BhLru(64, 2);
  lru.install(0, 5);
  lru.install(1, 5);
  lru.install(1, 5);
  assert.is(lru.refs[5], 2);
  for (let pfn = 10; pfn < 10 + BH_LRU_SIZE; pfn++) lru.install(0, pfn);
  assert.ok(lru.isHeld(5), 'by the other CPU');
  assert.is(lru.invalidate(), BH_LRU_SIZE + 1);
  assert.equal(heldBy(lru), []);
});

test('disabled: nothing is remembered until it is enabled again', () => {
  const lru = new BhLru(64, 1);
  lru.install(0, 5);
  assert.is(lru.disable(), 1);
  lru.install(0, 6);
  assert.equal(heldBy(lru), []);
  lru.enable();
  lru.install(0, 6);
  assert.equal(heldBy(lru), [6]);
});

test.run();
