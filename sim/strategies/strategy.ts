/**
 * What a fix strategy is: who it is, how it would set up the device, and the places in the kernel where it acts.
 *
 * The hooks are functions that the kernel rooms call where they would go on in one way only without the strategy; an
 * absent hook is the kernel as it is. `attach` makes them for one kernel, so that a strategy's own state lives as long
 * as that kernel. A user's own file (`--strategy ./my-fix.ts`) is the same object.
 */
import type { DeviceDescription } from '../description.ts';
import type { Kernel } from '../kernel.ts';
import type { Cause } from '../observations.ts';
import type { Registers } from '../registers.ts';

/** The field it belongs to: KSM's bookkeeping, its scanning policy, or CMA and migration. */
export type StrategyGroup = 'ksm' | 'scan' | 'cma';

/** What `cma-stress list` shows and what a run checks. */
export interface StrategyInfo {
  readonly name: string;
  readonly group: StrategyGroup;
  /** One line: what it does. */
  readonly about: string;
  /** Who proposed it, where, when. */
  readonly origin: string;
  /**
   * Failure causes it says it removes. Those of KSM (B1 to B6) mean mappings: none becomes unfindable for that cause.
   * The others mean requests: none fails in the end with a page that could not be moved for that cause.
   */
  readonly claims: readonly Cause[];
  /** What it costs, one line. */
  readonly costs: string;
}

export interface Strategy extends StrategyInfo {
  /** The device as this strategy would have it built or set: sizes, sysfs knobs, kernel switches. */
  readonly device?: (description: DeviceDescription) => DeviceDescription;
  /** Its hooks in this kernel. Called once, when all rooms are there and nothing has happened yet. */
  readonly attach?: (kernel: StrategyKernel) => StrategyHooks;
  /** ksmd does not run under it: there is nothing to explore. */
  readonly stopsKsmd?: boolean;
  /** Bytes that it adds to every rmap_item, padding included: 4 on 32-bit ARM for anything up to a word. */
  readonly itemBytes?: number;
  /** It leaves covering items behind on hlists, so that pools are made larger. */
  readonly keepsItems?: boolean;
  /** ksmd can stay away for long, so that room is made for every mm that dies in a run. */
  readonly slowsScan?: boolean;
}

/** What a strategy sees: the kernel's rooms. The truth room is not among them: a fix knows only what a kernel knows. */
export type StrategyKernel = Omit<Kernel, 'ledger' | 'hooks'>;

/** A request that found no range; `rounds` counts those before this one. */
export interface FailedRequest {
  /** Start of the request and now, ns of simulated time. */
  readonly began: number;
  readonly now: number;
  /** Rounds after the first that strategies have asked for so far. */
  readonly rounds: number;
  /** -16 EBUSY or -12 ENOMEM, of the last round. */
  readonly errno: number;
  /** Frames that stood in the way of the ranges of the last round. */
  readonly blockers: readonly number[];
  /** CPU the caller runs on, and its actor id. */
  readonly cpu: number;
  readonly who: number;
  /** How often the strategies were asked since the last round ended: 0 the first time. */
  readonly asked: number;
}

/** What to do about a failed request: spend CPU time and sleep, ns, then try all ranges again or ask again. */
export interface Remedy {
  readonly cpuNs: number;
  readonly sleepNs: number;
  readonly then: 'try' | 'ask';
}

