/**
 * No pagevecs while a range is migrated, so that none of its pages can hide in one or get a reference from one
 * (lru_cache_disable and lru_cache_enable, mm/swap.c, called by __alloc_contig_migrate_range).
 */
import { withChanges } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const lruCacheDisable: Strategy = {
  name: 'lru-cache-disable',
  group: 'cma',
  about: 'pagevecs are drained before a range is migrated and stay off until it is done; nothing is drained after that',
  origin: 'Minchan Kim, Linux 5.13, commit d479960e44f2 "mm: disable LRU pagevec during the migration temporarily"',
  claims: ['pagevec'],
  costs: 'the zone lock is taken for each page added to an LRU list meanwhile, which this model does not charge',
  device: withChanges({ lruCacheDisable: true }),
};
