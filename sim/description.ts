/**
 * What a device is and what it does: plain data, fully resolved, in one unit per quantity.
 *
 * `bench/plan` turns workload files into this; `sim/device.ts` builds the device from it. Nothing in here has a
 * default: a description says everything, so that the run folder can hold the whole truth. Times are integer
 * nanoseconds, sizes are 4 KiB pages, rates are events per simulated second, shares lie in 0..1.
 */
import type { LoadDescription } from './loadDescription.ts';

export type * from './loadDescription.ts';

/** A span of page frames, `[first, first + pages)`. */
export interface FrameSpan {
  readonly name: string;
  readonly first: number;
  readonly pages: number;
}

/** One CMA area given to the buddy allocator. Base and size are multiples of a pageblock (1024 pages, 4 MB). */
export interface CmaAreaDescription extends FrameSpan {
  /**
   * The default area of `dma_alloc_from_contiguous` (device without `linux,contiguous-region`). Exactly
   * one area has it.
   */
  readonly isDefault: boolean;
}

/** Physical memory: what there is, what is taken at boot, and when it is scarce. */
export interface MemoryDescription {
  /** Frames of the board, 131072 for 512 MB. */
  readonly frames: number;
  /** Carve-outs: never given to the buddy allocator. */
  readonly reserved: readonly FrameSpan[];
  readonly cma: readonly CmaAreaDescription[];
  /** Unmovable pages taken at boot: slab, page tables, stacks, drivers. They stay. */
  readonly unmovablePages: number;
  /** Reclaimable-type slab pages taken at boot. */
  readonly reclaimablePages: number;
  /** /proc/sys/vm/min_free_kbytes and the vendor's extra_free_kbytes. */
  readonly minFreeKbytes: number;
  readonly extraFreeKbytes: number;
  /**
   * lowmemorykiller: kill the process with the highest oom_score_adj >= adj[i] when free and file pages are both under
   * minfree[i] (pages).
   */
  readonly lowmemorykiller: { readonly adj: readonly number[]; readonly minfree: readonly number[] };
}

/** What later kernels do otherwise than 3.10, one switch a change, with the version that made it. */
export interface KernelChanges {
  /** 6.11: cmp_and_merge_page compares the checksum before it searches the stable tree. */
  readonly checksumFirst: boolean;
  /** 4.4: stable_tree_search and stable_tree_insert start over at a stale node instead of giving up. */
  readonly stableTreeRestarts: boolean;
  /**
   * 5.1: stable_tree_search does not wait for the lock of the page it found; the item leaves its tree and waits a pass.
   */
  readonly stableSearchTrylock: boolean;
  /** 4.4: try_to_merge_with_ksm_page wants a mergeable vma (find_mergeable_vma) also where nothing is left to merge. */
  readonly mergeableVmaOnly: boolean;
  /**
   * 4.13: rmap_items of one stable_node, from which on equal pages get another (a dup in a chain), unless
   * `ksm.max_page_sharing` says another number. 0: no limit, and no such file.
   */
  readonly maxPageSharing: number;
  /** 5.19: do_wp_page reuses a page only when its pte holds the one reference, and does not wait for the page lock. */
  readonly soleReferenceReuse: boolean;
  /** 6.1: migration entries remember the dirty bit. */
  readonly migrationKeepsDirty: boolean;
  /** One lru_add pagevec of 15 a CPU for all LRU lists, drained as soon as it is full. */
  readonly sharedLruAdd: boolean;
  /** 5.13: no pagevecs from the drain of __alloc_contig_migrate_range to its end. */
  readonly lruCacheDisable: boolean;
  /** 5.8, 4.1: movable requests take CMA first while it is over half of free memory, and before stealing. */
  readonly cmaBalance: boolean;
  /** 3.18: while a pageblock is isolated, the type of a page that leaves a per-cpu list is read again. */
  readonly rereadsFreeType: boolean;
  /** 5.13, 5.14: pcp->high from the low watermark, bulk frees that double, from the list of the last freed page. */
  readonly pcpScales: boolean;
  /** 4.4: no emergency pageblocks of MIGRATE_RESERVE. */
  readonly noReserveBlocks: boolean;
  /** 5.10: boot memory goes to the tails of the free lists, so that low addresses are handed out first. */
  readonly bootFreesToTail: boolean;
  /** 3.16: isolation for migration leaves anonymous pages with references besides their ptes where they are. */
  readonly isolationSkipsPinned: boolean;
  /**
   * 4.8, 5.18: unmap_and_move looks for a freed page before it allocates, and frees old pages and unused
   * targets at once.
   */
  readonly migrationFreesDirectly: boolean;
  /** 5.12: -ENOMEM ends __alloc_contig_migrate_range; after -EBUSY the range is still tested. */
  readonly rangeEndsEarly: boolean;
  /** 4.8: timers of 63 jiffies and more are rounded up to their level of the wheel. */
  readonly granularTimers: boolean;
}

