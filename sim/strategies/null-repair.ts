/**
 * B6 mended: a page that try_to_merge_two_pages has upgraded keeps no mapping without a stable_node, whatever becomes
 * of the second half and of stable_tree_insert.
 */
import type { Strategy } from './strategy.ts';

export const nullRepair: Strategy = {
  name: 'null-repair',
  group: 'ksm',
  about:
    'an upgrade that fails half way is finished: the page gets its stable_node with the first rmap_item alone, past stale nodes and beside an equal one',
  origin: 'ours: try_to_merge_two_pages undoes a failed upgrade in the scanned mm alone; no public patch found',
  claims: ['B6'],
  costs:
    'KSM pages that nobody shares; equal pages in two nodes now and then; relatives of the upgraded page wait for ksmd (B2)',
  attach: () => ({ finishesUpgrade: true }),
};
