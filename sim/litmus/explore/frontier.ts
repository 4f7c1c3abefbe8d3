/**
 * States whose steps are still to be taken, first in, first out. Each is kept as the words
 * that differ from the first state: a few hundred bytes instead of the whole arena.
 */

const CHUNK_WORDS = 1 << 20;

export class Frontier {
  size = 0;
  /** Most 32-bit words held at once. */
  peakWords = 0;
  readonly #root: Int32Array;
  readonly #spans: Int32Array;
  readonly #chunks: Int32Array[] = [];
  #spare: Int32Array | null = null;
  /** Where the next record is read in the first chunk and written in the last. */
  #readAt = 0;
  #writeAt = CHUNK_WORDS;

  /** `root`: the words that records are compared with; `spans`: those that can differ, first and end in turn. */
  constructor(root: Int32Array, spans: Int32Array) {
    this.#root = root;
    this.#spans = spans;
  }

  /** Adds a state and its words. A record: state, length, then (word, value) of each that differs from the root. */
  push(state: number, words: Int32Array): void {
    const root = this.#root;
    const spans = this.#spans;
    if (this.#writeAt + 4 + 2 * root.length > CHUNK_WORDS) this.#newChunk();
    const chunk = this.#chunks[this.#chunks.length - 1];
    const start = this.#writeAt;
    let at = start + 2;
    for (let span = 0; span < spans.length; span += 2) {
      const end = spans[span + 1];
      for (let i = spans[span]; i < end;) {
        // Most words never change, and those that do lie together: four are passed over at once.
        if (i + 4 <= end && !differInFour(words, root, i)) {
          i += 4;
          continue;
        }
        for (const stop = Math.min(i + 4, end); i < stop; i++) {
          // Written always and kept when it differs: a branch here would be guessed wrong again and again.
          const word = words[i];
          const difference = word ^ root[i];
          chunk[at] = i;
          chunk[at + 1] = word;
          at += ((difference | -difference) >>> 31) << 1;
        }
      }
    }
    chunk[start] = state;
    chunk[start + 1] = at - start;
    this.#writeAt = at;
    this.size++;
    const held = (this.#chunks.length - 1) * CHUNK_WORDS + at - this.#readAt;
    if (held > this.peakWords) this.peakWords = held;
  }

  /** Takes the oldest state out; its words go into `words`. There must be one. */
  shift(words: Int32Array): number {
    let chunk = this.#chunks[0];
    if (this.#readAt + 1 >= CHUNK_WORDS || chunk[this.#readAt + 1] === 0) {
      this.#spare = this.#chunks.shift()!;
      this.#readAt = 0;
      chunk = this.#chunks[0];
    }
    const start = this.#readAt;
    const end = start + chunk[start + 1];
    words.set(this.#root);
    for (let at = start + 2; at < end; at += 2) words[chunk[at]] = chunk[at + 1];
    this.#readAt = end;
    this.size--;
    return chunk[start];
  }

  #newChunk(): void {
    const last = this.#chunks.at(-1);
    // A record of length 0 says that the rest of the chunk is empty.
    if (last !== undefined && this.#writeAt + 1 < CHUNK_WORDS) last[this.#writeAt + 1] = 0;
    this.#chunks.push(this.#spare ?? new Int32Array(CHUNK_WORDS));
    this.#spare = null;
    this.#writeAt = 0;
  }
}

/** Whether any of the four words from `at` on differs. */
function differInFour(a: Int32Array, b: Int32Array, at: number): boolean {
  return ((a[at] ^ b[at]) | (a[at + 1] ^ b[at + 1]) | (a[at + 2] ^ b[at + 2]) | (a[at + 3] ^ b[at + 3])) !== 0;
}
