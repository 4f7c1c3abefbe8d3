import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Clock } from './clock.ts';
import { EventQueue } from './queue.ts';

function drain(queue: EventQueue): number[] {
  const order: number[] = [];
  while (queue.size > 0) order.push(queue.pop());
  return order;
}

test('entries leave by time, equal times in the order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
      const queue = new EventQueue(times.length, new Clock());
      times.forEach((time, id) => queue.push(id, time));
      const sorted = times.map((time, id) => ({ time, id })).sort((a, b) => a.time - b.time);
      assert.equal(
        drain(queue),
        sorted.map(({ id }) => id),
      );
    }),
    { seed: 1 },
  );
});

test('any mix of push, pop and remove agrees with a sorted list', () => {
  const capacity = 16;
  const action = fc.record({
    kind: fc.constantFrom('push', 'pop', 'remove'),
    id: fc.integer({ min: 0, max: capacity - 1 }),
    ns: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      const clock = new Clock();
      const queue = new EventQueue(capacity, clock);
      let model: { id: number; time: number }[] = [];
      for (const { kind, id, ns } of actions) {
        if (kind === 'push') {
          if (model.some((entry) => entry.id === id)) continue;
          queue.push(id, ns);
          model.push({ id, time: clock.now + ns });
          model = model.map((entry, at) => ({ ...entry, at })).sort((a, b) => a.time - b.time || a.at - b.at);
        } else if (kind === 'remove') {
          queue.remove(id);
          model = model.filter((entry) => entry.id !== id);
        } else if (model.length > 0) {
          const first = model.shift()!;
          assert.is(queue.pop(), first.id);
          clock.now = first.time;
        }
        assert.is(queue.size, model.length);
        assert.is(queue.nextTime, model.length === 0 ? Infinity : model[0].time);
      }
      assert.equal(
        drain(queue),
        model.map((entry) => entry.id),
      );
      assert.is(queue.nextTime, Infinity);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.run();
