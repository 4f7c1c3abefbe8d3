/** Holm's correction by hand, as R has it, and what always holds of it. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holm } from './holm.ts';

test("by hand, and as R's p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm') gives it", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) {
    assert.ok(Math.abs(adjusted[index] - expected) < 1e-15, `${index}: ${adjusted[index]}`);
  }
});

test('one comparison needs no correction, none gives none', () => {
  assert.equal(holm([0.2]), [0.2]);
  assert.equal(holm([]), []);
});

test('never below the raw value, never above 1, in the order of the raw values', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(share, { maxLength: 12 }), (raw) => {
      const adjusted = holm(raw);
      return raw.every(
        (p, i) => p <= adjusted[i] && adjusted[i] <= 1 && raw.every((q, j) => q < p || adjusted[i] <= adjusted[j]),
      );
    }),
  );
});

test.run();
