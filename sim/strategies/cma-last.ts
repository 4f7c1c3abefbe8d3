/**
 * Mainline's side of when CMA pages are used (fallbacks[] of mm/page_alloc.c); cma-first is the other one. Which of the
 * two is stock depends on the kernel. It also undoes what later kernels do (`cmaBalance`).
 */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const cmaLast: Strategy = {
  name: 'cma-last',
  group: 'cma',
  about: 'movable requests enter CMA areas only where the movable lists have no block left',
  origin: 'Linux 3.10, fallbacks[] of mm/page_alloc.c; the same as stock where the kernel profile says so',
  claims: [],
  costs:
    'free memory is CMA memory when it is short, which kernel memory cannot use (the motive of cma-first and of the rules since 4.1)',
  device: (description) => {
    const { kernel } = description;
    const changes = kernel.changes === undefined ? {} : { changes: { ...kernel.changes, cmaBalance: false } };
    return withKernel({ cmaFirstForAnon: false, ...changes })(description);
  },
};
