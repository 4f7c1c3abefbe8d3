/**
 * Wilcoxon's signed-rank test on differences of pairs (Biometrics Bulletin 1, 1945), and the effect size that belongs
 * to it. No package has its exact p-values with ties, so this is our own (docs/decisions/0006-statistics.md).
 *
 * Differences of 0 are dropped, as Wilcoxon did and R's wilcox.test does; equal ones share the mean of their ranks. Up
 * to 50 differences p is exact, ties included: under the null hypothesis each rank has either sign with probability one
 * half, and the sums are counted one difference after the other over doubled ranks, which are whole numbers. Beyond,
 * the normal distribution with the variance of the very ranks (that is the correction for ties) and a correction for
 * continuity.
 */
import { normalCdf } from './normal.ts';

/** 2^50 sign patterns are still counted exactly in a double. */
const MOST_EXACT = 50;

export interface SignedRank {
  /** Two-sided, of no difference; 1 when nothing differs. */
  readonly p: number;
  /** Matched-pairs rank-biserial correlation, -1..1: rank sum of the positive less that of the negative, over both. */
  readonly effect: number;
  /** Differences that are not 0. */
  readonly ranked: number;
}

export function signedRank(differences: readonly number[]): SignedRank {
  const seen = differences.filter((each) => each !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const doubled = doubledRanks(seen.map(Math.abs));
  let plus = 0;
  let total = 0;
  for (const [i, rank] of doubled.entries()) {
    total += rank;
    if (seen[i] > 0) plus += rank;
  }
  if (total === 0) return { p: 1, effect: 0, ranked: 0 };
  const smaller = Math.min(plus, total - plus);
  const p = seen.length <= MOST_EXACT ? exactP(doubled, smaller, total) : normalP(doubled, smaller, total);
  return { p, effect: (2 * plus - total) / total, ranked: seen.length };
}

/** Twice the rank of each of `sorted`, equal values sharing the mean. */
function doubledRanks(sorted: readonly number[]): number[] {
  const ranks: number[] = [];
  while (ranks.length < sorted.length) {
    const first = ranks.length;
    let end = first + 1;
    while (end < sorted.length && sorted[end] === sorted[first]) end++;
    for (let i = first; i < end; i++) ranks.push(first + 1 + end);
  }
  return ranks;
}

/** Twice the share of sign patterns whose sum is at most `smaller`. */
function exactP(doubled: readonly number[], smaller: number, total: number): number {
  const patterns = new Float64Array(total + 1);
  patterns[0] = 1;
  let reach = 0;
  for (const rank of doubled) {
    reach += rank;
    for (let sum = reach; sum >= rank; sum--) patterns[sum] += patterns[sum - rank];
  }
  let atMost = 0;
  for (let sum = 0; sum <= smaller; sum++) atMost += patterns[sum];
  return Math.min(1, (2 * atMost) / 2 ** doubled.length);
}

function normalP(doubled: readonly number[], smaller: number, total: number): number {
  let squares = 0;
  for (const rank of doubled) squares += rank * rank;
  // In doubled ranks the correction for continuity is 1.
  const distance = Math.max(0, total / 2 - smaller - 1);
  return Math.min(1, 2 * normalCdf(-distance / Math.sqrt(squares / 4)));
}
