/** Handles 0 .. capacity - 1 of objects whose fields are typed arrays: what a slab cache is to the kernel. */
import { int32 } from '../arena.ts';

export class Pool {
  readonly capacity: number;
  readonly #what: string;
  /** Free handles, the next to be handed out last; behind their room, how many they are. */
  readonly #free: Int32Array;

  constructor(what: string, capacity: number) {
    this.#what = what;
    this.capacity = capacity;
    this.#free = int32(capacity + 1);
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i;
    this.#free[capacity] = capacity;
  }

  get live(): number {
    return this.capacity - this.#free[this.capacity];
  }

  /** A free handle. Throws RangeError when the pool, sized when the device was built, is used up. */
  alloc(): number {
    const free = this.#free;
    if (free[this.capacity] === 0) throw new RangeError(`the pool of ${this.capacity} ${this.#what} is used up`);
    return free[--free[this.capacity]];
  }

  free(handle: number): void {
    const free = this.#free;
    free[free[this.capacity]++] = handle;
  }
}
