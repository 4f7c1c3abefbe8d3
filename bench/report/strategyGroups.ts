/** The fields that strategies belong to, in the order in which people are shown them. */
import type { StrategyInfo } from '../../sim/index.ts';

export const STRATEGY_GROUPS: readonly { readonly group: StrategyInfo['group']; readonly title: string }[] = [
  { group: 'ksm', title: 'KSM bookkeeping' },
  { group: 'scan', title: 'scanning policy' },
  { group: 'cma', title: 'CMA and migration' },
];
