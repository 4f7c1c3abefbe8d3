/**
 * What an explanation of one request says: plain data. Times are ns of simulated time after measuring began, as those
 * of attempts are; what happened in the warm-up is negative, and all that lies before time is at `bootAt`. Addresses
 * are virtual page numbers; a process is named with its pid.
 */
import type { LitmusTest } from '../litmus/types.ts';
import type { Cause } from '../observations.ts';

export interface ProcessRef {
  readonly pid: number;
  readonly name: string;
}

/** A page in the way of a range. */
export interface BlockingPage {
  readonly pfn: number;
  readonly kind: 'anon' | 'ksm' | 'file' | 'kernel' | 'free' | 'other';
  readonly cause: Cause;
  /**
   * Calls of unmap_and_move that failed in this range, when the first and the last did; null: it was not even tried.
   */
  readonly calls: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** page_mapcount, and ptes that a reverse walk finds. */
  readonly mapcount: number;
  readonly found: number;
  /** page_count, and those of it that somebody holds besides the ptes. */
  readonly count: number;
  readonly references: {
    readonly pins: number;
    readonly pagevec: number;
    readonly ksmd: number;
    readonly waiters: number;
  };
  /** Pin holders that have it, and since when. */
  readonly pinnedBy: readonly { readonly holder: string; readonly since: number }[];
  /** Anonymous page, as history knows it; -1 for others. */
  readonly page: number;
  /** ptes that map it. */
  readonly mappings: readonly Mapping[];
  readonly items: readonly Item[];
}

/** One pte that maps a page. */
export interface Mapping {
  readonly process: ProcessRef;
  /** pid of the process that it and all its relatives were forked from. */
  readonly family: number;
  readonly mm: number;
  readonly vpn: number;
  /** null: by exec. */
  readonly forkedFrom: ProcessRef | null;
  readonly bornAt: number;
  /** The reverse walk reaches it. */
  readonly isFound: boolean;
  /** Cause of the gap and since when; null where it is found. */
  readonly gap: { readonly cause: Cause; readonly since: number } | null;
  /** The process has an rmap_item for this address on the page's hlist; an mm_slot. */
  readonly hasItem: boolean;
  readonly hasSlot: boolean;
  /** Its mm_slot's rmap_list is empty: ksmd has never come to it. */
  readonly isUnvisited: boolean;
  readonly isMergeable: boolean;
}

/** One rmap_item on the hlist of the page's stable_node. */
export interface Item {
  /** null: a cover that a strategy keeps, which belongs to nobody. */
  readonly process: ProcessRef | null;
  readonly vpn: number;
  /** Its own pte maps the page still. */
  readonly isCurrent: boolean;
  /** Whose vmas hang in the tree of its anon_vma at this address: where the reverse walk looks. */
  readonly searches: readonly ProcessRef[];
}

/** One range that alloc_contig_range was called for and gave up. */
export interface RangeTry {
  readonly first: number;
  readonly end: number;
  /** -16 EBUSY, -12 ENOMEM, -4 EINTR. */
  readonly rc: number;
  readonly gaveUpAt: number;
  /** Round of the caller, from 0. */
  readonly round: number;
  /** Calls of migrate_pages beyond the first of a cluster, passes beyond the first of a call, pages moved in vain. */
  readonly contigTries: number;
  readonly migratePasses: number;
  readonly migrated: number;
  /** In the order in which they failed first. */
  readonly blockers: readonly BlockingPage[];
}

/** The request itself. */
export interface Request {
  readonly number: number;
  readonly client: string;
  readonly pages: number;
  readonly began: number;
  readonly answered: number;
  /** 0, -16 or -12. */
  readonly errno: number;
  /** Pages of the area, those its bitmap has given out, and its longest run of free bits, at the end of the request. */
  readonly area: { readonly pages: number; readonly used: number; readonly longestFree: number };
  readonly freePages: number;
  readonly tries: readonly RangeTry[];
}

