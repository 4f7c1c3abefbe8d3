/** Handles 0 .. capacity - 1 of objects whose fields are typed arrays: what a slab cache is to the kernel. */
import { int32 } from '../arena.ts';
import type { Registers } from '../registers.ts';

export class Pool {
  readonly capacity: number;
  readonly #what: string;
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(what: string, capacity: number) {
    this.#what = what;
    this.capacity = capacity;
    this.#free = int32(capacity);
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i;
    this.#freeCount = capacity;
  }

  get live(): number {
    return this.capacity - this.#freeCount;
  }

  /** A free handle. Throws RangeError when the pool, sized when the device was built, is used up. */
  alloc(): number {
    if (this.#freeCount === 0) throw new RangeError(`the pool of ${this.capacity} ${this.#what} is used up`);
    return this.#free[--this.#freeCount];
  }

  free(handle: number): void {
    this.#free[this.#freeCount++] = handle;
  }

  registers(registers: Registers): void {
    this.#freeCount = registers.derived(this.#freeCount);
  }
}
