/**
 * Anonymous memory, and so whatever KSM merges, never lies in CMA areas (mm/page_alloc.c of a tree
 * that was described, not published).
 */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const pageCacheOnly: Strategy = {
  name: 'page-cache-only',
  group: 'cma',
  about: 'CMA areas hold page-cache pages only, which take CMA pages first; other movable requests never do',
  origin: "a phone product of Intel's as Feng Tang described it on linux-mm; that it takes CMA pages first is assumed",
  // Page-cache pages are pinned, locked, under writeback and in pagevecs like others. Fewer KSM pages in the way says
  // nothing about which of their mappings are found.
  claims: [],
  costs: 'free CMA pages are no use to anonymous memory; each request drops the page cache that lies in its way',
  device: withKernel({ cmaFor: 'page-cache', pageCacheOutsideCma: false, cmaFreeBypassesPcp: true }),
};
