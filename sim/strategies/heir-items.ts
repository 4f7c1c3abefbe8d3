/**
 * The fix that nobody has: no mapping of a KSM page is ever out of reach of the reverse walk, nothing is kept longer
 * than something needs it, and fork does no more than before. docs/strategies/heir-items.md argues each part.
 *
 * - An rmap_item that leaves its stable_node while a relative still maps the page through it is handed to that one: the
 *   item that ksmd would make for it later is made now, with the same anon_vma, and so leads to all others too (B1).
 *   Where no relative can have it (its own pte is back from a migration, B4; a vma that is not mergeable) a cover
 *   without an mm stays, which ksmd looks at once a pass and drops when nothing needs it.
 * - An item of a page upgraded in place refers to the page's anon_vma, whose tree holds all its mappings (B2). One that
 *   maps it at another address, after mremap, forbids the upgrade; mremap copies KSM pages wherever it moves them.
 * - The node and the items are where the walk looks before any page lock is dropped (B3, B3null), and an upgrade is
 *   never taken back (B6).
 */
import { int32 } from '../arena.ts';
import { NONE } from '../memory/frames.ts';
import { VM } from '../process/vmas.ts';
import { FULL_ROUND } from '../ksm/cursor.ts';
import { Covers } from './covers.ts';
import { FORBIDDEN, type Strategy, type StrategyKernel } from './strategy.ts';

export const heirItems: Strategy = {
  name: 'heir-items',
  group: 'ksm',
  about:
    'a removed rmap_item is handed to a relative that maps the page still; merges are linked before the page lock is dropped, to the anon_vma of the page',
  origin: 'ours, from what exploring every interleaving of the other fixes leaves open',
  claims: ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6'],
  costs:
    'a look at the relatives of each rmap_item that leaves a stable_node; children get some of their rmap_items earlier; a page is not upgraded while a relative has moved it; a locked match waits a pass',
  keepsItems: true,
  attach: (kernel) => {
    const relatives = new Relatives(kernel);
    const covers = new Covers(kernel, (item) => relatives.firstUncovered(item, () => true) !== NONE);
    return {
      takeAnonVma: (own, ofPage) => (ofPage >= 0 ? ofPage : own),
      mayUpgrade: (pfn, vpn) => {
        relatives.cost = 0;
        return relatives.mapAtOnly(pfn, vpn) ? relatives.cost : FORBIDDEN;
      },
      mergesAtOnce: true,
      unmergesMoved: true,
      itemLeaves: (item, seqnr) => {
        relatives.cost = 0;
        let uncovered = 0;
        const heir = relatives.firstUncovered(item, (vma) => {
          uncovered++;
          return relatives.handOver(item, vma);
        });
        if (uncovered > 0 && heir === NONE) covers.leave(item, seqnr + FULL_ROUND);
        return relatives.cost + (uncovered > 0 ? kernel.costs.rmapItem : 0);
      },
      coverGone: (item) => {
        covers.forget(item);
      },
      passStarts: (seqnr) => {
        relatives.cost = 0;
        const looked = covers.release(seqnr);
        return relatives.cost + looked * kernel.costs.rmapItem;
      },
      registers: (registers) => {
        covers.registers(registers);
      },
      itemState: (item, seqnr) => covers.itemState(item, seqnr),
    };
  },
};

/** Looks along anon_vma trees for who maps a page, and says what that took. */
class Relatives {
  /** CPU time of what was looked at since it was last reset, ns. */
  cost = 0;
  /** The rmap_item that each mm was handed last: ksmd passes addresses in rising order, so the next one follows it. */
  readonly #lastHanded: Int32Array;
  readonly #kernel: StrategyKernel;

  constructor(kernel: StrategyKernel) {
    this.#kernel = kernel;
    this.#lastHanded = int32(kernel.slots.head).fill(NONE);
  }

