/**
 * ksmd's quiet visits in one go: those at whose end nothing is different but the item's own checksum and its place in
 * the unstable tree. Such are all but a few of the visits of a device.
 *
 * The same functions of mm/ksm.c as cursor.ts and mergeItem.ts, fused: scan_get_next_rmap_item, the search of both
 * trees, the checksum, the insertion. A visit is looked through first, which changes nothing, and done only if it turns
 * out quiet and its last step begins before somebody else's next one; all others are left to the machines. So no result
 * depends on whether a visit was made here or there. Four scheduler steps a visit become none: docs/performance.md
 * tells the gain.
 */
import type { CostProfile, KernelChanges } from '../description.ts';
import type { Locks } from '../clock/locks.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import { checksumOf } from './checksum.ts';
import type { Cursor } from './cursor.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import type { MmSlots } from './slots.ts';
import type { StableTree } from './stableTree.ts';
import { NO_MATCH, VANISHED, type UnstableTree } from './unstableTree.ts';

/** CPU time of one `run` at most, ns: all times within it are integers of 32 bits. The next one goes on. */
const MOST_NS = 2 ** 30;

export interface QuietVisitsParts {
  readonly frames: Frames;
  readonly tables: PageTables;
  readonly vmas: Vmas;
  readonly spaces: AddressSpaces;
  readonly slots: MmSlots;
  readonly objects: KsmObjects;
  readonly stable: StableTree;
  readonly unstable: UnstableTree;
  readonly locks: Locks;
  readonly costs: CostProfile;
  readonly changes: KernelChanges;
  readonly hooks: KernelHooks;
  readonly checksumMask: number;
}

export class QuietVisits {
  /** What the last `run` did: visits, their steps as the machines would have taken them, and CPU time, ns. */
  visits = 0;
  steps = 0;
  cost = 0;
  /**
   * Where the last walk found a page, the slot of its pte, the end of the leaf or vma, and the addresses without a page
   * before it.
   */
  #address = 0;
  #slot = 0;
  #leafEnd = 0;
  #holes = 0;
  #vma = NONE;
  readonly #p: QuietVisitsParts;
  /** A cost of 0 would join two steps. */
  readonly #hasCosts: boolean;

  constructor(parts: QuietVisitsParts) {
    const { visitBase, visitLinked, treeStep, checksum, rmapItem } = parts.costs;
    this.#hasCosts = visitBase > 0 && visitLinked > 0 && treeStep > 0 && checksum > 0 && rmapItem > 0;
    this.#p = parts;
  }

  /** Whether this kernel's and these strategies' visits are those of 3.10, item by item. */
  get arePossible(): boolean {
    const { changes, hooks, stable } = this.#p;
    return this.#hasCosts && !changes.checksumFirst && stable.chains === null && hooks.skipsItem === undefined;
  }

