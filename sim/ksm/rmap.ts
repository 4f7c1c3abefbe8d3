/**
 * Reverse walks of KSM pages (mm/ksm.c: try_to_unmap_ksm, rmap_walk_ksm).
 *
 * Only addresses recorded in some rmap_item are tried, and only in vmas that hang in that item's anon_vma tree: two
 * passes, first the item's own mm, then all others ("search_new_forks"). A strategy may look further (`walkMore`).
 */
import type { KernelHooks, VisitPte } from '../strategies/strategy.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { Rmap } from '../process/rmap.ts';
import type { Vmas } from '../process/vmas.ts';
import type { KsmObjects } from './objects.ts';

/** Results of try_to_unmap: SWAP_SUCCESS, SWAP_AGAIN, SWAP_FAIL. */
export const SWAP = { success: 0, again: 1, fail: 2 } as const;

export class KsmRmap {
  readonly #objects: KsmObjects;
  readonly #frames: Frames;
  readonly #vmas: Vmas;
  readonly #rmap: Rmap;
  readonly #hooks: KernelHooks;

  constructor(objects: KsmObjects, frames: Frames, vmas: Vmas, rmap: Rmap, hooks: KernelHooks) {
    this.#objects = objects;
    this.#frames = frames;
    this.#vmas = vmas;
    this.#rmap = rmap;
    this.#hooks = hooks;
  }

  /** try_to_unmap for migration of any page. Returns a SWAP result; the mapcount says what is left. */
  tryToUnmap(pfn: number): number {
    const { kind, mapping, mapcount } = this.#frames;
    if (kind[pfn] !== KIND.ksm) {
      this.#rmap.unmap(pfn);
    } else {
      const node = mapping[pfn];
      if (node === NONE) return mapcount[pfn] === 0 ? SWAP.success : SWAP.fail;
      this.#walk(node, pfn, pfn, true);
    }
    return mapcount[pfn] === 0 ? SWAP.success : SWAP.again;
  }

  /** remove_migration_ptes(from, to) of any page; `to` has the mapping by now. */
  removeMigrationPtes(from: number, to: number): void {
    const { kind, mapping } = this.#frames;
    if (kind[to] !== KIND.ksm) this.#rmap.restore(from, to);
    else if (mapping[to] !== NONE) this.#walk(mapping[to], from, to, false);
  }

  /**
   * One of the two passes over every item of the node, in the trees that `treeOf` names. `visit` sees each mm and vpn
   * and says when nothing is left to find.
   */
  eachInTrees(node: number, newForks: boolean, treeOf: (item: number) => number, visit: VisitPte): void {
    const { hlist, hlistNext, itemAddress, itemMm } = this.#objects;
    const { mm, start, end, anonVmas } = this.#vmas;
    const { treeHead, avcNextInTree, avcVma } = anonVmas;
    for (let item = hlist[node]; item >= 0; item = hlistNext[item]) {
      const vpn = itemAddress[item];
      const own = itemMm[item];
      for (let avc = treeHead[treeOf(item)]; avc >= 0; avc = avcNextInTree[avc]) {
        const vma = avcVma[avc];
        // First what passes over most of the first pass: the other fields are as many cache misses.
        if ((mm[vma] !== own) !== newForks || vpn < start[vma] || vpn >= end[vma]) continue;
        if (visit(mm[vma], vpn)) return;
      }
    }
  }

  /** Unmapping stops once nothing maps the page; restoring always goes to the end. */
  #walk(node: number, from: number, to: number, unmap: boolean): void {
    const { mapcount } = this.#frames;
    const { itemAnonVma } = this.#objects;
    const visit: VisitPte = (mm, vpn) => {
      if (!unmap) this.#rmap.restoreOne(from, to, mm, vpn);
      else if (mapcount[from] > 0) this.#rmap.unmapOne(from, mm, vpn);
      return unmap && mapcount[from] === 0;
    };
    for (const newForks of [false, true]) {
      this.eachInTrees(node, newForks, (item) => itemAnonVma[item], visit);
      if (unmap && mapcount[from] === 0) return;
    }
    this.#hooks.walkMore?.(node, visit);
  }
}
