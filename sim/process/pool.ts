/** Handles 0 .. capacity - 1 of objects whose fields are typed arrays: what a slab cache is to the kernel. */
import { int32 } from '../arena.ts';

export class Pool {
  readonly capacity: number;
  readonly #what: string;
  /**
   * Handles that were freed, the next to be handed out last; behind their room, how many they are and how many handles
   * were ever handed out.
   */
  readonly #free: Int32Array;

  constructor(what: string, capacity: number) {
    this.#what = what;
    this.capacity = capacity;
    this.#free = int32(capacity + 2);
  }

  get live(): number {
    return this.#free[this.capacity + 1] - this.#free[this.capacity];
  }

  /**
   * The handle freed last, or else the lowest one never used. Throws RangeError when the pool, sized when the device
   * was built, is used up.
   */
  alloc(): number {
    const free = this.#free;
    const { capacity } = this;
    if (free[capacity] > 0) return free[--free[capacity]];
    if (free[capacity + 1] === capacity) throw new RangeError(`the pool of ${capacity} ${this.#what} is used up`);
    return free[capacity + 1]++;
  }

  free(handle: number): void {
    const free = this.#free;
    free[free[this.capacity]++] = handle;
  }
}
