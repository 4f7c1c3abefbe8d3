/**
 * Why each page failed to migrate when it was last tried: from where it failed, from who holds it, and from the gaps,
 * if the reverse walk missed a pte.
 */
import type { Cause } from '../observations.ts';
import { MIGRATE_STAGE } from '../events.ts';
import { NONE, type Frames } from '../memory/frames.ts';
import type { Gaps } from './gaps.ts';

/** What ksmd is doing, as far as a page reference of it tells a cause. */
export interface KsmdView {
  /** Page whose lock it sleeps on to remove an rmap_item (the reference behind B4), NONE otherwise. */
  readonly removingFrom: number;
  /** KSM page it sleeps on to merge into or append to (B3), NONE otherwise. */
  readonly mergingInto: number;
}

export class Failures {
  ksmd: KsmdView = { removingFrom: NONE, mergingInto: NONE };
  readonly #causes = new Map<number, Cause>();
  readonly #frames: Frames;
  readonly #gaps: Gaps;

  constructor(frames: Frames, gaps: Gaps) {
    this.#frames = frames;
    this.#gaps = gaps;
  }

  /** `unknown` for a page that has not failed since the last `clear`. */
  causeOf(pfn: number): Cause {
    return this.#causes.get(pfn) ?? 'unknown';
  }

  clear(): void {
    this.#causes.clear();
  }

  /** It moved after all. */
  forget(pfn: number): void {
    this.#causes.delete(pfn);
  }

  /** A migration of it failed at this MIGRATE_STAGE. */
  note(pfn: number, stage: number): void {
    this.#causes.set(pfn, this.#causeAt(pfn, stage));
  }

  /** It stood in the way of test_pages_isolated. */
  noteBusy(pfn: number): void {
    const frames = this.#frames;
    let cause: Cause = 'not-lru';
    if (frames.pins[pfn] > 0) cause = 'pin';
    else if (frames.pagevecRefs[pfn] > 0) cause = 'pagevec';
    else if (frames.waiters[pfn] > 0 || frames.ksmdRefs[pfn] > 0) cause = 'pin';
    this.#causes.set(pfn, cause);
  }

  #causeAt(pfn: number, stage: number): Cause {
    const frames = this.#frames;
    if (stage === MIGRATE_STAGE.noTarget) return 'no-target';
    if (stage === MIGRATE_STAGE.locked) return 'locked';
    if (stage === MIGRATE_STAGE.writeback) return 'writeback';
    if (stage === MIGRATE_STAGE.mapped) return this.#gaps.firstOfFrame(pfn)?.cause ?? 'unknown';
    if (stage === MIGRATE_STAGE.buffers) return 'pin';
    // A reference too many: whose?
    if (frames.pins[pfn] > 0) return 'pin';
    if (frames.pagevecRefs[pfn] > 0) return 'pagevec';
    if (frames.ksmdRefs[pfn] > 0) {
      if (this.ksmd.removingFrom === pfn) return 'B4';
      return this.ksmd.mergingInto === pfn || this.#hasGap(pfn, 'B3') ? 'B3' : 'pin';
    }
    if (frames.waiters[pfn] > 0) return 'pin';
    // Its last mapping went after it was isolated: the next try finds it freed.
    return stage === MIGRATE_STAGE.state ? 'not-lru' : 'unknown';
  }

  #hasGap(pfn: number, cause: Cause): boolean {
    for (let gap = this.#gaps.firstOfFrame(pfn); gap !== null; gap = this.#gaps.nextOfFrame(gap)) {
      if (gap.cause === cause) return true;
    }
    return false;
  }
}
