/** Work beyond the first try, at the four levels at which a request is tried again. */
import type { CellRecord } from '../run/cell.ts';
import { sum } from '../stats/sums.ts';

export const RETRY_LEVELS = ['migratePasses', 'contigTries', 'ranges', 'caller'] as const;

/** Per request, in the order of RETRY_LEVELS; zeros where nobody asked. */
export function retriesPerRequest(cells: readonly CellRecord[]): number[] {
  const attempts = sum(cells, ({ cma }) => cma.attempts);
  return RETRY_LEVELS.map((level) => (attempts === 0 ? 0 : sum(cells, ({ cma }) => cma.retries[level]) / attempts));
}
