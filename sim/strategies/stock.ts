/** The kernel of the profile as it is, without a hook: the baseline. */
import type { Strategy } from './strategy.ts';

export const stock: Strategy = {
  name: 'stock',
  group: 'ksm',
  about: 'the kernel as it is: rmap_items dropped at once, two passes over the anon_vmas of the items that are left',
  origin: 'Linux 3.10 mm/ksm.c; the same in 7.1',
  claims: [],
  costs: 'none',
};
