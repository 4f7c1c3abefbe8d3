/** Lists by key against plain arrays. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyedLists } from './keyedLists.ts';

const KEYS = 3;

test('every list holds what was added to it and not removed, in the order of adding', () => {
  const change = fc.record({ key: fc.nat(KEYS - 1), which: fc.nat(20), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const lists = new KeyedLists(KEYS);
      const expected: number[][] = Array.from({ length: KEYS }, () => []);
      const free: number[] = [];
      let handedOut = 0;
      for (const { key, which, adds } of changes) {
        const list = expected[key];
        if (adds) {
          const element = free.pop() ?? handedOut++;
          lists.add(key, element);
          list.push(element);
        } else if (list.length > 0) {
          const [element] = list.splice(which % list.length, 1);
          lists.remove(key, element);
          free.push(element);
        }
        assert.equal(
          Array.from({ length: KEYS }, (_, one) => elementsOf(lists, one)),
          expected,
        );
      }
    }),
    { seed: 1 },
  );
});

function elementsOf(lists: KeyedLists, key: number): number[] {
  const elements: number[] = [];
  for (let element = lists.first(key); element >= 0; element = lists.next(element)) elements.push(element);
  return elements;
}

test.run();
