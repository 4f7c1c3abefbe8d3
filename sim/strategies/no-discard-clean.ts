/** Kernels before 3.7, which had no reclaim_clean_pages_from_list (mm/vmscan.c): what discarding is worth. */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const noDiscardClean: Strategy = {
  name: 'no-discard-clean',
  group: 'cma',
  about: 'clean page-cache pages of a range are migrated like all others instead of being dropped',
  origin: 'Linux before 3.7, without reclaim_clean_pages_from_list (commit 02c6de8d757c)',
  claims: [],
  costs: 'a page takes about 57 us to migrate and 2.7 us to drop (10 MB under QEMU, in that commit)',
  device: withKernel({ discardClean: false }),
};
