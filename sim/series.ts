/**
 * Numbers that only ever become more: what is measured of each fork, fault, gap, batch. Outside of the heap, which
 * stays as it is however long a device runs.
 */

const FIRST_ROOM = 64;

export class Series {
  length = 0;
  #values = new Float64Array(FIRST_ROOM);

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  /** All of them in the order in which they came: a copy. */
  toArray(): Float64Array {
    return this.#values.slice(0, this.length);
  }

  #grow(): void {
    const more = new Float64Array(2 * this.length);
    more.set(this.#values);
    this.#values = more;
  }
}
