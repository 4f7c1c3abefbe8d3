/**
 * What keeps a device busy: processes and what starts and ends them, requests for contiguous memory, pins, the page
 * cache, recorded events. Plain data, part of a description (description.ts), which says how quantities are counted.
 */

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
  /**
   * A forked process asks for madvise(MADV_MERGEABLE) on each inherited private region before it maps its
   * own; absent: no.
   */
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
  /**
   * Life of a process, ns, exponential with this mean or fixed; null: until killed because there are too many, or by
   * lowmemorykiller.
   */
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
  /**
   * Alignment order of the request; null: get_order(size), as dma_alloc_from_contiguous gets it. Limited to
   * CONFIG_CMA_ALIGNMENT.
   */
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
  /**
   * Epoch of pool contents: a rewritten pool page takes the content of the current epoch, ns; 0: contents never change.
   */
  readonly contentEpochNs: number;
  /** What is replayed, in the order of time; absent: nothing. */
  readonly events?: readonly ReplayEvent[];
}
