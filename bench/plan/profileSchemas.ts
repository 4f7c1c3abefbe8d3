/**
 * Schemas of the kernel and cost profiles in `workloads/kernels` and `workloads/costs`: every key, and what it means.
 */
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

/** Each step that takes time. */
export const COSTS: Readonly<Record<CostKey, string>> = {
  ksmdWake: 'ksmd: fixed part of a wake-up (mutex, scheduling)',
  visitLinked: 'ksmd, on top of `visit_base`: the page is a KSM page, already linked or to be appended',
  visitBase: 'ksmd: follow_page and get_next_rmap_item of one present page',
  visitHole: 'ksmd: looking at one address without a present anonymous page',
  checksum: 'jhash2 of one page',
  treeStep: 'one memcmp step on the way down a tree (pages differ early)',
  pageCompare: 'memcmp of two equal pages',
  mergeOne: 'write_protect_page and replace_page: pte flushes and bookkeeping',
  rmapItem: 'allocating or freeing one rmap_item',
  forkBase: 'fork: fixed part',
  forkVma: 'fork: per vma',
  forkPte: 'fork: per pte copied',
  execBase: 'exec: fixed part',
  exitBase: 'exit or munmap: fixed part',
  exitPte: 'exit or munmap: per pte zapped',
  faultAnon: 'first touch of a page: trap, allocation, clearing 4 KiB',
  faultFile: 'file fault that finds the page in the page cache',
  faultCow: 'copy-on-write: trap, allocation, copying 4 KiB',
  faultReuse: 'write fault that reuses the page',
  write: 'a user write to a page that is writable already',
  syscall: 'madvise, munmap, mremap: fixed part',
  migrateBase: 'migration of a page: target allocation and bookkeeping',
  migrateCopy: 'migration of a page: the copy',
  rmapVma: 'reverse walk: per vma visited',
  isolateFrame: 'isolate_migratepages_range, isolate_freepages_range: per frame looked at',
  testFrame: 'test_pages_isolated: per frame looked at',
  discardPage: 'dropping one clean page-cache page',
  lruAddDrainAll: 'lru_add_drain_all: work on every CPU, waited for',
  drainAllPages: 'drain_all_pages',
  cmaBase: 'dma_alloc_from_contiguous: fixed part of a call',
  contigBase: 'alloc_contig_range: fixed part of a call',
  wakeup: 'from unlock_page or up_read to the sleeper running again',
  reclaimPage: 'reclaim: per page scanned',
  fileRead: 'reading a page of a file that is not cached (I/O wait, no CPU)',
  writeback: 'writeback of one page (I/O wait, no CPU)',
};
const COST_KEYS = Object.keys(COSTS) as readonly CostKey[];

/** `forkPte` is written `fork_pte` in files. */
export function fileKey(key: CostKey): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const cost: Schema<SourcedCost> = object({
  value: required(duration({ min: 0, max: LIMITS.costNs }), 'its CPU time on one core'),
  source: required(
    text('where the number comes from', LIMITS.textLength),
    'where the number comes from: recorded, published, derived or assumed',
  ),
});

const costFields: Record<string, Field<SourcedCost>> = Object.fromEntries(
  COST_KEYS.map((key) => [fileKey(key), required(cost, COSTS[key])]),
);

export const costsSchema = object({
  about: required(text('one sentence', LIMITS.textLength), 'one sentence: what the numbers stand for'),
  costs: required(object(costFields), 'the time of each step of the model'),
});

