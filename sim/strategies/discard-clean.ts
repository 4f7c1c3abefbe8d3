/** The stock side of no-discard-clean, so that both can be named (reclaim_clean_pages_from_list, mm/vmscan.c). */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const discardClean: Strategy = {
  name: 'discard-clean',
  group: 'cma',
  about: 'clean page-cache pages of a range are dropped instead of migrated: what 3.10 does, the same as stock',
  origin: 'Minchan Kim, Linux 3.7, commit 02c6de8d757c "mm: cma: discard clean pages during contiguous allocation"',
  claims: [],
  costs: 'what is dropped is read again when it is needed',
  device: withKernel({ discardClean: true }),
};