/** What happened to a page, or to an address of a process that had it mapped. */
export interface PageEvent {
  readonly at: number;
  /** Pass of ksmd (full_scans) at that moment. */
  readonly pass: number;
  readonly kind:
    | 'written'
    | 'forked'
    | 'upgraded'
    | 'merged'
    | 'node'
    | 'abandoned'
    | 'item-added'
    | 'item-removed'
    | 'unmapped'
    | 'visited'
    | 'migrated'
    | 'migration-failed'
    | 'pinned'
    | 'exited'
    | 'gap-opened'
    | 'gap-closed';
  /** Whose address; null where the event is the page's. */
  readonly process: ProcessRef | null;
  readonly vpn: number;
  /** Child of a fork; what removed an item, and why; cause of a gap. */
  readonly other?: ProcessRef;
  readonly removal?: Removal;
  readonly cause?: Cause;
  /** The write made the page itself. */
  readonly isItself?: true;
}

/** An rmap_item left the hlist of a page that is mapped still. */
export interface Removal {
  /** The function of mm/ksm.c that took it; null: somebody else than ksmd. */
  readonly by: 'cmp_and_merge_page' | 'get_next_rmap_item' | 'remove_trailing_rmap_items' | null;
  /** What ksmd saw at the item's address. */
  readonly why: 'exited' | 'copied' | 'unmapped' | 'migration-entry' | 'not-mergeable' | 'cover';
  /** When that came about: the exit, the write, the unmapping; null when that lies before the history. */
  readonly since: number | null;
}

/** The event after which a pte was unfindable. */
export interface Opening {
  readonly cause: Cause;
  readonly at: number;
  readonly event: PageEvent;
  /** The gap was there in the parent when it forked: how it opened there; null otherwise. */
  readonly inherited: Opening | null;
}

/** How the gap ended in this very run, left to itself. */
export interface Closing {
  /** null: it was open still at `until`. */
  readonly at: number | null;
  readonly how: 'visit' | 'unmapped' | 'exit' | 'other' | null;
  /** Whose visit by ksmd, in which pass; or whose write or exit. */
  readonly process: ProcessRef | null;
  readonly vpn: number;
  readonly pass: number;
  readonly until: number;
}

/** One pte that the reverse walk missed when the request failed. */
export interface LostMapping {
  readonly mapping: Mapping;
  readonly opening: Opening | null;
  readonly closing: Closing;
}

/** The whole story of one page that stood in the way. */
export interface PageStory {
  readonly blocker: BlockingPage;
  readonly lost: readonly LostMapping[];
  /**
   * What happened to it and its mappings in the family of the first lost one, in order; the oldest are left out beyond
   * a limit.
   */
  readonly events: readonly PageEvent[];
  readonly leftOut: number;
  /** ksmd's last visit of each mapping's address before the failure: pid, vpn, when and in which pass. */
  readonly visits: readonly {
    readonly pid: number;
    readonly vpn: number;
    readonly at: number;
    readonly pass: number;
  }[];
}

/** Who plays whom in a script. */
export interface Role {
  readonly role: string;
  readonly process: ProcessRef;
}

/** What the script's allocation comes to under a strategy (besides those of the cell). */
export interface StrategyOutcome {
  readonly strategy: string;
  /** null: it acts outside what a script has, or the script's actions make no sense under it. */
  readonly isFound: boolean | null;
  /**
   * No other order of these actions and ksmd's visits loses a mapping for this cause either; null where `isFound` is
   * not true.
   */
  readonly isSafe: boolean | null;
}

/** The failure as a litmus test. */
export interface Reproduction {
  readonly test: LitmusTest;
  readonly cast: readonly Role[];
  readonly outcomes: readonly StrategyOutcome[];
}

export interface Explanation {
  /** The time of everything before simulated time began. */
  readonly bootAt: number;
  readonly request: Request;
  /** The page that is told of, and its range among the tries; null where no page stood in the way. */
  readonly story: PageStory | null;
  readonly range: RangeTry | null;
  readonly reproduction: Reproduction | null;
  /** Why there is no reproduction; null where there is one. */
  readonly notReproduced: string | null;
}
