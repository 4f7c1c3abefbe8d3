/**
 * What a device is and what it does: plain data, fully resolved, in one unit per quantity.
 *
 * `bench/plan` turns workload files into this; `sim/device.ts` builds the device from it. Nothing in here has a default:
 * a description says everything, so that the run folder can hold the whole truth. Times are integer nanoseconds, sizes
 * are 4 KiB pages, rates are events per simulated second, shares lie in 0..1.
 */

/** A span of page frames, `[first, first + pages)`. */
export interface FrameSpan {
  readonly name: string;
  readonly first: number;
  readonly pages: number;
}

/** One CMA area given to the buddy allocator. Base and size are multiples of a pageblock (1024 pages, 4 MB). */
export interface CmaAreaDescription extends FrameSpan {
  /** The default area of `dma_alloc_from_contiguous` (device without `linux,contiguous-region`). Exactly one area has it. */
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
  /** lowmemorykiller: kill the process with the highest oom_score_adj >= adj[i] when free and file pages are both under minfree[i] (pages). */
  readonly lowmemorykiller: { readonly adj: readonly number[]; readonly minfree: readonly number[] };
}

/** What later kernels do otherwise than 3.10, one switch a change, with the version that made it. */
export interface KernelChanges {
  /** 6.11: cmp_and_merge_page compares the checksum before it searches the stable tree. */
  readonly checksumFirst: boolean;
  /** 4.4: stable_tree_search and stable_tree_insert start over at a stale node instead of giving up. */
  readonly stableTreeRestarts: boolean;
  /** 5.1: stable_tree_search does not wait for the lock of the page it found; the item leaves its tree and waits a pass. */
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
  /** 4.8, 5.18: unmap_and_move looks for a freed page before it allocates, and frees old pages and unused targets at once. */
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

/** Differences between kernel trees that change what this model does (kernel-3.10 notes: marked (V)). */
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
  /** False: reclaim_clean_pages_from_list is not there (before 3.7), clean page-cache pages are migrated like others. */
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
   * Files that 3.10 does not have (strategies/ksmFiles.ts): what is left out has the default of the kernel or strategy that
   * reads it, and what nobody reads changes nothing. max_page_sharing: rmap_items of a stable_node.
   */
  readonly max_page_sharing?: number;
  /** Of the scan-time advisor: s, pages a batch at first and at most, and percent of one CPU. */
  readonly advisor_target_scan_time?: number;
  readonly advisor_min_pages_to_scan?: number;
  readonly advisor_max_pages_to_scan?: number;
  readonly advisor_max_cpu?: number;
}

/** Where the contents of a region's pages come from. Shares sum to at most 1; the rest is unique to the page. */
export interface ContentMix {
  /** Zero-filled pages. */
  readonly zero: number;
  /** Pages drawn from named pools of contents that other processes draw from too. */
  readonly pools: readonly { readonly pool: string; readonly contents: number; readonly share: number }[];
}

/** How a process writes to a region after it has settled. */
export interface WriteActivity {
  /** Page writes per second and process, Poisson. */
  readonly perSecond: number;
  /** This share of the populated pages is hot ... */
  readonly hotPages: number;
  /** ... and receives this share of the writes. */
  readonly hotWrites: number;
  /** Probability that a write gives the page a content of the region's pools (so that it can merge again). */
  readonly remerge: number;
}

/** A mapping of a process. */
export interface Region {
  readonly name: string;
  readonly kind: 'anon' | 'private-file' | 'shared-file';
  /** Virtual size. */
  readonly pages: number;
  /** Share of the pages that is populated (anon: written; private-file: copied on write; shared-file: read). */
  readonly populated: number;
  /** madvise(MADV_MERGEABLE) right after mmap. */
  readonly mergeable: boolean;
  /** File of the file kinds; processes that name the same file share its page cache. */
  readonly file: string | null;
  readonly contents: ContentMix;
  readonly writes: WriteActivity;
}

/** Processes of one kind. */
export interface ProcessGroup {
  readonly name: string;
  readonly count: number;
  /** `exec`: own mm without relatives. `fork`: forked from the first process of group `parent`, no exec (Zygote). */
  readonly start: 'exec' | 'fork';
  readonly parent: string | null;
  readonly oomScoreAdj: number;
  /** Share of the inherited private pages a forked process rewrites while starting. */
  readonly rewriteInherited: number;
  /** How inherited regions are written later on (total per process); exec'ed processes: not used. */
  readonly inheritedWrites: WriteActivity;
  /** A forked process asks for madvise(MADV_MERGEABLE) on each inherited private region before it maps its own; absent: no. */
  readonly madviseInherited?: boolean;
  readonly regions: readonly Region[];
}

