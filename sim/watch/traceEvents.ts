/**
 * What a tracer tells of a running device: plain events in order of time, for whoever writes them down.
 *
 * `at` is ns from the start of the device (boot and settling lie at 0). A span has a `begin` and an `end` on its track;
 * spans of one track nest, and every one that begins ends, at the latest when the tracer is closed. `began` is for what
 * is known only once it is over: it lies on the track from there to `at`.
 */
import type { Cause, CmaAttempt } from '../observations.ts';

/** Who acts: an address space, or a thread of the kernel or of a driver. */
export interface Task {
  /** Of a process as in Lives; everybody else counts from 2 in order of the first step. */
  readonly pid: number;
  readonly name: string;
  readonly kind: 'process' | 'ksmd' | 'client' | 'other';
}

/** A pte that became unfindable, and what made it so. */
export interface GapOrigin {
  /** From 1, in the order in which gaps were opened. */
  readonly id: number;
  readonly at: number;
  readonly cause: Cause;
  /** The pte: pid of its mm, virtual page number, frame. */
  readonly pid: number;
  readonly vpn: number;
  readonly pfn: number;
  /** What happened, in the kernel's words; where that is one, the rmap_item that is gone and the pid it belonged to. */
  readonly event: string;
  readonly item: number | null;
  readonly itemPid: number | null;
  /** null: it was open before time began. */
  readonly by: Task | null;
}

/** A page that stood in the way of a range. */
export interface Blocker {
  readonly pfn: number;
  readonly cause: Cause;
}

/** Counters that are told when they changed: pages, and ptes. */
export interface Counters {
  readonly free_pages: number;
  readonly free_cma_pages: number;
  readonly pages_shared: number;
  readonly pages_sharing: number;
  readonly pages_unshared: number;
  readonly pages_volatile: number;
  readonly unfindable_ptes: number;
}

/**
 * Parts of alloc_contig_range: start_isolate_page_range, migrate_prep, each cluster of 32 pages, drain_all_pages,
 * test_pages_isolated.
 */
export type RangePhase = 'isolate' | 'lru_add_drain' | 'cluster' | 'drain' | 'test';

/** Why a task left its CPU: it was runnable still, slept, or is gone. */
export type LeftAs = 'R' | 'S' | 'X';

/** The two ends of a span. */
export type Edge<Kind extends string, Begin, End> =
  | ({ readonly kind: Kind; readonly edge: 'begin' } & Readonly<Begin>)
  | ({ readonly kind: Kind; readonly edge: 'end' } & Readonly<End>);

/** Another task runs on a CPU; null: idle. */
export interface TaskSwitch {
  readonly kind: 'switch';
  readonly from: Task | null;
  readonly left: LeftAs;
  readonly to: Task | null;
}

/** ksmd from a wake-up to its sleep; `pages`: asked for, scanned. */
export type BatchSpan = Edge<'batch', { pages: number }, { scanned: number; merges: number }>;

/** A full scan, from the wake-up that begins it to the end of the batch that ends it. `items`: rmap_items then. */
export type ScanSpan = Edge<
  'scan',
  { number: number; items: number },
  { number: number; items: number; scanned: number; merges: number }
>;

/**
 * dma_alloc_from_contiguous, from the call to its return. `pfn`: -1 unless it succeeded; `number`: of the requests that
 * began in the measured time, from 1 as they ended, else 0; `outcome`: null when the trace ends first.
 */
export type RequestSpan = Edge<
  'request',
  { pages: number; area: string; align: number },
  { pages: number; area: string; align: number; pfn: number; number: number; outcome: CmaAttempt | null }
>;

/**
 * alloc_contig_range of frames [first, end). `number`: ranges of this request before it, `round`: rounds. `errno`: null
 * when the trace ends first.
 */
export type RangeSpan = Edge<
  'range',
  { first: number; end: number; number: number; round: number; area: string; align: number },
  { first: number; end: number; errno: number | null; blockers: readonly Blocker[]; area: string; align: number }
>;

/** `busy`: frame at which test_pages_isolated failed, -1 where it did not. */
export type PhaseSpan = Edge<
  'phase',
  { phase: RangePhase },
  { phase: RangePhase; first: number; end: number; busy: number }
>;

/** One call of migrate_pages for a cluster. `attempt`: from 1 to 5. */
export type MigrateSpan = Edge<'migrate', { pages: number; attempt: number }, { succeeded: number; failed: number }>;

/** One of its up to ten passes. */
export type PassSpan = Edge<'pass', { number: number }, { number: number; failed: readonly Blocker[] }>;

/** An address space, from its fork or exec to its exit. `parent`: its pid. */
export type LifeSpan = Edge<'life', { parent: number; how: 'boot' | 'fork' | 'exec' }, object>;

/** On the track of a CMA client, a process, or ksmd. `pid`: of the process whose track it is. */
export type TraceSpan =
  | ((BatchSpan | ScanSpan) & { readonly track: 'ksmd' })
  | ((RequestSpan | RangeSpan | PhaseSpan | MigrateSpan | PassSpan) & {
      readonly track: 'cma';
      readonly client: string;
    })
  | (LifeSpan & { readonly track: 'process'; readonly pid: number; readonly name: string });

/** What happens at one moment. */
export type TracePoint =
  | TaskSwitch
  | { readonly kind: 'measuring' }
  | {
      readonly kind: 'fork';
      readonly pid: number;
      readonly name: string;
      readonly child: number;
      readonly childName: string;
      readonly began: number;
    }
  | { readonly kind: 'exec'; readonly pid: number; readonly name: string }
  | {
      readonly kind: 'kill';
      readonly pid: number;
      readonly name: string;
      readonly free: number;
      readonly cache: number;
      readonly limit: number | null;
    }
  | {
      readonly kind: 'fault';
      readonly pid: number;
      readonly vpn: number;
      readonly access: 'anon' | 'cow' | 'file';
      readonly began: number;
    }
  | { readonly kind: 'ksmEnter' | 'ksmExit'; readonly pid: number; readonly mm: number }
  /** An rmap_item went to the hlist of a stable_node, or left it. */
  | {
      readonly kind: 'itemAppended' | 'itemRemoved';
      readonly item: number;
      readonly mm: number;
      readonly pid: number;
      readonly vpn: number;
      readonly pfn: number;
    }
  | { readonly kind: 'released'; readonly area: string; readonly pfn: number; readonly pages: number }
  /**
   * unmap_and_move failed in the pass that is under way. `gap`: the pte it missed; `isFirst`: the page failed for the
   * first time in this request.
   */
  | {
      readonly kind: 'migrateFailed';
      readonly client: string;
      readonly pfn: number;
      readonly cause: Cause;
      readonly gap: GapOrigin | null;
      readonly isFirst: boolean;
    }
  | { readonly kind: 'gapOpened'; readonly gap: GapOrigin }
  | { readonly kind: 'gapClosed'; readonly gap: GapOrigin }
  | { readonly kind: 'counters'; readonly values: Partial<Counters> };

/** `cpu`, `task`: where and by whom; null outside simulated time, and where a span was cut short. */
export type TraceEvent = (TraceSpan | TracePoint) & {
  readonly at: number;
  readonly cpu: number;
  readonly task: Task | null;
};

/** Who is told. */
export type TraceSink = (event: TraceEvent) => void;
