/**
 * The vendor's side of when CMA pages are used (__rmqueue_cma, mm/page_alloc.c of the CAF trees); cma-last is the other
 * one. Which of the two is stock depends on the kernel.
 */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const cmaFirst: Strategy = {
  name: 'cma-first',
  group: 'cma',
  about: 'zero-filled anonymous pages are taken from CMA areas first (__GFP_CMA)',
  origin: 'the CAF trees of 3.10, __rmqueue_cma; the same as stock where the kernel profile says so',
  claims: [],
  costs: 'the areas fill with anonymous memory, that is with what KSM merges: more to migrate for each request',
  device: withKernel({ cmaFirstForAnon: true }),
};
