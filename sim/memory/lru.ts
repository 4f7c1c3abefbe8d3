/**
 * The four LRU lists (mm/swap.c, mm/vmscan.c: isolate_lru_page, add_ and del_page_to_lru_list).
 *
 * The LRU itself holds no page reference. Differences: no unevictable list; a page's list is remembered per frame
 * instead of being derived from its flags, so that a page may change its kind while it is on a list.
 */
import { int32, uint8 } from '../arena.ts';
import { FrameLists } from './frameLists.ts';
import { KIND, PG, type Frames } from './frames.ts';

/** LRU lists: bit 0 is active, bit 1 is file. */
export const LRU = { inactiveAnon: 0, activeAnon: 1, inactiveFile: 2, activeFile: 3 } as const;
export const LRU_LISTS = 4;
const ACTIVE = 1;
const FILE = 2;

/** Values of `listOf` for a frame off the lists, and for an isolated one (plus the list it came from). */
export const OFF_LRU = 255;
export const ISOLATED = 4;

export class Lru {
  /** lists.lengths: pages by LRU list. */
  readonly lists: FrameLists;
  /** LRU list of a frame, ISOLATED + list, or OFF_LRU. */
  readonly listOf: Uint8Array;
  /** NR_ISOLATED_ANON and NR_ISOLATED_FILE, pages. */
  readonly isolated = int32(2);
  readonly #flags: Uint16Array;
  readonly #count: Int32Array;
  readonly #kind: Uint8Array;

  constructor(frames: Frames) {
    this.lists = new FrameLists(frames, LRU_LISTS);
    this.listOf = uint8(frames.total).fill(OFF_LRU);
    this.#flags = frames.flags;
    this.#count = frames.count;
    this.#kind = frames.kind;
  }

  /** The LRU list that page_lru would name: by kind and PG.active. */
  listFor(pfn: number): number {
    return (this.#kind[pfn] === KIND.file ? FILE : 0) + ((this.#flags[pfn] & PG.active) !== 0 ? ACTIVE : 0);
  }

  /** To the head of a list: sets PG.lru, and PG.active to match. */
  add(pfn: number, list: number): void {
    this.#enter(pfn, list);
    this.lists.addHead(list, pfn);
  }

  addTail(pfn: number, list: number): void {
    this.#enter(pfn, list);
    this.lists.addTail(list, pfn);
  }

  /** Off its list; clears PG.lru and leaves PG.active. */
  remove(pfn: number): void {
    this.lists.remove(this.listOf[pfn], pfn);
    this.listOf[pfn] = OFF_LRU;
    this.#flags[pfn] &= ~PG.lru;
  }

  /**
   * isolate_lru_page: +1 reference, off the LRU, PG.isolated. False when the page is not on the LRU (as in a pagevec).
   */
  isolateLruPage(pfn: number): boolean {
    if ((this.#flags[pfn] & PG.lru) === 0) return false;
    const list = this.listOf[pfn];
    this.remove(pfn);
    this.#flags[pfn] |= PG.isolated;
    this.#count[pfn]++;
    this.listOf[pfn] = ISOLATED + list;
    this.isolated[(list & FILE) >> 1]++;
    return true;
  }

  /**
   * Ends the booking of an isolated page; its reference stays with the caller. A page that is not isolated
   * is left alone.
   */
  endIsolation(pfn: number): void {
    if ((this.#flags[pfn] & PG.isolated) === 0) return;
    this.#flags[pfn] &= ~PG.isolated;
    this.isolated[((this.listOf[pfn] - ISOLATED) & FILE) >> 1]--;
    this.listOf[pfn] = OFF_LRU;
  }

  #enter(pfn: number, list: number): void {
    this.listOf[pfn] = list;
    const flags = this.#flags[pfn] & ~PG.active;
    this.#flags[pfn] = flags | PG.lru | ((list & ACTIVE) !== 0 ? PG.active : 0);
  }
}
