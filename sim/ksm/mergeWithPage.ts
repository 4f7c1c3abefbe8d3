/**
 * try_to_merge_with_ksm_page (mm/ksm.c) as a machine of two steps: the first changes the pte, or upgrades the page, and
 * ends under the page lock with mmap_sem held for reading; the second drops the page lock, takes the item out of its
 * tree and gives it its anon_vma. What fails, or has nothing to change, is done in one.
 *
 * Later kernels: `mergeableVmaOnly`. Strategies may forbid it, or link at once (MergeUnderStrategies).
 */
import type { Registers } from '../registers.ts';
import { BLOCKED } from '../clock/actor.ts';
import { NONE } from '../memory/frames.ts';
import { VM } from '../process/vmas.ts';
import { FORBIDDEN } from '../strategies/strategy.ts';
import type { MergeParts } from './mergeItem.ts';
import { MERGE } from './mergePages.ts';
import type { MergeUnderStrategies } from './mergeUnderStrategies.ts';
import { ITEM } from './objects.ts';

export class MergeWithPage {
  /** What the last step did to ptes, a stopping place of scripted tests; null for nothing. */
  point: 'upgraded_null' | 'replaced' | null = null;
  /** Pages merged or upgraded. */
  merges = 0;
  /** Once it is over: the item's pte maps the KSM page. */
  hasMerged = false;
  /** Of the pte, while its locks are held. */
  #vma = NONE;
  readonly #strategies: MergeUnderStrategies;
  readonly #p: MergeParts;

  constructor(parts: MergeParts, strategies: MergeUnderStrategies) {
    this.#strategies = strategies;
    this.#p = parts;
  }

  /** It holds locks: the second step is to come. */
  get isUnderWay(): boolean {
    return this.#vma !== NONE;
  }

  registers(registers: Registers): void {
    this.#vma = registers.vma(this.#vma);
  }

  forget(): void {
    this.#vma = NONE;
  }

  /**
   * One step: ns, or BLOCKED on mmap_sem. `kpage`: the page to merge `page` into, NONE to upgrade it. `isNew`: nothing
   * maps `kpage` yet.
   */
  step(item: number, page: number, kpage: number, isNew: boolean, seqnr: number, who: number, cpu: number): number {
    this.point = null;
    this.hasMerged = false;
    const { objects, locks, vmas, spaces, mergePages, costs, changes, hooks, removal } = this.#p;
    const mm = objects.itemMm[item];
    if (this.#vma !== NONE) {
      locks.unlockPage(page);
      if ((objects.itemFlags[item] & ITEM.stable) !== 0) return this.#end(mm, 0);
      return this.#takeAnonVma(item, mm, kpage, seqnr, who, cpu);
    }
    if (spaces.alive[mm] === 0) return 0;
    if (!locks.tryReadMm(mm)) {
      locks.waitOnMm(mm, who);
      return BLOCKED;
    }
    const vma = vmas.covering(mm, objects.itemAddress[item]);
    const isWrongVma = vma < 0 || (changes.mergeableVmaOnly && (vmas.flags[vma] & VM.mergeable) === 0);
    const asked = isWrongVma ? FORBIDDEN : this.#strategies.mayMerge(page, kpage, objects.itemAddress[item], isNew);
    const isBarred = asked === FORBIDDEN;
    const result = isBarred ? MERGE.failed : mergePages.tryToMergeOne(vma, page, kpage, cpu);
    const cost = isBarred ? 0 : asked + (mergePages.touched ? costs.mergeOne : 0);
    if (result === MERGE.failed || vmas.anonVma[vma] < 0) {
      locks.readUnlockMm(mm);
      return cost;
    }
    this.#vma = vma;
    if (result === MERGE.same) return this.#takeAnonVma(item, mm, kpage, seqnr, who, cpu);
    this.merges++;
    this.point = result === MERGE.upgraded ? 'upgraded_null' : 'replaced';
    if (hooks.mergesAtOnce === true) {
      // An item that is in the unstable tree leaves it without waiting for anybody.
      const left = Math.max(0, removal.leaveTree(item, seqnr, who, cpu));
      return cost + left + this.#strategies.linkAtOnce(item, vma, page, kpage);
    }
    this.#tell(mm, page, kpage);
    return cost;
  }

  #tell(mm: number, page: number, kpage: number): void {
    const { events, mergePages, frames } = this.#p;
    if (kpage === NONE) events.upgraded(page, mergePages.oldAnonVma, frames.index[page]);
    else events.replaced(mm, mergePages.replacedAt, kpage);
  }

  /** The item's anon_vma is the vma's, which is the lesser bug. */
  #takeAnonVma(item: number, mm: number, kpage: number, seqnr: number, who: number, cpu: number): number {
    const cost = this.#p.removal.leaveTree(item, seqnr, who, cpu);
    this.#strategies.takeAnonVma(item, this.#vma, kpage);
    return this.#end(mm, Math.max(0, cost));
  }

  #end(mm: number, cost: number): number {
    this.#p.locks.readUnlockMm(mm);
    this.#vma = NONE;
    this.hasMerged = true;
    return cost;
  }
}