/** A cost profile with the source of each number. */
export interface CostsFile {
  readonly about: string;
  readonly sources: Readonly<Record<CostKey, string>>;
  readonly profile: CostProfile;
}

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
  checksum_first: required(
    boolean(),
    '6.11: cmp_and_merge_page compares the checksum before it searches the stable tree',
  ),
  stable_tree_restarts: required(
    boolean(),
    '4.4: stable_tree_search and stable_tree_insert start over at a stale node instead of giving up',
  ),
  stable_search_trylock: required(
    boolean(),
    '5.1: stable_tree_search does not wait for the lock of the page it found; the item leaves its tree and waits a pass',
  ),
  mergeable_vma_only: required(
    boolean(),
    '4.4: try_to_merge_with_ksm_page wants a mergeable vma (find_mergeable_vma) also where nothing is left to merge',
  ),
  max_page_sharing: required(
    integer({ min: 0, max: 1e9 }),
    '4.13: rmap_items of one stable_node, from which on equal pages get another, unless `ksm.max_page_sharing` says another number; 0: no limit, and no such file',
  ),
  sole_reference_reuse: required(
    boolean(),
    '5.19: do_wp_page reuses a page only when its pte holds the one reference, and does not wait for the page lock',
  ),
  migration_keeps_dirty: required(boolean(), '6.1: migration entries remember the dirty bit'),
  shared_lru_add: required(
    boolean(),
    'one lru_add pagevec of 15 a CPU for all LRU lists, drained as soon as it is full',
  ),
  lru_cache_disable: required(boolean(), '5.13: no pagevecs from the drain of __alloc_contig_migrate_range to its end'),
  cma_balance: required(
    boolean(),
    '5.8, 4.1: movable requests take CMA first while it is over half of free memory, and before stealing',
  ),
  rereads_free_type: required(
    boolean(),
    '3.18: while a pageblock is isolated, the type of a page that leaves a per-cpu list is read again',
  ),
  pcp_scales: required(
    boolean(),
    '5.13, 5.14: pcp->high from the low watermark, bulk frees that double, from the list of the last freed page',
  ),
  no_reserve_blocks: required(boolean(), '4.4: no emergency pageblocks of MIGRATE_RESERVE'),
  boot_frees_to_tail: required(
    boolean(),
    '5.10: boot memory goes to the tails of the free lists, so that low addresses are handed out first',
  ),
  isolation_skips_pinned: required(
    boolean(),
    '3.16: isolation for migration leaves anonymous pages with references besides their ptes where they are',
  ),
  migration_frees_directly: required(
    boolean(),
    '4.8, 5.18: unmap_and_move looks for a freed page before it allocates, and frees old pages and unused targets at once',
  ),
  range_ends_early: required(
    boolean(),
    '5.12: -ENOMEM ends __alloc_contig_migrate_range; after -EBUSY the range is still tested',
  ),
  granular_timers: required(boolean(), '4.8: timers of 63 jiffies and more are rounded up to their level of the wheel'),
});

type ChangesFile = NonNullable<ReturnType<typeof changes.read>>;

export const kernelSchema = object({
  about: required(text('one sentence', LIMITS.textLength), 'one sentence: which tree it is'),
  cma_first_for_anon: required(boolean(), '`__GFP_CMA`: zero-filled anonymous faults take CMA pages first'),
  page_cache_outside_cma: required(
    boolean(),
    '`__page_cache_alloc` gives a CMA page back and asks again without `__GFP_MOVABLE`',
  ),
  cma_free_bypasses_pcp: required(
    boolean(),
    'freed CMA pages of order 0 go straight to the buddy allocator, past the per-cpu list',
  ),
  migration_fault_delay: required(duration(DAY), 'busy wait in do_swap_page before migration_entry_wait'),
  cma_retries: required(integer({ min: 0, max: 1000 }), 'rounds of dma_alloc_from_contiguous after the first'),
  cma_retry_sleep: required(duration(DAY), 'the sleep before each of them'),
  cma_bitmap_first: required(
    boolean(),
    'cma_mutex only around alloc_contig_range, bits of the bitmap set before migrating',
  ),
  changes: optional<ChangesFile | null>(
    changes,
    null,
    'what has changed since 3.10, every line of it',
    'a tree of 3.10',
  ),
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
