/** Schemas of the kernel and cost profiles in `workloads/kernels` and `workloads/costs`. */
import type { CostProfile, KernelChanges, KernelProfile } from '../../sim/index.ts';
import { LIMITS } from './limits.ts';
import { object, optional, required, type Field, type Schema } from './schema.ts';
import { boolean, duration, integer, text } from './scalars.ts';

const DAY = { min: 0, max: LIMITS.durationNs };

/** One cost: its value, ns, and where the number comes from. */
export interface SourcedCost {
  readonly value: number;
  readonly source: string;
}

export type CostKey = Exclude<keyof CostProfile, 'name'>;

const COST_KEYS = [
  'ksmdWake',
  'visitLinked',
  'visitBase',
  'visitHole',
  'checksum',
  'treeStep',
  'pageCompare',
  'mergeOne',
  'rmapItem',
  'forkBase',
  'forkVma',
  'forkPte',
  'execBase',
  'exitBase',
  'exitPte',
  'faultAnon',
  'faultFile',
  'faultCow',
  'faultReuse',
  'write',
  'syscall',
  'migrateBase',
  'migrateCopy',
  'rmapVma',
  'isolateFrame',
  'testFrame',
  'discardPage',
  'lruAddDrainAll',
  'drainAllPages',
  'cmaBase',
  'contigBase',
  'wakeup',
  'reclaimPage',
  'fileRead',
  'writeback',
] as const satisfies readonly CostKey[];

/** `forkPte` is written `fork_pte` in files. */
function fileKey(key: CostKey): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const cost: Schema<SourcedCost> = object({
  value: required(duration({ min: 0, max: LIMITS.costNs })),
  source: required(text('where the number comes from', LIMITS.textLength)),
});

const costFields: Record<string, Field<SourcedCost>> = Object.fromEntries(
  COST_KEYS.map((key) => [fileKey(key), required(cost)]),
);

const costsObject = object({
  about: required(text('one sentence', LIMITS.textLength)),
  costs: required(object(costFields)),
});

/** A cost profile with the source of each number. */
export interface CostsFile {
  readonly about: string;
  readonly sources: Readonly<Record<CostKey, string>>;
  readonly profile: CostProfile;
}

export const costsSchema = costsObject;

/** The parsed file under its name, as the model wants it. */
export function toCosts(
  name: string,
  file: { about: string; costs: Readonly<Record<string, SourcedCost>> },
): CostsFile {
  const entries = COST_KEYS.map((key) => [key, file.costs[fileKey(key)]] as const);
  const values = Object.fromEntries(entries.map(([key, entry]) => [key, entry.value])) as Record<CostKey, number>;
  const sources = Object.fromEntries(entries.map(([key, entry]) => [key, entry.source])) as Record<CostKey, string>;
  return { about: file.about, sources, profile: { name, ...values } };
}

/** What has changed since 3.10, each line required, so that a newer tree says it all. */
const changes = object({
  checksum_first: required(boolean()),
  stable_tree_restarts: required(boolean()),
  stable_search_trylock: required(boolean()),
  mergeable_vma_only: required(boolean()),
  max_page_sharing: required(integer({ min: 0, max: 1e9 })),
  sole_reference_reuse: required(boolean()),
  migration_keeps_dirty: required(boolean()),
  shared_lru_add: required(boolean()),
  lru_cache_disable: required(boolean()),
  cma_balance: required(boolean()),
  rereads_free_type: required(boolean()),
  pcp_scales: required(boolean()),
  no_reserve_blocks: required(boolean()),
  boot_frees_to_tail: required(boolean()),
  isolation_skips_pinned: required(boolean()),
  migration_frees_directly: required(boolean()),
  range_ends_early: required(boolean()),
  granular_timers: required(boolean()),
});

type ChangesFile = NonNullable<ReturnType<typeof changes.read>>;

export const kernelSchema = object({
  about: required(text('one sentence', LIMITS.textLength)),
  cma_first_for_anon: required(boolean()),
  page_cache_outside_cma: required(boolean()),
  cma_free_bypasses_pcp: required(boolean()),
  migration_fault_delay: required(duration(DAY)),
  cma_retries: required(integer({ min: 0, max: 1000 })),
  cma_retry_sleep: required(duration(DAY)),
  cma_bitmap_first: required(boolean()),
  changes: optional<ChangesFile | null>(changes, null),
});

type KernelFile = NonNullable<ReturnType<typeof kernelSchema.read>>;

export function toKernel(name: string, file: KernelFile): KernelProfile {
  return {
    name,
    about: file.about,
    cmaFirstForAnon: file.cma_first_for_anon,
    pageCacheOutsideCma: file.page_cache_outside_cma,
    cmaFreeBypassesPcp: file.cma_free_bypasses_pcp,
    migrationFaultDelayNs: file.migration_fault_delay,
    cmaRetries: file.cma_retries,
    cmaRetrySleepNs: file.cma_retry_sleep,
    cmaBitmapFirst: file.cma_bitmap_first,
    ...(file.changes === null ? {} : { changes: toChanges(file.changes) }),
  };
}

function toChanges(file: ChangesFile): KernelChanges {
  return {
    checksumFirst: file.checksum_first,
    stableTreeRestarts: file.stable_tree_restarts,
    stableSearchTrylock: file.stable_search_trylock,
    mergeableVmaOnly: file.mergeable_vma_only,
    maxPageSharing: file.max_page_sharing,
    soleReferenceReuse: file.sole_reference_reuse,
    migrationKeepsDirty: file.migration_keeps_dirty,
    sharedLruAdd: file.shared_lru_add,
    lruCacheDisable: file.lru_cache_disable,
    cmaBalance: file.cma_balance,
    rereadsFreeType: file.rereads_free_type,
    pcpScales: file.pcp_scales,
    noReserveBlocks: file.no_reserve_blocks,
    bootFreesToTail: file.boot_frees_to_tail,
    isolationSkipsPinned: file.isolation_skips_pinned,
    migrationFreesDirectly: file.migration_frees_directly,
    rangeEndsEarly: file.range_ends_early,
    granularTimers: file.granular_timers,
  };
}
