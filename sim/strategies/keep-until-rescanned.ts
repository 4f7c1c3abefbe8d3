/**
 * The greater bug mended, bounded: an item that remove_rmap_item_from_tree would take off its hlist still covers its
 * relatives for one full round of ksmd.
 */
import { FULL_ROUND } from '../ksm/cursor.ts';
import { Covers } from './covers.ts';
import type { Strategy } from './strategy.ts';

export const keepUntilRescanned: Strategy = {
  name: 'keep-until-rescanned',
  group: 'ksm',
  about: 'a removed rmap_item stays on its stable_node as a covering item until ksmd has made one full round',
  origin: 'delay of the removal as discussed by Hugh Dickins, linux-mm April 2015, with a bound that he did not have',
  // Not B1: exploring all interleavings shows descendants forked after the removal, and ptes that were migration
  // entries for the whole round, still uncovered when the item goes (docs/explore.md: grandchild,
  // fork-during-migration).
  claims: ['B4'],
  costs:
    'leaves B1 to descendants that are forked late and to ptes under migration for a whole round; rmap_items and anon_vma references live one round longer; longer hlists to walk',
  keepsItems: true,
  attach: (kernel) => {
    const covers = new Covers(kernel, () => false);
    return {
      itemLeaves: (item, seqnr) => {
        covers.leave(item, seqnr + FULL_ROUND);
        return kernel.costs.rmapItem;
      },
      coverGone: (item) => {
        covers.forget(item);
      },
      passStarts: (seqnr) => covers.release(seqnr) * kernel.costs.rmapItem,
      registers: (registers) => {
        covers.registers(registers);
      },
      itemState: (item, seqnr) => covers.itemState(item, seqnr),
    };
  },
};
