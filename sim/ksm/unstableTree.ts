/**
 * The unstable tree (mm/ksm.c: get_mergeable_page, unstable_tree_search_insert, remove_rmap_item_from_tree for unstable
 * items). Its order is that of the contents at insertion; comparisons read what the pages hold now.
 */
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import { ITEM, type KsmObjects } from './objects.ts';

/** What `search` came to besides an item: a place for a new item, or a page on the path that is vanished or fork-shared. */
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

  constructor(objects: KsmObjects, frames: Frames, tables: PageTables, vmas: Vmas, alive: Uint8Array) {
    this.#objects = objects;
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#alive = alive;
  }

  /**
   * unstable_tree_search_insert: the item whose page (in `matchedPage`) has the same content now, or NONE. With NONE the
   * item was inserted, unless a vanished or fork-shared page was met on the path.
   */
  searchInsert(item: number, pfn: number, seqnr: number): number {
    const other = this.search(pfn);
    if (other === NO_MATCH) this.insertHere(item, pfn, seqnr);
    return other < 0 ? NONE : other;
  }

  /**
   * The search alone, which changes nothing: the item of equal content, NO_MATCH (`insertHere` puts an item where it
   * ended), or VANISHED.
   */
  search(pfn: number): number {
    const { unstable, itemMm, itemSlot, itemContent } = this.#objects;
    const { left, right } = unstable;
    const { shrunk } = this.#vmas;
    const { entries } = this.#tables;
    const contents = this.#frames.content;
    const content = contents[pfn];
    let steps = 0;
    let parent = NONE;
    let isLeft = false;
    let other = unstable.root;
    while (other >= 0) {
      const entry = entries[itemSlot[other]];
      const page = entry >> PTE_SHIFT;
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present || page === pfn) break;
      if (shrunk[itemMm[other]] !== 0 && !this.#isMergeable(other, page)) break;
      steps++;
      // What it held when it was inserted nearly always: the way down is known before the page's content arrives from
      // memory. Gain: a third of the time of a search.
      let otherContent = itemContent[other];
      if (contents[page] !== otherContent) otherContent = contents[page];
      parent = other;
      isLeft = content < otherContent;
      if (content === otherContent) break;
      other = isLeft ? left[other] : right[other];
    }
    this.lastSteps = steps;
    this.#parent = parent;
    this.#isLeft = isLeft;
    return other < 0 ? NO_MATCH : parent === other ? this.#match(other) : VANISHED;
  }

  /** The item enters the tree where the last search ended in vain. */
  insertHere(item: number, pfn: number, seqnr: number): void {
    const objects = this.#objects;
    objects.itemFlags[item] |= ITEM.unstable;
    objects.itemAge[item] = seqnr & 0xff;
    objects.itemHead[item] = NONE;
    objects.itemContent[item] = this.#frames.content[pfn];
    objects.itemSlot[item] = this.#tables.slot(objects.itemMm[item], objects.itemAddress[item]);
    objects.unstable.insert(item, this.#parent, this.#isLeft);
    objects.pagesUnshared++;
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

  #match(item: number): number {
    this.matchedPage = this.#tables.entries[this.#objects.itemSlot[item]] >> PTE_SHIFT;
    return item;
  }

  /** The rest of get_mergeable_page where an mm has lost something: whether its page there is one still. */
  #isMergeable(item: number, pfn: number): boolean {
    const mm = this.#objects.itemMm[item];
    if (this.#alive[mm] === 0 || this.#frames.kind[pfn] === KIND.file) return false;
    const vma = this.#vmas.covering(mm, this.#objects.itemAddress[item]);
    return vma >= 0 && (this.#vmas.flags[vma] & VM.mergeable) !== 0 && this.#vmas.anonVma[vma] >= 0;
  }
}
