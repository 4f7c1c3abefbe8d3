/**
 * The unstable tree (mm/ksm.c: get_mergeable_page, unstable_tree_search_insert, remove_rmap_item_from_tree for unstable
 * items). Its order is that of the contents at insertion; comparisons read what the pages hold now.
 *
 * Most pages hold what they held at the item's insertion, its key. An item is in doubt as soon as that may not be so:
 * the pte that maps its page is marked (`PTE.ranked`), and whoever changes the pte or writes to the page through it
 * says so. So a search reads pages where there is doubt only, and finds what the kernel finds, which reads all of them.
 */
import { int32, uint8 } from '../arena.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import { ITEM, type KsmObjects } from './objects.ts';

/** What `search` came to besides an item: a place for a new one, or a vanished or fork-shared page on the path. */
export const NO_MATCH = -1;
export const VANISHED = -2;

export class UnstableTree {
  /** Items compared by the last search. */
  lastSteps = 0;
  /** Page of the item that the last search returned. */
  matchedPage = NONE;
  #parent = NONE;
  #isLeft = false;
  readonly #objects: KsmObjects;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #alive: Uint8Array;
  /** The item that was ranked by a pte, by the pte's slot. */
  readonly itemOf: Int32Array | Uint8Array;

  constructor(objects: KsmObjects, frames: Frames, tables: PageTables, vmas: Vmas, alive: Uint8Array) {
    this.#objects = objects;
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#alive = alive;
    // As narrow as the handles are: the explorer copies it with each state.
    const itemOf = objects.capacity <= 256 ? uint8(tables.entries.length) : int32(tables.entries.length);
    this.itemOf = itemOf;
    tables.unranked = (slot) => {
      objects.unstable.doubt(itemOf[slot]);
    };
  }

  /**
   * unstable_tree_search_insert: the item whose page (in `matchedPage`) has the same content now, or NONE. With NONE
   * the item was inserted, unless a vanished or fork-shared page was met on the path.
   */
  searchInsert(item: number, pfn: number, seqnr: number): number {
    const other = this.search(pfn);
    if (other === NO_MATCH) {
      const { itemMm, itemAddress, unstable } = this.#objects;
      const slot = this.#tables.slot(itemMm[item], itemAddress[item]);
      this.insertHere(item, pfn, slot, seqnr);
      // The page may have gone from there while ksmd was at it.
      if (this.#mergeablePage(item) === pfn) this.rank(item, slot);
      else unstable.doubt(item);
    }
    return other < 0 ? NONE : other;
  }

  /**
   * The search alone, which changes nothing: the item of equal content, NO_MATCH (`insertHere` puts an item where it
   * ended), or VANISHED.
   */
  search(pfn: number): number {
    const tree = this.#objects.unstable;
    tree.descend(tree.root, this.#frames.content[pfn]);
    return this.searchOn(pfn);
  }

  /** The same from where the way down by keys ended: at the first item whose key does not do. */
  searchOn(pfn: number): number {
    const { unstable: tree, itemSlot } = this.#objects;
    const contents = this.#frames.content;
    const content = contents[pfn];
    let steps = 0;
    let parent = NONE;
    let isLeft = false;
    for (;;) {
      steps += tree.steps;
      if (tree.above >= 0) {
        parent = tree.above;
        isLeft = content < tree.keyOf(parent);
      }
      const item = tree.at;
      if (item < 0) break;
      // One item is looked at as the kernel looks at all of them; the pte of one that nobody doubts has its page still
      // (gain: 6 % of the time of ksmd's visits, a third of which end there since a fork). Then on by the keys.
      const page = tree.isDoubtful(item)
        ? this.#mergeablePage(item)
        : this.#tables.entries[itemSlot[item]] >> PTE_SHIFT;
      this.lastSteps = steps;
      if (page < 0 || page === pfn) return VANISHED;
      this.lastSteps = ++steps;
      if (content === contents[page]) {
        this.matchedPage = page;
        return item;
      }
      parent = item;
      isLeft = content < contents[page];
      tree.descend(isLeft ? tree.leftOf(item) : tree.rightOf(item), content);
    }
    this.lastSteps = steps;
    this.#parent = parent;
    this.#isLeft = isLeft;
    return NO_MATCH;
  }

  /**
   * The item, whose pte is at `slot` (NONE: gone), enters the tree where the last search for its page ended in vain.
   */
  insertHere(item: number, pfn: number, slot: number, seqnr: number): void {
    const objects = this.#objects;
    objects.itemFlags[item] |= ITEM.unstable;
    objects.itemAge[item] = seqnr & 0xff;
    objects.itemHead[item] = NONE;
    objects.itemSlot[item] = slot;
    objects.unstable.insert(item, this.#frames.content[pfn], this.#parent, this.#isLeft);
    objects.pagesUnshared++;
  }

  /** `remove` and `insertHere` of an item of the last pass, whose pte is where it was. */
  insertAgain(item: number, pfn: number, seqnr: number): void {
    const objects = this.#objects;
    objects.itemAge[item] = seqnr & 0xff;
    objects.unstable.insert(item, this.#frames.content[pfn], this.#parent, this.#isLeft);
  }

  /** Whether a change of the pte at `slot` is told to the item already. */
  isRanked(item: number, slot: number): boolean {
    return (this.#tables.entries[slot] & PTE.ranked) !== 0 && this.itemOf[slot] === item;
  }

  /** The pte at `slot` maps the page by which the item entered the tree: whoever changes that tells. */
  rank(item: number, slot: number): void {
    this.itemOf[slot] = item;
    this.#tables.entries[slot] |= PTE.ranked;
  }

  /** An item of the last pass is in no tree any more: the root was reset. */
  remove(item: number, seqnr: number): void {
    const objects = this.#objects;
    const age = (seqnr - objects.itemAge[item]) & 0xff;
    if (age > 1) throw new Error(`BUG_ON in remove_rmap_item_from_tree: age ${age} of an unstable rmap_item`);
    if (age === 0) objects.unstable.erase(item);
    objects.pagesUnshared--;
    objects.itemFlags[item] &= ~ITEM.unstable;
  }

  /** get_mergeable_page: the page now mapped at the item's address, or NONE. */
  #mergeablePage(item: number): number {
    const mm = this.#objects.itemMm[item];
    if (this.#alive[mm] === 0) return NONE;
    const entry = this.#tables.entries[this.#objects.itemSlot[item]];
    if ((entry & (PTE.present | PTE.zero)) !== PTE.present) return NONE;
    const pfn = entry >> PTE_SHIFT;
    if (this.#vmas.shrunk[mm] !== 0 && !this.#isMergeable(mm, this.#objects.itemAddress[item], pfn)) return NONE;
    return pfn;
  }

  #isMergeable(mm: number, vpn: number, pfn: number): boolean {
    if (this.#frames.kind[pfn] === KIND.file) return false;
    const vma = this.#vmas.covering(mm, vpn);
    return vma >= 0 && (this.#vmas.flags[vma] & VM.mergeable) !== 0 && this.#vmas.anonVma[vma] >= 0;
  }
}
