/**
 * How many seeds would do, and whether so few can do at all.
 *
 * The rule is the usual one for the mean of pairs at 80 % power (Cohen, Statistical Power Analysis, 2nd ed. 1988,
 * section 2.4), as if the difference and the spread seen so far were the true ones:
 *
 *   seeds = ((1.96 + 0.84) * sd of one pair / difference)^2
 *
 * A guess from few seeds is rough: it tells ten from a hundred, not ten from twelve.
 */
import { ALPHA, Z } from './level.ts';

/** Standard normal quantile at 0.8. */
const Z_POWER = 0.8416212335729143;
/** More than this is no answer: the difference is too small to be told from none. */
const MOST = 10_000;

/** Fewest pairs with which the signed-rank test can give p < 0.05 after Holm over `comparisons`. */
export function fewestPairs(comparisons = 1): number {
  let pairs = 1;
  while (cannotTell(pairs, comparisons)) pairs++;
  return pairs;
}

/**
 * True when all `pairs` seeds could differ the same way and p after Holm over `comparisons` were still 0.05 or more.
 */
export function cannotTell(pairs: number, comparisons: number): boolean {
  return (comparisons * 2) / 2 ** pairs >= ALPHA;
}

/** Pairs that would do for `difference`, given the `variance` of the difference over `pairs`; null when none say so. */
export function seedsNeeded(difference: number, variance: number, pairs: number): number | null {
  if (difference === 0 || pairs < 2) return null;
  const wanted = Math.ceil(((Z + Z_POWER) ** 2 * variance * pairs) / (difference * difference));
  return wanted > MOST ? null : Math.max(wanted, pairs + 1, fewestPairs());
}
