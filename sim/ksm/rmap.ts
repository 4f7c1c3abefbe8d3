/**
 * Reverse walks of KSM pages (mm/ksm.c: try_to_unmap_ksm, rmap_walk_ksm).
 *
 * Only addresses recorded in some rmap_item are tried, and only in vmas that hang in that item's anon_vma tree: two
 * passes, first the item's own mm, then all others ("search_new_forks"). root-search adds the same two passes over the
 * root anon_vma of each item.
 */
import type { StrategyHooks } from '../strategies/strategy.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { Rmap } from '../process/rmap.ts';
import type { Vmas } from '../process/vmas.ts';
import type { KsmObjects } from './objects.ts';

export const SWAP = { success: 0, again: 1, fail: 2 } as const;

export class KsmRmap {
  readonly #objects: KsmObjects;
  readonly #frames: Frames;
  readonly #vmas: Vmas;
  readonly #rmap: Rmap;
  readonly #passes: number;

  constructor(objects: KsmObjects, frames: Frames, vmas: Vmas, rmap: Rmap, hooks: StrategyHooks) {
    this.#objects = objects;
    this.#frames = frames;
    this.#vmas = vmas;
    this.#rmap = rmap;
    this.#passes = hooks.searchRoot === true ? 4 : 2;
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

  /** Unmapping stops once nothing maps the page; restoring always goes to the end. */
  #walk(node: number, from: number, to: number, unmap: boolean): void {
    const { hlist, hlistNext, itemAddress, itemAnonVma, itemMm } = this.#objects;
    const vmas = this.#vmas;
    const { treeHead, avcNextInTree, avcVma, root } = vmas.anonVmas;
    const { mapcount } = this.#frames;
    for (let pass = 0; pass < this.#passes; pass++) {
      const newForks = (pass & 1) === 1;
      for (let item = hlist[node]; item >= 0; item = hlistNext[item]) {
        const vpn = itemAddress[item];
        const own = itemMm[item];
        const anonVma = pass < 2 ? itemAnonVma[item] : root[itemAnonVma[item]];
        for (let avc = treeHead[anonVma]; avc >= 0; avc = avcNextInTree[avc]) {
          const vma = avcVma[avc];
          if (vpn < vmas.start[vma] || vpn >= vmas.end[vma]) continue;
          const mm = vmas.mm[vma];
          if ((mm === own) === newForks) continue;
          if (!unmap) {
            this.#rmap.restoreOne(from, to, mm, vpn);
            continue;
          }
          this.#rmap.unmapOne(from, mm, vpn);
          if (mapcount[from] === 0) return;
        }
      }
    }
  }
}
