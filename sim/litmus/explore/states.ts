/**
 * The states that an exploration has met: 64-bit hashes of their canonical forms in an open-addressing table, and what
 * is remembered of each, one typed array a field. 25 bytes a state and its share of the table.
 *
 * Only hashes are compared: of a million states two different ones are taken for one with a probability of 3e-8.
 */

/** Bits of `info`: the causes of unfindable ptes lie in the lowest seven. */
export const INFO = {
  causes: 127,
  /** Every thread but ksmd's is over. */
  quiet: 128,
  /** ksmd stands between two passes. */
  passEnd: 256,
  /** Some rmap_item serves nothing. */
  garbage: 512,
  /** Met only by ksmd going on alone: not one of the interleavings. */
  aside: 1024,
  /** The step to `next` finished an item, or a pass, of ksmd. */
  item: 2048,
  pass: 4096,
  /** The step to `next` is another thread's, which ksmd waits for. */
  other: 8192,
} as const;

const FIRST_ROOM = 1 << 12;

export class States {
  /** States met, those aside included. */
  count = 0;
  /** State from which it was met first, and by whose step; NONE for the root. */
  parent = new Int32Array(FIRST_ROOM);
  via = new Uint8Array(FIRST_ROOM);
  info = new Uint16Array(FIRST_ROOM);
  /** Where ksmd alone comes to next; NONE while that is not known, the state itself when ksmd sleeps for ever. */
  next = new Int32Array(FIRST_ROOM);
  #low = new Int32Array(FIRST_ROOM);
  #high = new Int32Array(FIRST_ROOM);
  #table = new Int32Array(2 * FIRST_ROOM).fill(-1);
  #hashLow = 0;
  #hashHigh = 0;

  /** The state of this form; a new one is added (`count` grows). */
  find(form: Int32Array, length: number): number {
    this.#hash(form, length);
    const mask = this.#table.length - 1;
    let at = this.#hashLow & mask;
    for (let state = this.#table[at]; state >= 0; state = this.#table[at]) {
      if (this.#low[state] === this.#hashLow && this.#high[state] === this.#hashHigh) return state;
      at = (at + 1) & mask;
    }
    if (this.count === this.parent.length) this.#grow();
    const added = this.count++;
    this.#low[added] = this.#hashLow;
    this.#high[added] = this.#hashHigh;
    this.parent[added] = -1;
    this.next[added] = -1;
    this.#enter(added);
    return added;
  }

  /** Bytes in use, the table included. */
  get bytes(): number {
    return this.parent.length * (4 + 1 + 2 + 4 + 4 + 4) + this.#table.byteLength;
  }

  /** Two mixes of 32 bits each, which turn every word another way; each step can be undone, so that no word is lost. */
  #hash(form: Int32Array, length: number): void {
    let low = 0x2f0b4c47 ^ length;
    let high = 0x7a3d1c95 - length;
    for (let i = 0; i < length; i++) {
      const word = form[i];
      low = Math.imul(low ^ word, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high ^ ((word << 16) | (word >>> 16)), 0x85ebca6b);
      high ^= high >>> 13;
    }
    this.#hashLow = finish(low);
    this.#hashHigh = finish(high);
  }

  #enter(state: number): void {
    const mask = this.#table.length - 1;
    let at = this.#low[state] & mask;
    while (this.#table[at] >= 0) at = (at + 1) & mask;
    this.#table[at] = state;
  }

  #grow(): void {
    const room = 2 * this.parent.length;
    this.parent = grown(this.parent, new Int32Array(room));
    this.via = grown(this.via, new Uint8Array(room));
    this.info = grown(this.info, new Uint16Array(room));
    this.next = grown(this.next, new Int32Array(room));
    this.#low = grown(this.#low, new Int32Array(room));
    this.#high = grown(this.#high, new Int32Array(room));
    this.#table = new Int32Array(2 * room).fill(-1);
    for (let state = 0; state < this.count; state++) this.#enter(state);
  }
}

function finish(mixed: number): number {
  let hash = mixed ^ (mixed >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function grown<T extends Int32Array | Uint8Array | Uint16Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
