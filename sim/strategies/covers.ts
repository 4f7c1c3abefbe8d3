/**
 * Covering items: a strategy lets an rmap_item that would leave its stable_node stay on the hlist, with its anon_vma
 * reference, but without an mm: it still leads the reverse walk to relatives that ksmd has not visited.
 *
 * Here they wait in the order in which they were left, each until a pass from which it may go; at the start of a pass
 * those that are due are looked at.
 */
import { FULL_ROUND } from '../ksm/cursor.ts';
import { NONE } from '../memory/frames.ts';
import type { Registers } from '../registers.ts';
import type { StrategyKernel } from './strategy.ts';

/** The covering items that one strategy has left in one kernel. */
export class Covers {
  /** Oldest first. An entry that differs from `#until` is of an item that is gone already. */
  readonly #queue: { item: number; until: number }[] = [];
  /** seqnr from which each may go. */
  readonly #until = new Map<number, number>();
  readonly #kernel: StrategyKernel;
  readonly #isNeeded: (item: number) => boolean;
  /** Passes that a cover was left for at most. */
  #longest = FULL_ROUND;

  /** `isNeeded`: whether a cover that is due, whose page lives and is not locked, has to stay until the next pass. */
  constructor(kernel: StrategyKernel, isNeeded: (item: number) => boolean) {
    this.#kernel = kernel;
    this.#isNeeded = isNeeded;
  }

  /** The item's cover stays until pass `until` at least. */
  leave(item: number, until: number): void {
    const kept = this.#kernel.objects.leaveCover(item);
    if (kept === NONE) return;
    this.#longest = Math.max(this.#longest, until - this.#kernel.cursor.seqnr);
    this.#queue.push({ item: kept, until });
    this.#until.set(kept, until);
  }

  /** It went with its node. */
  forget(item: number): void {
    this.#until.delete(item);
  }

  /**
   * Releases covers that are due; those under a locked page wait for the next pass. Returns how many were looked at.
   */
  release(seqnr: number): number {
    const { objects, stable, locks } = this.#kernel;
    const queue = this.#queue;
    const waiting: { item: number; until: number }[] = [];
    let looked = 0;
    // unmerge_and_remove_all_rmap_items starts the count of passes over: what is due far ahead is due now.
    const isDue = (until: number): boolean => until <= seqnr || until > seqnr + this.#longest;
    for (; looked < queue.length && isDue(queue[looked].until); looked++) {
      const { item, until } = queue[looked];
      if (this.#until.get(item) !== until) continue;
      const node = objects.itemHead[item];
      if (stable.isStale(node)) stable.removeStale(node);
      else if (locks.isPageLocked(objects.kpfn[node])) waiting.push(queue[looked]);
      else if (this.#isNeeded(item)) {
        this.#until.set(item, seqnr + 1);
        waiting.push({ item, until: seqnr + 1 });
      } else {
        this.#until.delete(item);
        stable.dropCover(item);
      }
    }
    queue.splice(0, looked, ...waiting);
    return looked;
  }

  /** Saves or restores what it remembers, for a strategy's own hook of that name. */
  registers(registers: Registers): void {
    const queue = this.#queue;
    if (!registers.isLoading) {
      const live = queue.filter(({ item, until }) => this.#until.get(item) === until);
      queue.splice(0, queue.length, ...live);
    }
    const count = registers.derived(queue.length);
    if (registers.isLoading) this.#until.clear();
    queue.length = count;
    for (let i = 0; i < count; i++) {
      const item = registers.derived(registers.isLoading ? NONE : queue[i].item);
      const until = registers.derived(registers.isLoading ? NONE : queue[i].until);
      if (!registers.isLoading) continue;
      queue[i] = { item, until };
      this.#until.set(item, until);
    }
  }

  /** Passes until it may go. One that waits for its page's lock is due, however long it has been. */
  itemState(item: number, seqnr: number): number {
    const until = this.#until.get(item);
    return until === undefined ? 0 : Math.max(0, until - seqnr);
  }
}
