/** Which settings are on the front, and in what order settings stand. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dominates, frontOf, ranked } from './pareto.ts';
import type { Judged } from './pareto.ts';

const point = (violation: number, ...objectives: number[]): Judged => ({ violation, objectives });

test('better in one way and worse in none', () => {
  assert.ok(dominates(point(0, 1, 1), point(0, 1, 2)));
  assert.not(dominates(point(0, 1, 1), point(0, 1, 1)));
  assert.not(dominates(point(0, 1, 3), point(0, 2, 1)));
});

test('what keeps the limits comes first, then what breaks them least', () => {
  assert.ok(dominates(point(0, 9, 9), point(0.1, 1, 1)));
  assert.ok(dominates(point(0.1, 9, 9), point(0.2, 1, 1)));
  assert.not(dominates(point(0.1, 1, 1), point(0.1, 9, 9)));
  assert.equal(frontOf([point(0.3, 1), point(0.2, 5)]), [point(0.2, 5)]);
});

const points = fc.array(
  fc.record({
    violation: fc.constantFrom(0, 0, 0, 0.5),
    objectives: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
  }),
  { minLength: 1, maxLength: 25 },
);

test('nothing on the front is dominated, everything else by something on it', () => {
  fc.assert(
    fc.property(points, (all) => {
      const front = frontOf(all);
      assert.ok(front.length > 0);
      for (const one of all) {
        const beaten = front.some((other) => dominates(other, one));
        assert.is(beaten, !front.includes(one), JSON.stringify(one));
      }
    }),
  );
});

test('the order has everything once, and nothing behind what it dominates', () => {
  fc.assert(
    fc.property(points, (all) => {
      const order = ranked(all);
      assert.is(new Set(order).size, all.length);
      order.forEach((one, i) => {
        for (const before of order.slice(0, i)) assert.not(dominates(one, before));
      });
    }),
  );
});

test('within a front those far from others come first', () => {
  const front = [point(0, 0, 10), point(0, 1, 9), point(0, 2, 8), point(0, 6, 4), point(0, 10, 0)];
  const order = ranked(front).map(({ objectives }) => objectives[0]);
  assert.equal(order, [0, 10, 6, 2, 1]);
});

test.run();
