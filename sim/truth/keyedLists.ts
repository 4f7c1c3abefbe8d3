/**
 * A list for each of many keys, each element in one of them at most. Elements are small integers from 0 on and keep the
 * order in which they were added; the room for them grows as they come, and nothing else is allocated.
 */
import { NONE } from '../memory/frames.ts';

export class KeyedLists {
  /** By key. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** By element. */
  readonly #next: number[] = [];
  readonly #previous: number[] = [];

  /** Keys are 0 .. keys - 1. */
  constructor(keys: number) {
    this.#first = new Int32Array(keys).fill(NONE);
    this.#last = new Int32Array(keys).fill(NONE);
  }

  /** The first element of a key's list, or NONE. */
  first(key: number): number {
    return this.#first[key];
  }

  /** The element behind another one, or NONE. */
  next(element: number): number {
    return this.#next[element];
  }

  /** It is in no list, and at most one larger than all before. */
  add(key: number, element: number): void {
    const last = this.#last[key];
    this.#next[element] = NONE;
    this.#previous[element] = last;
    if (last < 0) this.#first[key] = element;
    else this.#next[last] = element;
    this.#last[key] = element;
  }

  /** It is in the list of that key. */
  remove(key: number, element: number): void {
    const next = this.#next[element];
    const previous = this.#previous[element];
    if (previous < 0) this.#first[key] = next;
    else this.#next[previous] = next;
    if (next < 0) this.#last[key] = previous;
    else this.#previous[next] = previous;
  }
}
