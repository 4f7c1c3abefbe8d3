/**
 * Why a page could not be migrated, in words for people who do not know the names (docs/reference/metrics.md has more),
 * and the two ways to count such pages.
 */
import { CAUSES } from '../../sim/index.ts';
import type { Cause, CauseCounts } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import { sum } from '../stats/sums.ts';

export const CAUSE_MEANINGS: Readonly<Record<Cause, string>> = {
  B1: 'the rmap_item covering a forked relative was removed before ksmd came there',
  B2: 'the anon_vma of the rmap_item does not reach every relative',
  B3: 'the pte was replaced, the rmap_item not yet appended to its stable_node',
  B3null: 'ksmd was between the two halves of a merge: a KSM page without stable_node',
  B4: 'the rmap_item was lost while the pte was a migration entry',
  B5: 'the rmap_item was lost while the pte was a swap entry',
  B6: 'a merge failed after its page was upgraded in place: no stable_node',
  pin: 'somebody held an extra reference (get_user_pages, a buffer_head)',
  pagevec: "it sat in a CPU's pagevec, off the LRU",
  locked: 'somebody else held the page lock',
  writeback: 'it was being written back',
  'no-target': 'there was no free page to move it to',
  'not-lru': 'it came into use, or was freed, while the range was tested',
  unknown: 'none of the others',
};

/**
 * `failed`: every page that could not be migrated; `blocking`: those in the way of failed requests in their last round.
 */
export type CauseCount = 'failed' | 'blocking';

/** Pages of these cells. */
export function pagesOfCause(cells: readonly CellRecord[], cause: Cause, counted: CauseCount): number {
  return sum(cells, ({ migration, cma }) => {
    // Earlier versions knew fewer causes.
    const pages: Partial<CauseCounts> = counted === 'failed' ? migration.failedByCause : cma.blockedByCause;
    return pages[cause] ?? 0;
  });
}

/** Causes that occur in these cells, either way, in the order of CAUSES. */
export function causesIn(cells: Iterable<CellRecord>): Cause[] {
  const seen = new Set<Cause>();
  for (const cell of cells)
    for (const cause of CAUSES)
      if (pagesOfCause([cell], cause, 'failed') + pagesOfCause([cell], cause, 'blocking') > 0) seen.add(cause);
  return CAUSES.filter((cause) => seen.has(cause));
}
