/**
 * The pages that cannot be moved are kept out of the area: found or not, they stand in nobody's way. Acts where
 * try_to_merge_two_pages chooses the page that stays, and where unmap_and_move allocates a target.
 */
import { KIND, NONE } from '../memory/frames.ts';
import type { Strategy } from './strategy.ts';

export const ksmOutsideCma: Strategy = {
  name: 'ksm-outside-cma',
  group: 'ksm',
  about:
    'two pages are merged into a new page outside CMA unless the one to be upgraded lies outside; KSM pages never move into CMA',
  origin: 'ours; kin to the migration out of CMA of FOLL_LONGTERM pins. Until 2.6.32 KSM always copied to a new page',
  // Mappings become unfindable as before.
  claims: [],
  costs: 'one page copied for each merge of two pages in CMA; memory outside CMA is used up faster',
  attach: ({ userPages, frames }) => ({
    keptPage: (pfn, cpu) => (userPages.isCma(pfn) ? userPages.allocOutsideCma(cpu) : NONE),
    targetOutsideCma: (pfn) => frames.kind[pfn] === KIND.ksm,
  }),
};
