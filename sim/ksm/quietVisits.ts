/**
 * ksmd's quiet visits in one go: those at whose end nothing is different but the item's own checksum and its place in the
 * unstable tree. Such are all but a few of the visits of a device.
 *
 * The same functions of mm/ksm.c as cursor.ts and mergeItem.ts, fused: scan_get_next_rmap_item, the search of both trees,
 * the checksum, the insertion. A visit is looked through first, which changes nothing, and done only if it turns out
 * quiet and its last step begins before somebody else's next one; all others are left to the machines. So no result
 * depends on whether a visit was made here or there. Gain, measured on one core: four scheduler steps a visit become
 * none, and the visits of fork-free at rest take a third of the time.
 */
import type { CostProfile, KernelChanges } from '../description.ts';
import type { Locks } from '../clock/locks.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { StrategyHooks } from '../strategies/strategy.ts';
import { checksumOf } from './checksum.ts';
import type { Cursor } from './cursor.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import type { MmSlots } from './slots.ts';
import type { StableTree } from './stableTree.ts';
import { NO_MATCH, VANISHED, type UnstableTree } from './unstableTree.ts';

/** CPU time of one `run` at most: a 32-bit integer, as all times of its visits then are. The next one goes on. */
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
  readonly hooks: StrategyHooks;
  readonly checksumMask: number;
}

export class QuietVisits {
  /** What the last `run` did: visits, their steps as the machines would have taken them, and CPU time, ns. */
  visits = 0;
  steps = 0;
  cost = 0;
  /** Where the last walk found a page, the slot of its pte, the end of the leaf or vma, and the addresses without a page before it. */
  #address = 0;
  #slot = 0;
  #leafEnd = 0;
  #holes = 0;
  #vma = NONE;
  /** rmap_item of the last visit. */
  #item = NONE;
  /** ns from now before which every step of this run begins. */
  #budget = 0;
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
   * Makes visits from the cursor on while they are quiet: `most` at most, each with its last step less than `ns` from now
   * (and some of them only where there are very many).
   * The cursor is between two items.
   */
  run(cursor: Cursor, most: number, ns: number): void {
    const { slots, spaces, locks, objects, frames, tables, costs } = this.#p;
    const { visitBase, visitHole, visitLinked } = costs;
    const { itemNext, itemAddress, itemFlags, itemHead } = objects;
    const { kind, mapping } = frames;
    const { entries } = tables;
    const mm = slots.cursor;
    this.visits = 0;
    this.steps = 0;
    this.cost = 0;
    if (mm === slots.head || spaces.alive[mm] === 0 || locks.isMmWriteLocked(mm)) return;
    this.#vma = NONE;
    this.#budget = Math.min(ns, MOST_NS);
    let from = cursor.address;
    let behind = cursor.behind;
    let visits = 0;
    let linked = 0;
    let cost = 0;
    // The rest of the leaf that the walk has come to, as far as it lies in the vma: [.., leafEnd), at slot - address.
    let leafEnd = 0;
    let toSlot = 0;
    for (; visits < most; visits++) {
      let address = from;
      let holes = 0;
      if (address >= leafEnd || !isAnonymous(entries[address + toSlot], kind)) {
        if (!this.#walk(mm, address)) break;
        address = this.#address;
        toSlot = this.#slot - address;
        leafEnd = this.#leafEnd;
        holes = this.#holes;
      }
      const next = behind < 0 ? slots.rmapList[mm] : itemNext[behind];
      if (next >= 0 && itemAddress[next] < address) break;
      const item = next >= 0 && itemAddress[next] === address ? next : NONE;
      const slot = address + toSlot;
      const page = entries[slot] >> PTE_SHIFT;
      const before = cost + visitBase + holes * visitHole;
      if (kind[page] === KIND.ksm) {
        const isLinked = item >= 0 && (itemFlags[item] & ITEM.stable) !== 0 && itemHead[item] === mapping[page];
        if (!isLinked || mapping[page] < 0 || before >= this.#budget) break;
        cost = before + visitLinked;
        linked++;
        behind = item;
      } else {
        const after = this.#visitUnlinked(cursor, item, behind, next, address, slot, page, before);
        if (after < 0) break;
        cost = after;
        behind = this.#item;
      }
      from = address + 1;
    }
    cursor.address = from;
    cursor.behind = behind;
    this.visits = visits;
    this.steps += 2 * linked;
    this.cost = cost;
  }

  /**
   * A page that is no KSM page; `item`: its rmap_item, NONE when it has none yet and is to get one between `behind` and
   * `next`. `before`: CPU time of the run so far. Returns that with the visit, ns, and sets `#item`; or NONE: the visit is
   * not quiet, and nothing was done.
   */
  #visitUnlinked(
    cursor: Cursor,
    item: number,
    behind: number,
    next: number,
    address: number,
    slot: number,
    page: number,
    before: number,
  ): number {
    const { objects, frames, costs, checksumMask, unstable } = this.#p;
    const { itemFlags, itemAge, oldChecksum, stable } = objects;
    const flags = item < 0 ? 0 : itemFlags[item];
    if ((flags & ITEM.stable) !== 0) return NONE;
    const wasUnstable = flags & ITEM.unstable;
    // One of this pass is in the tree still.
    if (wasUnstable !== 0 && ((cursor.seqnr - itemAge[item]) & 0xff) !== 1) return NONE;
    const content = frames.content[page];
    const checksum = checksumOf(content, checksumMask);
    const isVolatile = (item < 0 ? 0 : oldChecksum[item]) !== checksum;
    if (isVolatile) stable.descend(stable.root, content);
    else stable.descendWith(objects.unstable, content);
    // A match, or a stale node.
    if (stable.at >= 0) return NONE;
    const { steps } = stable;
    const last = before + (item < 0 ? costs.rmapItem : 0) + (steps + wasUnstable) * costs.treeStep;
    if (last >= this.#budget) return NONE;
    const found = isVolatile ? VANISHED : unstable.searchOn(page);
    if (found >= 0) return NONE;
    const visited = item < 0 ? cursor.insertItem(this.#p.slots.cursor, address, behind, next) : item;
    if (wasUnstable !== 0) unstable.remove(visited, cursor.seqnr);
    if (isVolatile) oldChecksum[visited] = checksum;
    if (found === NO_MATCH) {
      unstable.insertHere(visited, page, slot, cursor.seqnr);
      unstable.rank(visited, slot);
    }
    this.steps += 2 + (item < 0 ? 1 : 0) + (steps > 0 ? 1 : 0) + wasUnstable;
    this.#item = visited;
    return last + costs.checksum + (isVolatile ? 0 : unstable.lastSteps * costs.treeStep);
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
