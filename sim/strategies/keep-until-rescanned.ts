import type { Strategy } from './strategy.ts';

/** The greater bug mended, bounded: an item that would be removed still covers its relatives for one full round. */
export const keepUntilRescanned: Strategy = {
  name: 'keep-until-rescanned',
  about: 'a removed rmap_item stays on its stable_node as a covering item until ksmd has made one full round',
  origin: 'delay of the removal as discussed by Hugh Dickins, linux-mm April 2015, with a bound that he did not have',
  claims: ['B1', 'B4'],
  costs: 'rmap_items and anon_vma references live one round longer; longer hlists to walk',
  hooks: { keepItems: 'full-round' },
};
