/** The limit on synchronous code ends what never returns, and changes nothing of what does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { returnsWithin } from './returnsWithin.ts';

test('what returns has returned, what throws throws, what never returns is ended', () => {
  let done = false;
  assert.ok(returnsWithin(10_000, () => (done = true)));
  assert.ok(done);
  assert.throws(
    () =>
      returnsWithin(10_000, () => {
        throw new RangeError('mine');
      }),
    /mine/,
  );
  assert.not(
    returnsWithin(50, () => {
      while (done);
    }),
  );
});

test.run();