  /**
   * Makes visits from the cursor on while they are quiet: `most` at most, each with its last step less than `ns` from
   * now. The cursor is between two items. One long function, whose arrays are looked up once a run: in two, a visit
   * takes 6 % more.
   */
  run(cursor: Cursor, most: number, ns: number): void {
    const { slots, spaces, locks, objects, frames, tables, checksumMask, unstable } = this.#p;
    const { visitBase, visitHole, visitLinked, treeStep, checksum: checksumCost, rmapItem } = this.#p.costs;
    const { itemNext, itemAddress, itemFlags, itemHead, itemAge, oldChecksum, stable } = objects;
    const { kind, mapping, content } = frames;
    const { entries } = tables;
    const { seqnr } = cursor;
    const mm = slots.cursor;
    this.visits = 0;
    this.steps = 0;
    this.cost = 0;
    if (mm === slots.head || spaces.alive[mm] === 0 || locks.isMmWriteLocked(mm)) return;
    this.#vma = NONE;
    const budget = Math.min(ns, MOST_NS);
    let address = cursor.address;
    let behind = cursor.behind;
    let visits = 0;
    let steps = 0;
    let cost = 0;
    // The rest of the leaf that the walk has come to, as far as it lies in the vma: [.., leafEnd), at slot - address.
    let leafEnd = 0;
    let toSlot = 0;
    while (visits < most) {
      let at = address;
      let holes = 0;
      if (at >= leafEnd || !isAnonymous(entries[at + toSlot], kind)) {
        if (!this.#walk(mm, at)) break;
        at = this.#address;
        toSlot = this.#slot - at;
        leafEnd = this.#leafEnd;
        holes = this.#holes;
      }
      const next = behind < 0 ? slots.rmapList[mm] : itemNext[behind];
      const isNew = next < 0 || itemAddress[next] > at;
      if (!isNew && itemAddress[next] < at) break;
      const slot = at + toSlot;
      const page = entries[slot] >> PTE_SHIFT;
      const flags = isNew ? 0 : itemFlags[next];
      const before = cost + visitBase + holes * visitHole;
      let item = next;
      if (kind[page] === KIND.ksm) {
        if ((flags & ITEM.stable) === 0 || mapping[page] < 0 || itemHead[item] !== mapping[page] || before >= budget)
          break;
        cost = before + visitLinked;
        steps += 2;
      } else {
        if ((flags & ITEM.stable) !== 0) break;
        // 0 or 1.
        const wasUnstable = flags & ITEM.unstable;
        // One of this pass is in the tree still.
        if (wasUnstable !== 0 && ((seqnr - itemAge[item]) & 0xff) !== 1) break;
        const checksum = checksumOf(content[page], checksumMask);
        const isVolatile = (isNew ? 0 : oldChecksum[item]) !== checksum;
        if (isVolatile) stable.descend(stable.root, content[page]);
        else stable.descendWith(objects.unstable, content[page]);
        // A match, or a stale node.
        if (stable.at >= 0) break;
        const stableSteps = stable.steps;
        const last = before + (isNew ? rmapItem : 0) + (stableSteps + wasUnstable) * treeStep;
        if (last >= budget) break;
        const found = isVolatile ? VANISHED : unstable.searchOn(page);
        if (found >= 0) break;
        if (isNew) item = cursor.insertItem(mm, at, behind, next);
        cost = last + checksumCost;
        if (isVolatile) oldChecksum[item] = checksum;
        else cost += unstable.lastSteps * treeStep;
        if (found !== NO_MATCH) {
          if (wasUnstable !== 0) unstable.remove(item, seqnr);
        } else {
          if (wasUnstable !== 0) unstable.insertAgain(item, page, seqnr);
          else unstable.insertHere(item, page, slot, seqnr);
          if (!unstable.isRanked(item, slot)) unstable.rank(item, slot);
        }
        steps += 2 + (isNew ? 1 : 0) + (stableSteps > 0 ? 1 : 0) + wasUnstable;
      }
      visits++;
      behind = item;
      address = at + 1;
    }
    if (visits === 0) return;
    cursor.address = address;
    cursor.behind = behind;
    this.visits = visits;
    this.steps = steps;
    this.cost = cost;
  }

  /** To the next present anonymous page at or behind `from` in a mergeable vma; false: there is none. */
  #walk(mm: number, from: number): boolean {
    const { vmas, tables, frames } = this.#p;
    const { entries } = tables;
    let vma = this.#vma;
    if (vma < 0 || from >= vmas.end[vma]) vma = vmas.find(mm, from);
    let holes = 0;
    for (; vma >= 0; vma = vmas.next[vma]) {
      if ((vmas.flags[vma] & VM.mergeable) === 0 || vmas.anonVma[vma] < 0) continue;
      let address = Math.max(from, vmas.start[vma]);
      const end = vmas.end[vma];
      while (address < end) {
        const leafEnd = Math.min(end, (address | (LEAF_PAGES - 1)) + 1);
        let slot = tables.slot(mm, address);
        if (slot < 0) {
          holes += leafEnd - address;
          address = leafEnd;
          continue;
        }
        for (; address < leafEnd; address++, slot++) {
          if (isAnonymous(entries[slot], frames.kind)) {
            this.#vma = vma;
            this.#address = address;
            this.#slot = slot;
            this.#leafEnd = leafEnd;
            this.#holes = holes;
            return true;
          }
          holes++;
        }
      }
    }
    return false;
  }
}

/** Whether a pte maps an anonymous page (PageAnon, which KSM pages are too). */
function isAnonymous(entry: number, kind: Uint8Array): boolean {
  return (entry & (PTE.present | PTE.zero)) === PTE.present && kind[entry >> PTE_SHIFT] !== KIND.file;
}
