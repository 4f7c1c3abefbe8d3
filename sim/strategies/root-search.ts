/**
 * Both passes of try_to_unmap_ksm and rmap_walk_ksm again, over the root anon_vma of each item: finds relatives as long
 * as any item at that address is left.
 */
import type { Strategy } from './strategy.ts';

export const rootSearch: Strategy = {
  name: 'root-search',
  group: 'ksm',
  about: 'reverse walk repeats its two passes over the root anon_vma of each rmap_item',
  origin:
    'Susheel Khiani (Qualcomm), linux-mm, 9 June 2015, "ksm: Traverse through parent\'s anon_vma while unmapping"',
  // Not B1: with the last item at the address gone there is no root to search.
  claims: ['B2'],
  costs:
    'up to four passes over larger trees in every reverse walk; helps only while an rmap_item at that address is left, and not a relative that moved the page by mremap',
  attach: ({ objects, ksmRmap, vmas }) => ({
    walkMore: (node, visit) => {
      const { root } = vmas.anonVmas;
      for (const newForks of [false, true])
        ksmRmap.eachInTrees(node, newForks, (item) => root[objects.itemAnonVma[item]], visit);
    },
    reaches: (item, vma) => vmas.anonVmas.isInTree(vma, vmas.anonVmas.root[objects.itemAnonVma[item]]),
  }),
};
