import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mix, mixBelow, Xorshift } from './xorshift.ts';

// Expected numbers: the same formulas over arbitrary-precision integers, worked out apart from this code.
test('mix of the program', () => {
  assert.is(mix(7, 123, 0), 5134103747477949086n);
  assert.is(mixBelow(7, 123, 0, 100), 86);
});

test('the generator draws the numbers that 64-bit arithmetic gives', () => {
  const random = Xorshift.seeded(1, 4242, 1);
  assert.equal(
    [1, 2, 3, 4, 5].map(() => random.below(1_000_003)),
    [964466, 858788, 195205, 890992, 660484],
  );
  assert.is(random.unit(), 0.6882708398517395);
});

test('below stays exact up to its limit', () => {
  const a = Xorshift.seeded(3, 4, 5);
  const b = Xorshift.seeded(3, 4, 5);
  const limit = 1 << 26;
  for (let i = 0; i < 100; i++) {
    const value = a.below(limit);
    assert.ok(Number.isInteger(value) && value >= 0 && value < limit);
    assert.is(value % 1024, b.below(1024));
  }
});

test.run();
