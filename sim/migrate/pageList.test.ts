/** The list that pages are migrated from. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NONE } from '../memory/frames.ts';
import { PageList } from './pageList.ts';

test('the newest comes first', () => {
  const list = PageList.of([3, 5, 7]);
  list.add(1);
  assert.equal([list.toArray(), list.length, list.at(1), list.at(4)], [[1, 3, 5, 7], 4, 3, NONE]);
});

test('those behind one that leaves move up', () => {
  const list = PageList.of([1, 3, 5, 7]);
  list.removeAt(1);
  assert.equal([list.toArray(), list.at(3)], [[1, 5, 7], NONE]);
  list.removeAt(2);
  list.removeAt(0);
  assert.equal(list.toArray(), [5]);
  list.clear();
  assert.equal([list.length, list.at(0)], [0, NONE]);
});

test('it has room for a cluster and no more', () => {
  const list = new PageList();
  for (let pfn = 0; pfn < 32; pfn++) list.add(pfn);
  assert.is(list.at(31), 0);
  assert.throws(() => list.add(32), /at most 32 pages/);
});

test.run();