/** Something that keeps starting processes of a group while the device runs. */
export interface Spawner {
  readonly name: string;
  /** Group to start a process of (its `start`, `parent` and regions hold). Its `count` are started at boot. */
  readonly group: string;
  /** Starts per second, Poisson. */
  readonly perSecond: number;
  /** Time over which a new process does its start-up work (rewriting, populating), ns. */
  readonly startupNs: number;
  /** Life of a process, ns, exponential with this mean or fixed; null: until killed because there are too many, or by lowmemorykiller. */
  readonly lifeNs: number | null;
  readonly lifeKind: 'fixed' | 'exponential';
  /** Most live processes of the group; the oldest is killed (SIGKILL) when one more starts. */
  readonly maxLive: number;
  /** Share of the started processes that fork a child of their own after a quarter of their life and exit at once. */
  readonly grandchildren: number;
}

/** A driver that asks for contiguous memory. */
export interface CmaClient {
  readonly name: string;
  readonly area: string;
  /** Sizes in pages with relative weights. */
  readonly sizes: readonly { readonly pages: number; readonly weight: number }[];
  /** Alignment order of the request; null: get_order(size), as dma_alloc_from_contiguous gets it. Limited to CONFIG_CMA_ALIGNMENT. */
  readonly alignOrder: number | null;
  /** Rounds per second: Poisson, or every 1/perSecond s when periodic. */
  readonly perSecond: number;
  readonly periodic: boolean;
  /** Buffers asked for in one round, one after the other; all are held together. */
  readonly buffers: number;
  readonly holdNs: number;
  /** First round not before this time of the measured span, ns. */
  readonly startNs: number;
}

/** get_user_pages by somebody: an extra reference for a while. */
export interface PinHolder {
  readonly name: string;
  readonly perSecond: number;
  readonly pages: number;
  /** Mean of the exponential hold time, ns. */
  readonly holdNs: number;
  readonly target: 'anon' | 'file';
}

/** The page cache, and what reads and dirties it. */
export interface PageCacheLoad {
  /** Page-cache pages at the start (clean). */
  readonly pages: number;
  /** Share with buffer heads attached (PagePrivate). */
  readonly buffers: number;
  /** New pages read per second, and pages dirtied per second. */
  readonly readsPerSecond: number;
  readonly dirtiesPerSecond: number;
  /** Time a dirty page waits before writeback starts, ns. */
  readonly dirtyNs: number;
}

/** A process of `group` is started: by exec, or forked by its parent group, as the group has it. */
export interface ReplayedStart {
  /** ns of measured time; so for every event. */
  readonly at: number;
  readonly action: 'start';
  readonly group: string;
  /** Forked by the process of this name; null: by the oldest one of the parent group. */
  readonly from: string | null;
  /** What later events call it; null: nothing. A name may be given again after the exit of its process. */
  readonly name: string | null;
  readonly startupNs: number;
}

/** A process exits by itself or is sent SIGKILL. */
export interface ReplayedEnd {
  readonly at: number;
  readonly action: 'exit' | 'kill';
  readonly process: { readonly name: string } | { readonly oldestOf: string };
}

/** One request for contiguous memory. Those of one client follow each other. */
export interface ReplayedRequest {
  readonly at: number;
  readonly action: 'cma';
  readonly client: string;
  readonly area: string;
  readonly pages: number;
  /** As that of a CmaClient. */
  readonly alignOrder: number | null;
  /** null: to the end. */
  readonly holdNs: number | null;
}

/** Writes to /sys/kernel/mm/ksm; null: that file is not written. */
export interface ReplayedSetting {
  readonly at: number;
  readonly action: 'ksm';
  readonly run: 0 | 1 | 2 | null;
  readonly pages_to_scan: number | null;
  readonly sleep_millisecs: number | null;
}

/** Something that was recorded and happens again at its time, whatever the seed. */
export type ReplayEvent = ReplayedStart | ReplayedEnd | ReplayedRequest | ReplayedSetting;

/** What keeps the device busy. */
export interface LoadDescription {
  readonly groups: readonly ProcessGroup[];
  readonly spawners: readonly Spawner[];
  readonly cmaClients: readonly CmaClient[];
  readonly pins: readonly PinHolder[];
  readonly pageCache: PageCacheLoad;
  /** Epoch of pool contents: a rewritten pool page takes the content of the current epoch, ns; 0: contents never change. */
  readonly contentEpochNs: number;
  /** What is replayed, in the order of time; absent: nothing. */
  readonly events?: readonly ReplayEvent[];
}

/** A recorded test program that runs in place of the load (`sim/testbed`). */
export interface ProgramDescription {
  /** Keys of its command line with `scen`, the scenario; without the seed, and without `sleep` and `scan`, which `ksm` says. */
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
