/**
 * Doubly linked lists of frames through `frames.next` and `frames.prev`, many lists in one object.
 *
 * Stands for struct list_head where the kernel links struct page by its `lru` field: free lists, per-cpu lists, LRU
 * lists. Difference: a list ends in NONE instead of in its own head, and knows its length.
 */
import { int32 } from '../arena.ts';
import { NONE, type Frames } from './frames.ts';

export class FrameLists {
  /** First and last frame by list, NONE when empty. */
  readonly heads: Int32Array;
  readonly tails: Int32Array;
  /** Frames linked, by list. */
  readonly lengths: Int32Array;
  readonly #next: Int32Array;
  readonly #prev: Int32Array;

  constructor(frames: Frames, lists: number) {
    this.heads = int32(lists).fill(NONE);
    this.tails = int32(lists).fill(NONE);
    this.lengths = int32(lists);
    this.#next = frames.next;
    this.#prev = frames.prev;
  }

  /** list_add. The frame is on no list. */
  addHead(list: number, pfn: number): void {
    const head = this.heads[list];
    this.#prev[pfn] = NONE;
    this.#next[pfn] = head;
    if (head >= 0) this.#prev[head] = pfn;
    else this.tails[list] = pfn;
    this.heads[list] = pfn;
    this.lengths[list]++;
  }

  /** list_add_tail. */
  addTail(list: number, pfn: number): void {
    const tail = this.tails[list];
    this.#next[pfn] = NONE;
    this.#prev[pfn] = tail;
    if (tail >= 0) this.#next[tail] = pfn;
    else this.heads[list] = pfn;
    this.tails[list] = pfn;
    this.lengths[list]++;
  }

  /** list_del: the frame is on `list`. */
  remove(list: number, pfn: number): void {
    const next = this.#next[pfn];
    const prev = this.#prev[pfn];
    if (prev >= 0) this.#next[prev] = next;
    else this.heads[list] = next;
    if (next >= 0) this.#prev[next] = prev;
    else this.tails[list] = prev;
    this.#next[pfn] = NONE;
    this.#prev[pfn] = NONE;
    this.lengths[list]--;
  }
}
