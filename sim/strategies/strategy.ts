/**
 * What a fix strategy may change. A strategy is a small plain object; `stock` changes nothing.
 *
 * Hooks are data wherever data will do: each is looked up once when the device is built, so that an absent one is a
 * branch on a constant in the kernel rooms.
 */
import type { Cause } from '../observations.ts';

/** What `cma-stress list` shows and what a run checks. */
export interface StrategyInfo {
  readonly name: string;
  /** One line: what it does. */
  readonly about: string;
  /** Who proposed it, where, when. */
  readonly origin: string;
  /** Failure causes it says it removes. */
  readonly claims: readonly Cause[];
  /** What it costs, one line. */
  readonly costs: string;
}

/** Behaviour. Every key absent: the kernel as it is. */
export interface StrategyHooks {
  /** try_to_merge_with_ksm_page takes the rmap_item's anon_vma from the page (when it still has one) instead of from the vma. */
  readonly anonVmaFromPage?: boolean;
  /** The reverse walk of a KSM page repeats its two passes over the root of each rmap_item's anon_vma. */
  readonly searchRoot?: boolean;
  /**
   * An rmap_item that ksmd, exit or unmapping would take off a stable node stays on the hlist as a covering item:
   * `full-round` until every mm_slot present at that moment was passed once (seqnr + 2), `forever` until the page goes.
   */
  readonly keepItems?: 'full-round' | 'forever';
  /** The CMA caller tries again after a failure: rounds after the first and the sleep before each, ns. */
  readonly callerRetries?: { readonly rounds: number; readonly sleepNs: number };
}

export interface Strategy extends StrategyInfo {
  readonly hooks: StrategyHooks;
}
