/**
 * Bounds how long one reverse walk can be, not what it finds (mm/ksm.c of 4.13: ksm_max_page_sharing). The chains that
 * come with the bound are ksm/stableChains.ts.
 */
import { withChanges } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

/** The default of /sys/kernel/mm/ksm/max_page_sharing, 4.13; `ksm.max_page_sharing` of a workload says another. */
const LIMIT = 256;

export const maxPageSharing: Strategy = {
  name: 'max-page-sharing',
  group: 'ksm',
  about: `at most ${LIMIT} rmap_items a stable_node; more equal pages get another one (stable_node chains)`,
  origin: 'Andrea Arcangeli, Linux 4.13, "ksm: introduce ksm_max_page_sharing per page deduplication limit"',
  claims: [],
  costs: 'one more KSM page for every 256 sharers',
  device: withChanges({ maxPageSharing: LIMIT }),
};
