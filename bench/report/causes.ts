/** Why a page could not be migrated, in words for people who have not read the notes. docs/reference/metrics.md has more. */
import type { Cause } from '../../sim/index.ts';

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
