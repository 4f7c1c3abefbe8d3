/** The signed-rank test against published tables and data, and what always holds of it. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWithin } from '../testing/near.ts';
import { signedRank } from './signedRank.ts';

const near = nearWithin(1e-12);

/** Differences 1..n of which those with these ranks are negative. */
function ranks(n: number, negative: readonly number[]): number[] {
  return Array.from({ length: n }, (_, i) => (negative.includes(i + 1) ? -(i + 1) : i + 1));
}

/** Ranks whose sum is `sum`, the greatest first. */
function ranksOfSum(n: number, sum: number): number[] {
  const found: number[] = [];
  for (let rank = n, left = sum; rank > 0; rank--) {
    if (rank > left) continue;
    found.push(rank);
    left -= rank;
  }
  return found;
}

test('critical values, two-sided 5 %: the table of Wilcoxon (1945), McCornack (JASA 60, 1965)', () => {
  for (const [n, critical] of [
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [15, 25],
    [20, 52],
    [25, 89],
    [30, 137],
    [50, 434],
  ]) {
    assert.ok(signedRank(ranks(n, ranksOfSum(n, critical))).p <= 0.05, `${critical} of ${n}`);
    assert.ok(signedRank(ranks(n, ranksOfSum(n, critical + 1))).p > 0.05, `${critical + 1} of ${n}`);
  }
});

test("exact p as R's psignrank has it", () => {
  near(signedRank(ranks(6, [])).p, 0.03125);
  near(signedRank(ranks(9, [3])).p, 0.01953125);
  near(signedRank(ranks(10, [8])).p, 0.048828125);
  near(signedRank(ranks(15, [10, 15])).p, 0.04791259765625);
  near(signedRank(ranks(50, ranksOfSum(50, 434))).p, 0.04944640680060174);
});

test("published: Hamilton's depression scores (Hollander and Wolfe 1973, p. 29), V = 40, one-sided p = 0.01953", () => {
  const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  near(signedRank(first.map((value, i) => value - second[i])).p, 2 * 0.01953125);
});

test("published: Darwin's maize, the smaller sum is 24 of 120", () => {
  const { p, effect } = signedRank([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]);
  near(p, 0.041259765625);
  near(effect, (96 - 24) / 120);
});

test('ties, by hand', () => {
  // Ranks 2, 2, 2: of 8 patterns 4 have a sum of at most 2 on the smaller side, and 4 on the other.
  near(signedRank([1, 1, -1]).p, 1);
  near(signedRank([1, 1, -1]).effect, 1 / 3);
  // Ranks 1.5, 1.5, 3, 4 with the smaller sum 1.5: the sums 0, 1.5, 1.5 of 16.
  near(signedRank([-1, 1, 2, 3]).p, (2 * 3) / 16);
});

test('differences of 0 are dropped; nothing but zeros is no difference', () => {
  near(signedRank([0, 1, 2, 0, 3, 4, 5, 6]).p, 0.03125);
  assert.equal(signedRank([0, 0]), { p: 1, effect: 0, ranked: 0 });
  assert.equal(signedRank([]), { p: 1, effect: 0, ranked: 0 });
});

test('beyond 50: the normal distribution with its corrections, by hand', () => {
  // 60 equal differences, 20 negative: ranks 30.5, sum 610 against a mean of 915, variance 60 * 30.5^2 / 4.
  const differences = Array.from({ length: 60 }, (_, i) => (i < 20 ? -1 : 1));
  // z = (915 - 610 - 0.5) / 118.126..., two-sided p from R's 2 * pnorm(-z).
  const z = 304.5 / Math.sqrt((60 * 30.5 ** 2) / 4);
  near(z, 2.577756, 1e-6);
  near(signedRank(differences).p, 0.009945, 1e-6);
});

test('the normal distribution takes over smoothly from the exact one', () => {
  const differences = (n: number) => ranks(n, ranksOfSum(n, Math.round(0.33 * ((n * (n + 1)) / 2))));
  near(signedRank(differences(51)).p, signedRank(differences(50)).p, 0.01);
});

test('p is a probability that does not depend on sign, order or scale; the effect turns with the sign', () => {
  const numbers = fc.array(fc.integer({ min: -6, max: 6 }), { maxLength: 60 });
  fc.assert(
    fc.property(numbers, (values) => {
      const one = signedRank(values);
      const turned = signedRank(values.map((value) => -7 * value).reverse());
      assert.ok(0 < one.p && one.p <= 1 && Math.abs(one.effect) <= 1);
      near(turned.p, one.p);
      near(turned.effect, -one.effect);
    }),
  );
});

test('the smallest p that n pairs can give is 2 / 2^n', () => {
  for (let n = 1; n <= 20; n++) near(signedRank(ranks(n, [])).p, Math.min(1, 2 / 2 ** n));
});

test.run();
