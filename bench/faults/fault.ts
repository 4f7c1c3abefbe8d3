/** What a fault is: something that goes wrong while a run goes on, put there on purpose, and what may come of it. */
import type { Site } from './site.ts';

/** Which of how many injections this is; moments are spread over the run by it. */
export interface Turn {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

/** What a fault cost, against an uninterrupted run of the same plan. */
export interface Toll {
  /** Cells of the plan that the results lack, and cells that were finished before the fault and were run again. */
  readonly lost: number;
  /** Cells that the results have more than once. */
  readonly doubled: number;
  /**
   * Results, and digest, have the bytes of the uninterrupted run; those of the cells that did not fail where some have
   * to.
   */
  readonly equal: boolean;
}

export interface Fault {
  /** For `--only`. */
  readonly name: string;
  /** What is done, as the table has it. */
  readonly done: string;
  /** What comes of it: `inject` has checked it. */
  readonly outcome: string;
  /** Injected no more often than this: one that takes long. */
  readonly most?: number;
  /** Why it cannot be injected here; null when it can. */
  readonly whyNot?: () => string | null;
  /** Runs a plan with the fault in it. Throws when something else came of it. */
  readonly inject: (site: Site, turn: Turn) => Promise<Toll>;
}

/** How much of a run is behind when the last fault comes: behind it there has to be something left to lose. */
const LAST = 0.6;

/** Lines of the journal after which the fault comes, of a run of so many cells. */
export function momentOf({ index, of }: Turn, cells: number): number {
  return 1 + Math.floor((LAST * cells * index) / of);
}
