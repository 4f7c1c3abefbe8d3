/**
 * The leak, so that it can be seen: where remove_rmap_item_from_tree takes a stable item off its hlist, a covering item
 * stays, and is never released while its page lives.
 */
import type { Strategy } from './strategy.ts';

export const keepForever: Strategy = {
  name: 'keep-forever',
  group: 'ksm',
  about: 'a removed rmap_item stays on its stable_node as a covering item for as long as the KSM page lives',
  origin: 'what Hugh Dickins tried and reported as leaking, linux-mm April 2015',
  claims: ['B1', 'B4'],
  costs: 'leaks rmap_items and anon_vmas on every KSM page that lives long',
  keepsItems: true,
  attach: ({ objects, costs }) => ({
    itemLeaves: (item) => {
      objects.leaveCover(item);
      return costs.rmapItem;
    },
  }),
};
