/** A scripted test as the file format has it, checked for shape by whoever reads files. */
import type { ScriptKernel } from '../kernelProfiles.ts';
import type { Strategy } from '../strategies/strategy.ts';

export interface LitmusAction {
  readonly op: string;
  readonly [key: string]: unknown;
}

export interface LitmusTest {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly config: {
    readonly cma?: readonly [number, number];
    readonly pagevec?: boolean;
    /** Default linux-3.10. */
    readonly kernel?: ScriptKernel;
    /** In place of the kernel's own limit. */
    readonly max_page_sharing?: number;
  };
  readonly actions: readonly LitmusAction[];
  /** For an exploration: what acts at the same time after the actions, each thread in its own order. */
  readonly threads?: Readonly<Record<string, readonly LitmusAction[]>>;
  /** For an exploration: what it is known to find under stock. */
  readonly explore?: { readonly cause?: string; readonly verdict?: string };
  readonly why: string;
}

export interface LitmusMismatch {
  /** Index of the action, from 0. */
  readonly step: number;
  readonly op: string;
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The state that `check` compares, in the file format's own terms. */
export interface LitmusSnapshot {
  readonly ptes: Readonly<Record<string, string>>;
  readonly pages: Readonly<Record<string, { mapcount: number; kind: string; hlist?: readonly string[] }>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly mm_slots: readonly string[];
  readonly cursor: string | null;
}

/** A virtual page of a process that a pte, an rmap_item or both stand for. */
export interface LitmusPlace {
  /** `P@16`. */
  readonly at: string;
  /** Label of the page that the pte names, null without a pte. */
  readonly page: string | null;
  readonly isMigrationEntry: boolean;
  /** In no tree yet (`volatile`), in the unstable tree, or on the hlist of `itemPage`; null without an rmap_item. */
  readonly item: 'volatile' | 'unstable' | 'stable' | null;
  readonly itemPage: string | null;
}

export interface LitmusProcess {
  readonly name: string;
  /** False: it has exited, and ksmd has not freed its mm_slot yet. */
  readonly isAlive: boolean;
  readonly hasSlot: boolean;
  readonly places: readonly LitmusPlace[];
}

/** A vma by its process, first and last page. */
export interface LitmusVma {
  readonly process: string;
  readonly first: number;
  readonly last: number;
}

/** One step of the reverse walk: from an rmap_item, or from page->mapping of an anonymous page, through an anon_vma. */
export interface LitmusLead {
  /** `P@16` of the rmap_item, `(kept)@16` of one that a strategy keeps; null for page->mapping. */
  readonly item: string | null;
  readonly anonVma: string;
  /** Where the walk looks because of it, whatever the pte there maps. */
  readonly reaches: readonly string[];
}

export interface LitmusWalk {
  readonly leads: readonly LitmusLead[];
  /** What try_to_unmap would find now, in its order, and the present ptes that it would not, with why. */
  readonly found: readonly string[];
  readonly missed: readonly { readonly at: string; readonly cause: string }[];
  /** page_count by who holds it, besides the ptes; only what is above 0. */
  readonly references: Readonly<Record<string, number>>;
  readonly isLocked: boolean;
}

/** Who leads to whom after an action: what a picture of the state needs and `check` does not compare. */
export interface LitmusRelations {
  /** In the order of mm_slots, then those without a slot. */
  readonly processes: readonly LitmusProcess[];
  /** anon_vmas in use, oldest first, with the vmas in their tree in walking order. */
  readonly anonVmas: readonly { readonly name: string; readonly vmas: readonly LitmusVma[] }[];
  /** By the labels of `pages`. */
  readonly walks: Readonly<Record<string, LitmusWalk>>;
  /** The item that ksmd has in work, and the point it stopped at. */
  readonly ksmd: { readonly item: string | null; readonly point: string | null };
}

/** State after one action, with what the action reported. */
export interface LitmusState extends LitmusSnapshot {
  readonly step: number;
  readonly op: string;
  readonly report: Readonly<Record<string, unknown>>;
  readonly relations: LitmusRelations;
}

export interface LitmusResult {
  readonly id: string;
  readonly ok: boolean;
  readonly mismatches: readonly LitmusMismatch[];
  /** One per action when asked for, else empty. */
  readonly states: readonly LitmusState[];
}

/** Fix strategies acting together, by name. */
export interface ActingStrategies {
  readonly strategies: readonly string[];
  /** Strategies besides the built-in ones. */
  readonly plugins?: readonly Strategy[];
}

/** How a test is run; its expectations describe `stock`. */
export interface LitmusOptions extends ActingStrategies {
  /** Whether the state after each action is wanted. */
  readonly step: boolean;
}

/** An action that makes no sense: unknown process, unmapped address, a sleep that nobody ends. */
export class LitmusError extends Error {
  /** Index of the action, from 0. */
  readonly step: number;

  constructor(step: number, message: string) {
    super(message);
    this.name = 'LitmusError';
    this.step = step;
  }
}
