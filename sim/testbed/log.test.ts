import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ln } from './log.ts';

test('agrees with the logarithm of the engine to a few units in the last place', () => {
  for (const x of [1e-300, 1e-9, 0.1, 0.5, 0.999999, 1, 1.000001, 2, Math.E, 10, 12345.678, 1e300]) {
    const expected = Math.log(x);
    assert.ok(Math.abs(ln(x) - expected) <= 1e-14 * Math.max(1, Math.abs(expected)), `ln ${x}`);
  }
});

test.run();
