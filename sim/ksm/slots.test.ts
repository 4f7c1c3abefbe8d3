/** The list of mm_slots: where new ones go, and those that exit or are moved. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MmSlots } from './slots.ts';

function order(slots: MmSlots): number[] {
  const list: number[] = [];
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) list.push(mm);
  return list;
}

test('a new slot goes right before the cursor, to the end while the cursor is the head', () => {
  const slots = new MmSlots(8);
  slots.enter(0, false);
  slots.enter(1, false);
  assert.equal(order(slots), [0, 1]);
  slots.cursor = 1;
  slots.enter(2, false);
  assert.equal(order(slots), [0, 2, 1]);
  slots.enter(3, true);
  assert.equal(order(slots), [0, 2, 1, 3], 'at the end while unmerging');
});

test('exit: freed at once without rmap_items, moved behind the cursor with them, left where the cursor stands', () => {
  const slots = new MmSlots(8);
  for (const mm of [0, 1, 2, 3]) slots.enter(mm, false);
  assert.is(slots.exit(0), true);
  assert.equal(order(slots), [1, 2, 3]);
  slots.cursor = 1;
  slots.rmapList[3] = 5;
  assert.is(slots.exit(3), false);
  assert.equal(order(slots), [1, 3, 2]);
  slots.rmapList[1] = 6;
  assert.is(slots.exit(1), false);
  assert.equal(order(slots), [1, 3, 2]);
});

test('a slot is moved before another one; before itself it stays', () => {
  const slots = new MmSlots(8);
  for (const mm of [0, 1, 2]) slots.enter(mm, false);
  slots.moveBefore(1, 1);
  assert.equal([slots.next[0], slots.next[1], slots.prev[1], slots.prev[2]], [1, 2, 0, 1]);
  slots.moveBefore(2, 0);
  assert.equal(order(slots), [2, 0, 1]);
  slots.moveBefore(2, slots.head);
  assert.equal(order(slots), [0, 1, 2]);
});

test.run();