/** What may use the free pages of CMA areas, where that is not all movable memory. */
export type CmaUse =
  /** The page cache, CMA pages first; nothing else, and never through the per-cpu lists. */
  | 'page-cache'
  /** A pool of copies of page-cache pages that reclaim dropped (GCMA): they are dropped again instead of migrated. */
  | 'cleancache';

/** Differences between kernel trees that change what this model does; `workloads/kernels` has the source of each. */
export interface KernelProfile {
  readonly name: string;
  readonly about: string;
  /** `__GFP_CMA`: zero-filled anonymous faults take CMA pages first. */
  readonly cmaFirstForAnon: boolean;
  /** `__page_cache_alloc` gives a CMA page back and asks again without __GFP_MOVABLE. */
  readonly pageCacheOutsideCma: boolean;
  /** Freed order-0 CMA pages go straight to the buddy allocator, past the per-cpu list. */
  readonly cmaFreeBypassesPcp: boolean;
  /** Busy wait in do_swap_page before migration_entry_wait, ns (10 ms in the vendor trees, 0 in mainline). */
  readonly migrationFaultDelayNs: number;
  /** Vendor retry inside dma_alloc_from_contiguous: rounds after the first, and the sleep before each, ns. */
  readonly cmaRetries: number;
  readonly cmaRetrySleepNs: number;
  /** Vendor locking: cma_mutex only around alloc_contig_range, bitmap bits set before migrating. */
  readonly cmaBitmapFirst: boolean;
  /** Left out: all movable memory may use CMA areas. */
  readonly cmaFor?: CmaUse;
  /** Migration targets never come from CMA areas. */
  readonly targetsOutsideCma?: boolean;
  /**
   * False: reclaim_clean_pages_from_list is not there (before 3.7), clean page-cache pages are migrated like others.
   */
  readonly discardClean?: boolean;
  /** 5.13: __alloc_contig_migrate_range empties the LRUs of buffer_heads, and they stay empty until it ends. */
  readonly invalidateBhLrus?: boolean;
  /** Left out for a tree of 3.10. */
  readonly changes?: KernelChanges;
}

/**
 * Time of each step, ns of CPU time on one core, from `workloads/costs/*.yaml` where each number has its source.
 */
