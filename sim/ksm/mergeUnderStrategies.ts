/**
 * What strategies change about a merge (mm/ksm.c: try_to_merge_with_ksm_page, try_to_merge_two_pages): which anon_vma
 * an rmap_item takes, whether a page may be upgraded, which page is kept, and when items are linked.
 */
import { KIND, NONE } from '../memory/frames.ts';
import { FORBIDDEN } from '../strategies/strategy.ts';
import type { MergeParts } from './mergeItem.ts';

export class MergeUnderStrategies {
  readonly #p: MergeParts;

  constructor(parts: MergeParts) {
    this.#p = parts;
  }

  /** The item takes the vma's anon_vma, which is the lesser bug, or what a strategy says. `kpage` NONE: upgraded. */
  takeAnonVma(item: number, vma: number, kpage: number): void {
    const { objects, vmas, mergePages, hooks } = this.#p;
    const own = vmas.anonVma[vma];
    const anonVma = hooks.takeAnonVma?.(own, kpage === NONE ? mergePages.oldAnonVma : NONE) ?? own;
    objects.itemAnonVma[item] = anonVma;
    vmas.anonVmas.get(anonVma);
  }

  /**
   * ns that a strategy took to allow the merge; FORBIDDEN, also where the lock of the page to merge into is needed and
   * taken. `isNew`: nothing maps that page yet.
   */
  mayMerge(page: number, kpage: number, vpn: number, isNew: boolean): number {
    const { hooks, locks, stable } = this.#p;
    if (kpage === NONE) return hooks.mayUpgrade?.(page, vpn) ?? 0;
    if (hooks.mergesAtOnce !== true || page === kpage) return 0;
    return locks.isPageLocked(kpage) || (!isNew && stable.nodeOf(kpage) < 0) ? FORBIDDEN : 0;
  }

  /** `keptPage`: a copy to merge both pages into, a KSM/NULL page that nothing maps yet; or NONE. */
  copyOf(item: number, page: number, cpu: number): number {
    const { hooks, frames, objects, onNewPage } = this.#p;
    const copy = hooks.keptPage?.(page, cpu) ?? NONE;
    if (copy < 0) return NONE;
    frames.kind[copy] = KIND.ksm;
    frames.mapping[copy] = NONE;
    frames.content[copy] = frames.content[page];
    frames.index[copy] = frames.index[page];
    frames.ksmdRefs[copy]++;
    onNewPage(objects.itemMm[item], objects.itemAddress[item], copy);
    return copy;
  }

  /**
   * `mergesAtOnce`: node and rmap_item are where the reverse walk looks before the page lock is dropped. The item is in
   * no tree. Returns ns.
   */
  linkAtOnce(item: number, vma: number, page: number, kpage: number): number {
    const { stable, events, mergePages, frames, costs } = this.#p;
    this.takeAnonVma(item, vma, kpage);
    const target = kpage === NONE ? page : kpage;
    const isNew = stable.nodeOf(target) < 0;
    if (isNew) stable.insert(target, true);
    stable.append(item, stable.nodeOf(target));
    // Told afterwards: what is found by now was never lost.
    if (kpage === NONE) events.upgraded(page, mergePages.oldAnonVma, frames.index[page]);
    if (isNew) events.nodeInserted(target);
    return costs.rmapItem + (isNew ? stable.lastSteps * costs.treeStep : 0);
  }
}
