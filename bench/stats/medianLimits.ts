/**
 * The median of a few values and its 95 % limits, which assume nothing about how the values are spread.
 *
 * The limits are two of the values themselves: by how many of n values lie below the median, a binomial count with
 * probability one half (David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1). With 5 values or fewer no two
 * of them do: their range is given, which covers the median less often (93.75 % for 5, 87.5 % for 4, 50 % for 2).
 */
import { ALPHA, Z } from './level.ts';

const TAIL = ALPHA / 2;
/** Beyond, the normal distribution takes the binomial one's place; the ranks differ by one at most. */
const MOST_EXACT = 200;

export interface MedianEstimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Throws RangeError without values. */
export function medianLimits(values: readonly number[]): MedianEstimate {
  const n = values.length;
  if (n === 0) throw new RangeError('nothing has no median');
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, n > MOST_EXACT ? Math.floor(n / 2 - (Z * Math.sqrt(n)) / 2) : exactRank(n));
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  return { median, low: sorted[rank - 1], high: sorted[n - rank] };
}

/** The highest rank, from 1, that the median lies below with probability 0.025 at most; 0 when there is none. */
function exactRank(n: number): number {
  let probability = 2 ** -n;
  let below = probability;
  let rank = 0;
  while (below <= TAIL) {
    rank++;
    probability *= (n - rank + 1) / rank;
    below += probability;
  }
  return rank;
}
