/** Runnable actors without a CPU, first come first served: a ring of ids with room for all of them. */

export class RunQueue {
  size = 0;
  #head = 0;
  readonly #ring: Int32Array;

  constructor(capacity: number) {
    this.#ring = new Int32Array(capacity);
  }

  push(id: number): void {
    this.#ring[(this.#head + this.size) % this.#ring.length] = id;
    this.size++;
  }

  /** The queue must not be empty. */
  shift(): number {
    const id = this.#ring[this.#head];
    this.#head = (this.#head + 1) % this.#ring.length;
    this.size--;
    return id;
  }

  /** Takes `id` out wherever it stands; the others keep their order. */
  remove(id: number): void {
    const count = this.size;
    for (let i = 0; i < count; i++) {
      const other = this.shift();
      if (other !== id) this.push(other);
    }
  }
}