  /**
   * The first vma of the item's tree whose pte maps the item's page, to which no other item of the node leads, and
   * which `isWanted`; or NONE. The page lock is held, so that no such pte is a migration entry.
   */
  firstUncovered(item: number, isWanted: (vma: number) => boolean): number {
    const { objects, vmas, tables, costs } = this.#kernel;
    const { treeHead, avcNextInTree, avcVma } = vmas.anonVmas;
    const vpn = objects.itemAddress[item];
    const pfn = objects.kpfn[objects.itemHead[item]];
    for (let avc = treeHead[objects.itemAnonVma[item]]; avc >= 0; avc = avcNextInTree[avc]) {
      const vma = avcVma[avc];
      if (vpn < vmas.start[vma] || vpn >= vmas.end[vma]) continue;
      // A look at one pte, as ksmd's own; in the mm it stands in the page table is at hand.
      this.cost += vmas.mm[vma] === objects.itemMm[item] ? costs.visitHole : costs.visitBase;
      if (!tables.mapsPage(vmas.mm[vma], vpn, pfn) || this.#isCovered(vma, item)) continue;
      if (isWanted(vma)) return vma;
    }
    return NONE;
  }

  /** The item's place on the hlist goes to a new one of the vma's mm; false where that cannot have one. */
  handOver(item: number, vma: number): boolean {
    const { objects, slots, vmas } = this.#kernel;
    const mm = vmas.mm[vma];
    if ((vmas.flags[vma] & VM.mergeable) === 0 || slots.present[mm] === 0 || slots.cursor === mm) return false;
    const vpn = objects.itemAddress[item];
    const before = this.#itemBefore(mm, vpn);
    const after = before === NONE ? slots.rmapList[mm] : objects.itemNext[before];
    // An item of before the page was merged waits there for ksmd.
    if (after >= 0 && objects.itemAddress[after] === vpn) return false;
    const heir = objects.handOver(item, mm);
    objects.itemNext[heir] = after;
    if (before === NONE) slots.rmapList[mm] = heir;
    else objects.itemNext[before] = heir;
    this.#lastHanded[mm] = heir;
    return true;
  }

  /** Every pte that maps the anonymous page does so at `vpn`. With one pte there is nobody to ask. */
  mapAtOnly(pfn: number, vpn: number): boolean {
    const { frames, vmas, tables, costs } = this.#kernel;
    if (frames.mapcount[pfn] <= 1) return true;
    const { treeHead, avcNextInTree, avcVma } = vmas.anonVmas;
    for (let avc = treeHead[frames.mapping[pfn]]; avc >= 0; avc = avcNextInTree[avc]) {
      const vma = avcVma[avc];
      const at = vmas.addressOf(vma, frames.index[pfn]);
      if (at === NONE) continue;
      this.cost += costs.visitBase;
      if (at !== vpn && tables.mapsPage(vmas.mm[vma], at, pfn)) return false;
    }
    return true;
  }

  #isCovered(vma: number, item: number): boolean {
    const { objects, vmas, costs } = this.#kernel;
    for (let other = objects.hlist[objects.itemHead[item]]; other >= 0; other = objects.hlistNext[other]) {
      this.cost += costs.visitHole;
      if (other === item || objects.itemAddress[other] !== objects.itemAddress[item]) continue;
      if (vmas.anonVmas.isInTree(vma, objects.itemAnonVma[other])) return true;
    }
    return false;
  }

  /** The last item of the mm below `vpn`, NONE without; the search begins at the one handed last. */
  #itemBefore(mm: number, vpn: number): number {
    const { objects, slots, costs } = this.#kernel;
    const last = this.#lastHanded[mm];
    const isThere = last >= 0 && objects.itemMm[last] === mm && objects.itemAddress[last] < vpn;
    let before = isThere ? last : NONE;
    for (;;) {
      const next = before === NONE ? slots.rmapList[mm] : objects.itemNext[before];
      if (next < 0 || objects.itemAddress[next] >= vpn) return before;
      this.cost += costs.visitHole;
      before = next;
    }
  }
}
