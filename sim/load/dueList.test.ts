/** A list of due things against a stable sort by time. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DueList } from './dueList.ts';

test('by time, then by arrival', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 8 })), (times) => {
      const list = new DueList<number>();
      times.forEach((time, index) => {
        list.add(time, index);
      });
      const expected = times.map((time, index) => ({ time, index })).sort((a, b) => a.time - b.time);
      for (const { time, index } of expected) {
        assert.is(list.nextAt, time);
        assert.is(list.shift(), index);
      }
      assert.is(list.nextAt, Infinity);
    }),
    { seed: 1 },
  );
});

test.run();
