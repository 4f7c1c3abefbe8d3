/** What one request moves away does not lie in the way of the next one (alloc_migrate_target, mm/page_isolation.c). */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const noTargetInCma: Strategy = {
  name: 'no-target-in-cma',
  group: 'cma',
  about: 'the page that a migrated page moves to is never a CMA page',
  origin: 'cmy (Rockchip), July 2014, commit e2d17b6af422 of the firefly tree',
  claims: [],
  costs: 'a request fails with no-target, or reclaims, when memory outside CMA is short, however much of CMA is free',
  device: withKernel({ targetsOutsideCma: true }),
};