export interface CostProfile {
  readonly name: string;
  /** ksmd: fixed part of a wake-up (mutex, scheduling). */
  readonly ksmdWake: number;
  /** ksmd, on top of visitBase: the page is a KSM page, already linked or to be appended. */
  readonly visitLinked: number;
  /** ksmd: follow_page + get_next_rmap_item of one present page. */
  readonly visitBase: number;
  /** ksmd: looking at one address without a present anonymous page. */
  readonly visitHole: number;
  /** jhash2 of one page. */
  readonly checksum: number;
  /** One memcmp step on the way down a tree (pages differ early). */
  readonly treeStep: number;
  /** memcmp of two equal pages. */
  readonly pageCompare: number;
  /** write_protect_page + replace_page: pte flushes and bookkeeping. */
  readonly mergeOne: number;
  /** Allocating or freeing one rmap_item. */
  readonly rmapItem: number;
  /** fork: fixed part, per vma, and per pte copied. */
  readonly forkBase: number;
  readonly forkVma: number;
  readonly forkPte: number;
  readonly execBase: number;
  /** exit or munmap: fixed and per pte zapped. */
  readonly exitBase: number;
  readonly exitPte: number;
  /** First touch of a page: trap, allocation, clearing 4 KiB. */
  readonly faultAnon: number;
  /** File fault that finds the page in the page cache. */
  readonly faultFile: number;
  /** Copy-on-write: trap, allocation, copying 4 KiB. */
  readonly faultCow: number;
  /** Write fault that reuses the page. */
  readonly faultReuse: number;
  /** A user write to a page already writable. */
  readonly write: number;
  /** madvise, munmap, mremap: fixed part. */
  readonly syscall: number;
  /** Migration: target allocation + bookkeeping, and copy, per page; rmap walk per vma visited. */
  readonly migrateBase: number;
  readonly migrateCopy: number;
  readonly rmapVma: number;
  /** isolate_migratepages_range, test_pages_isolated, isolate_freepages_range: per frame looked at. */
  readonly isolateFrame: number;
  readonly testFrame: number;
  /** Dropping one clean page-cache page. */
  readonly discardPage: number;
  /** lru_add_drain_all (work on every CPU, waited for) and drain_all_pages. */
  readonly lruAddDrainAll: number;
  readonly drainAllPages: number;
  /** cma_alloc: fixed part of a call and of one alloc_contig_range. */
  readonly cmaBase: number;
  readonly contigBase: number;
  /** From unlock_page / up_read to the sleeper running again. */
  readonly wakeup: number;
  /** Reclaim: per page scanned. */
  readonly reclaimPage: number;
  /** Reading a page of a file that is not cached (I/O wait, no CPU). */
  readonly fileRead: number;
  /** Writeback of one page (I/O wait, no CPU). */
  readonly writeback: number;
}

/** Files of /sys/kernel/mm/ksm. */
export interface KsmSettings {
  /** /sys/kernel/mm/ksm/run, pages_to_scan, sleep_millisecs. */
  readonly run: 0 | 1 | 2;
  readonly pages_to_scan: number;
  readonly sleep_millisecs: number;
  /** Bits of the modelled checksum; 32 means distinct contents never collide. */
  readonly checksum_bits: number;
  /**
   * Files that 3.10 does not have (strategies/ksmFiles.ts): what is left out has the default of the kernel or strategy
   * that reads it, and what nobody reads changes nothing. max_page_sharing: rmap_items of a stable_node.
   */
  readonly max_page_sharing?: number;
  /** Of the scan-time advisor: s, pages a batch at first and at most, and percent of one CPU. */
  readonly advisor_target_scan_time?: number;
  readonly advisor_min_pages_to_scan?: number;
  readonly advisor_max_pages_to_scan?: number;
  readonly advisor_max_cpu?: number;
}

/** A recorded test program that runs in place of the load (`sim/testbed`). */
export interface ProgramDescription {
  /**
   * Keys of its command line with `scen`, the scenario; without the seed, and without `sleep` and `scan`,
   * which `ksm` says.
   */
  readonly params: Readonly<Record<string, string>>;
  /** The program's own seeds, at least one: the runs of a cell take them in turn. */
  readonly seeds: readonly number[];
}

/** Everything that determines a cell but its strategy and seed. */
export interface DeviceDescription {
  readonly device: string;
  readonly cpus: number;
  /** CONFIG_HZ: sleeps are rounded to jiffies. */
  readonly hz: number;
  readonly memory: MemoryDescription;
  readonly kernel: KernelProfile;
  readonly costs: CostProfile;
  readonly ksm: KsmSettings;
  readonly load: LoadDescription;
  /** Runs in place of `load`, which is empty then; the warm-up and the measured time are its own. */
  readonly program?: ProgramDescription;
  /** Full scans of ksmd at boot, outside simulated time, so that the device starts merged. */
  readonly settleScans: number;
  /** Simulated time before measuring starts, and measured time, ns. */
  readonly warmupNs: number;
  readonly durationNs: number;
}

/** One cell: a device under one strategy combination and one seed. */
export interface CellInput {
  readonly description: DeviceDescription;
  /** Names of built-in strategies that act together. */
  readonly strategies: readonly string[];
  readonly seed: number;
  /** Check all invariants at this period of simulated time, ns; 0: never. */
  readonly auditEveryNs: number;
}
