/**
 * Kernel profiles that the model itself needs: scripted tests run without files. `workloads/kernels` says the same with
 * the source of each line.
 */
import type { KernelChanges, KernelProfile } from './description.ts';

/** No change since 3.10. */
export const UNCHANGED: KernelChanges = {
  checksumFirst: false,
  stableTreeRestarts: false,
  stableSearchTrylock: false,
  mergeableVmaOnly: false,
  maxPageSharing: 0,
  soleReferenceReuse: false,
  migrationKeepsDirty: false,
  sharedLruAdd: false,
  lruCacheDisable: false,
  cmaBalance: false,
  rereadsFreeType: false,
  pcpScales: false,
  noReserveBlocks: false,
  bootFreesToTail: false,
  isolationSkipsPinned: false,
  migrationFreesDirectly: false,
  rangeEndsEarly: false,
  granularTimers: false,
};

/** Everything that has changed by 6.1. */
export const CHANGED_BY_6_1: KernelChanges = {
  checksumFirst: false,
  stableTreeRestarts: true,
  stableSearchTrylock: true,
  mergeableVmaOnly: true,
  maxPageSharing: 256,
  soleReferenceReuse: true,
  migrationKeepsDirty: true,
  sharedLruAdd: true,
  lruCacheDisable: true,
  cmaBalance: true,
  rereadsFreeType: true,
  pcpScales: true,
  noReserveBlocks: true,
  bootFreesToTail: true,
  isolationSkipsPinned: true,
  migrationFreesDirectly: true,
  rangeEndsEarly: true,
  granularTimers: true,
};

/** Profiles a scripted test can name. Pages come from where the script wants them, so that no rule of CMA matters. */
export const SCRIPT_KERNELS = {
  'linux-3.10': scripted('linux-3.10'),
  'linux-6.1': scripted('linux-6.1', CHANGED_BY_6_1),
} as const;
export type ScriptKernel = keyof typeof SCRIPT_KERNELS;
export const SCRIPT_KERNEL_NAMES = Object.keys(SCRIPT_KERNELS);

function scripted(name: string, changes?: KernelChanges): KernelProfile {
  return {
    name,
    about: 'pages where the script wants them',
    cmaFirstForAnon: false,
    pageCacheOutsideCma: false,
    cmaFreeBypassesPcp: true,
    migrationFaultDelayNs: 0,
    cmaRetries: 0,
    cmaRetrySleepNs: 0,
    cmaBitmapFirst: false,
    ...(changes === undefined ? {} : { changes }),
  };
}
