/**
 * Nothing that anybody could hold lies in CMA areas, so that a request has nothing to migrate (mm/gcma.c of the
 * patches). The pool itself is memory/cleancache.ts.
 */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const guaranteedCma: Strategy = {
  name: 'guaranteed-cma',
  group: 'cma',
  about: 'CMA areas hold only copies of page-cache pages that reclaim dropped, which a request drops again (GCMA)',
  origin:
    'SeongJae Park and Minchan Kim, "introduce gcma", linux-mm 2014-2015; reworked for Android, patches of March and October 2025 by Suren Baghdasaryan',
  // Structural: no page of the areas has an owner, a lock or a reference, and none needs a target.
  claims: ['pin', 'pagevec', 'locked', 'writeback', 'no-target', 'not-lru'],
  costs: 'anonymous memory and the page cache proper lose the whole of the areas; reclaim copies what it drops',
  device: withKernel({
    cmaFor: 'cleancache',
    cmaFirstForAnon: false,
    pageCacheOutsideCma: false,
    cmaFreeBypassesPcp: true,
  }),
};