/** Where a strategy can act. Costs are returned in ns of CPU time on top of what the kernel's step costs. */
export interface StrategyHooks {
  /**
   * try_to_merge_with_ksm_page: the anon_vma that the rmap_item takes. `own`: the vma's, which 3.10 takes. `ofPage`:
   * the page's before it was upgraded in place, NONE when it was not. The reference goes to the returned one.
   */
  readonly takeAnonVma?: (own: number, ofPage: number) => number;
  /**
   * try_to_merge_two_pages: the page, mapped at `vpn` by the mm scanned, is to be upgraded. Returns ns, or FORBIDDEN.
   */
  readonly mayUpgrade?: (pfn: number, vpn: number) => number;
  /**
   * try_to_merge_two_pages: a free page (page_count 1) to copy the page `pfn` to and merge both into, instead of
   * upgrading it in place; NONE upgrades.
   */
  readonly keptPage?: (pfn: number, cpu: number) => number;
  /**
   * A page upgraded in place gets its stable_node, and an rmap_item whose pte was replaced goes onto the hlist, before
   * any page lock is dropped; a match that is locked waits for the next pass.
   */
  readonly mergesAtOnce?: boolean;
  /** An upgrade whose second half failed, or whose node found no place in the tree, is finished instead of broken. */
  readonly finishesUpgrade?: boolean;
  /** unmap_and_move: whether the page has to move to a frame outside CMA (`userPages.allocOutsideCma`). */
  readonly targetOutsideCma?: (pfn: number) => boolean;
  /** mremap copies the KSM pages it moves in every mapping, not in mergeable ones alone. */
  readonly unmergesMoved?: boolean;
  /**
   * remove_rmap_item_from_tree, under the page lock: a stable item is about to leave its hlist at pass `seqnr`. The
   * strategy may leave a cover in its place (`objects.leaveCover`). Returns ns.
   */
  readonly itemLeaves?: (item: number, seqnr: number) => number;
  /** A covering item went with its stale stable_node; it is freed after the call. */
  readonly coverGone?: (item: number) => void;
  /**
   * A pass begins; or no mm is left to visit, and `seqnr` is that of two passes on, since nobody is left to wait for.
   * Returns ns.
   */
  readonly passStarts?: (seqnr: number) => number;
  /** The pass `seqnr` is over, before it is counted. Not called for one that `run` = 2 cuts short. */
  readonly passEnds?: (seqnr: number) => void;
  /** ksmd was woken: how many pages it scans, in place of the `planned` ones; with 0 it goes back to sleep. */
  readonly pagesToScan?: (planned: number) => number;
  /** ksmd's sleep between two batches does not wake an idle CPU (a deferrable timer). */
  readonly sleepsDeferrably?: boolean;
  /** __ksm_enter while nothing is being unmerged: the slot before which the mm's goes, in place of the cursor's. */
  readonly mmEnters?: (mm: number) => number;
  /**
   * ksmd is done with the mm at the cursor, whose slot goes when `isGone`: the slot to visit next, the list head to end
   * the pass. It may move slots, but the one that goes.
   */
  readonly nextMm?: (mm: number, isGone: boolean) => number;
  /** alloc_rmap_item, by ksmd or a strategy. Items are used again: what was noted of the last one is void. */
  readonly itemMade?: (item: number) => void;
  /**
   * The cursor has come to an item, and its page is referenced: true to pass it over. It does not count towards
   * pages_to_scan then, and leaves the tree it is in, but not the hlist of this very page.
   */
  readonly skipsItem?: (item: number, pfn: number) => boolean;
  /** stable_tree_append: the item is on the hlist of its page. */
  readonly merged?: (item: number) => void;
  /** dup_mmap is done, both mmap_sems are held for writing. Returns ns. */
  readonly forked?: (parent: number, child: number) => number;
  /** try_to_unmap_ksm, rmap_walk_ksm: after their passes, if something is left to find. `visit` looks at one pte. */
  readonly walkMore?: (node: number, visit: VisitPte) => void;
  /** Whether `walkMore` looks at (mm of `vma`, vpn) because of this item, whose address is vpn. */
  readonly reaches?: (item: number, vma: number) => boolean;
  /** alloc_contig_range found no range at all: what to do, or null to give up. */
  readonly afterFailure?: (request: FailedRequest) => Remedy | null;
  /** Notes the strategy's own scalars (see registers.ts), where exploration must save and restore them. */
  readonly registers?: (registers: Registers) => void;
  /** What an rmap_item's state means to the strategy beyond its fields, as a number: it tells two states apart. */
  readonly itemState?: (item: number, seqnr: number) => number;
  /** The same of an mm that has a slot. */
  readonly mmState?: (mm: number) => number;
}

/** Looks at one pte of a reverse walk; true when nothing is left to find. */
export type VisitPte = (mm: number, vpn: number) => boolean;

/** Result of `mayUpgrade`: the pages are not merged. */
export const FORBIDDEN = -1;

/**
 * The hooks of all strategies of a kernel as its rooms read them: when they get there, since they are filled in once
 * all rooms are built.
 */
export type KernelHooks = { readonly [Name in keyof StrategyHooks]?: StrategyHooks[Name] | undefined };
