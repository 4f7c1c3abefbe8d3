/** How many seeds would do, and how few can tell nothing. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotTell, fewestPairs, seedsNeeded } from './seedsNeeded.ts';

test('fewest pairs that can give p < 0.05: 2 / 2^n, after Holm times the comparisons', () => {
  assert.is(fewestPairs(), 6);
  assert.is(fewestPairs(5), 8);
  assert.is(cannotTell(5, 1), true);
  assert.is(cannotTell(6, 1), false);
  assert.is(cannotTell(0, 1), true);
});

test('by hand: Cohen 1988, a standardised difference of 0.5 takes 32 pairs', () => {
  // (2.8016 / 0.5)^2 = 31.4 with the variance of one pair 1 and the difference 0.5.
  assert.is(seedsNeeded(0.5, 1 / 10, 10), 32);
});

test('never fewer than there are, nor than can tell', () => {
  assert.is(seedsNeeded(0.5, 1e-6, 10), 11);
  assert.is(seedsNeeded(0.5, 1e-6, 3), 6);
});

test('no answer: no difference seen, one seed, or a difference too small', () => {
  assert.is(seedsNeeded(0, 1, 10), null);
  assert.is(seedsNeeded(0.1, 0, 1), null);
  assert.is(seedsNeeded(1e-4, 0.1, 10), null);
});

test.run();
