/**
 * What one cell observed: plain data, structured-cloneable. Times are integer nanoseconds of simulated time.
 *
 * Raw samples, not percentiles: statistics belong to `bench/stats`.
 */

/** Why a page could not be migrated, in the order in which it is shown; what each means says docs/model.md. */
export const CAUSES = [
  'B1',
  'B2',
  'B3',
  'B3null',
  'B4',
  'B5',
  'B6',
  'pin',
  'pagevec',
  'locked',
  'writeback',
  'no-target',
  'not-lru',
  'unknown',
] as const;
/** One of CAUSES. */
export type Cause = (typeof CAUSES)[number];
/** A count for each cause. */
export type CauseCounts = Record<Cause, number>;

/** Counts of 0, to be added to. */
export function noCauses(): CauseCounts {
  return Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as CauseCounts;
}

/** One call of dma_alloc_from_contiguous (or of the caller's retry loop around it). */
export interface CmaAttempt {
  /** Start, ns after measuring began; duration, ns. */
  readonly at: number;
  readonly latency: number;
  readonly client: string;
  readonly pages: number;
  /**
   * 0, or -16 (EBUSY: every candidate range failed), -12 (ENOMEM: no free bitmap range, or no page to migrate to), -4
   * (EINTR: the recorded program killed it at its timeout).
   */
  readonly errno: number;
  /**
   * Work beyond the first try, at four levels: passes of migrate_pages after the first, calls of migrate_pages after
   * the first of a cluster, ranges after the first, rounds after the first.
   */
  readonly migratePasses: number;
  readonly contigTries: number;
  readonly ranges: number;
  readonly caller: number;
  /** Distinct pages migrated, and distinct pages that failed, with the cause of each. */
  readonly migrated: number;
  readonly failed: number;
  readonly causes: Partial<CauseCounts>;
  /** Of a request that failed: distinct pages that stood in the way in its last round, with the cause of each. */
  readonly blocked: Partial<CauseCounts>;
  /** CPU time of the caller, ns: without sleeps and waits. */
  readonly cpu: number;
}

/** Counters of /sys/kernel/mm/ksm in pages, and rmap_items. */
export interface KsmCounters {
  readonly pages_shared: number;
  readonly pages_sharing: number;
  readonly pages_unshared: number;
  readonly pages_volatile: number;
  readonly full_scans: number;
  readonly rmapItems: number;
}

/** Period of samples, ns of simulated time. */
export const SAMPLE_NS = 1_000_000_000;

/** State at a sampling moment. */
export interface Sample extends KsmCounters {
  readonly at: number;
  readonly ksmPages: number;
  readonly ksmPtes: number;
  readonly unfindablePtes: number;
  readonly freePages: number;
  readonly freeCmaPages: number;
  /** CMA pages that anonymous memory may not use under this kernel, those of contiguous allocations apart. */
  readonly unusableCmaPages: number;
  readonly processes: number;
}

/** What was observed in the measured time. */
export interface Observations {
  /** Simulated time measured, ns. */
  readonly duration: number;
  readonly attempts: readonly CmaAttempt[];
  readonly migration: {
    readonly pages: number;
    readonly failed: number;
    readonly failedByCause: CauseCounts;
    /** Pages migrated, by kind. */
    readonly byKind: { readonly anon: number; readonly ksm: number; readonly file: number };
  };
  readonly ksm: {
    readonly atStart: KsmCounters;
    readonly atEnd: KsmCounters;
    /** Pages that merging saves at the end: copies it stands for (one a fork family and address) minus KSM pages. */
    readonly savedPages: number;
    /**
     * Durations of full scans that began and ended in the measured time, from pass start to pass end, sleep included.
     */
    readonly fullScan: Float64Array;
    /** CPU time of each wake-up. */
    readonly wake: Float64Array;
    /** Times ksmd was woken, from its sleep or at a lock; those that woke an idle CPU. */
    readonly wakeups: number;
    readonly idleWakeups: number;
    /** CPU time of ksmd in total. */
    readonly cpu: number;
    readonly pagesScanned: number;
    readonly merges: number;
  };
  readonly unfindable: {
    /** Time integral of unfindable ptes / duration; most at once; mean share of all ptes that map KSM pages. */
    readonly ptesMean: number;
    readonly ptesMax: number;
    readonly shareOfKsmPtes: number;
    /**
     * How long each gap lasted that closed in the measured time (found again, or unmapped), and gaps still
     * open at the end.
     */
    readonly gap: Float64Array;
    readonly open: number;
    readonly openedByCause: CauseCounts;
  };
  readonly rmapItems: {
    readonly live: number;
    readonly peak: number;
    /** Items on an hlist whose own pte no longer maps the page (kept or not yet revisited). */
    readonly stale: number;
    readonly bytes: number;
  };
  /**
   * What a strategy that gets reference counts wrong would have done to a real kernel since boot: anon_vmas freed while
   * in use, freed twice, never freed.
   */
  readonly kernelBugs: { readonly usedAfterFree: number; readonly doubleFree: number; readonly leaked: number };
  /** Latency of each fork and of each copy-on-write fault (waits included). */
  readonly fork: Float64Array;
  readonly cowFault: Float64Array;
  readonly counts: {
    readonly forks: number;
    readonly exits: number;
    readonly lmkKills: number;
    readonly cowFaults: number;
    readonly anonFaults: number;
    readonly writes: number;
    readonly events: number;
    readonly reclaimed: number;
    readonly allocFailures: number;
  };
  /** Pages of all CMA areas, which kernel memory can never use. */
  readonly cmaPages: number;
  readonly pageCache: {
    /** Pages in the page cache at the end. */
    readonly pages: number;
    /** Pages that contiguous allocations dropped, and pages read again that anybody had dropped. */
    readonly discarded: number;
    readonly refaults: number;
  };
  readonly samples: readonly Sample[];
  /**
   * Events that were to be replayed in the measured time, and those whose process was gone by then; absent
   * without a replay.
   */
  readonly replay?: { readonly events: number; readonly missed: number };
}
