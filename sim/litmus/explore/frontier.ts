/**
 * States whose steps are still to be taken, first in, first out. Each is kept as what differs from the first state, in
 * runs of words: a few hundred bytes instead of the whole arena.
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

  /** Adds a state and its words. A record: state, length, then runs of (first word, words, values). */
  push(state: number, words: Int32Array): void {
    const root = this.#root;
    const { length } = root;
    // Runs take two words more, and lie at least one equal word apart.
    if (this.#writeAt + 2 + 2 * length > CHUNK_WORDS) this.#newChunk();
    const chunk = this.#chunks[this.#chunks.length - 1];
    const start = this.#writeAt;
    let at = start + 2;
    const spans = this.#spans;
    for (let span = 0; span < spans.length; span += 2) {
      const end = spans[span + 1];
      for (let i = spans[span]; i < end; i++) {
        // Most words are the same: four at a time.
        while (
          i + 4 <= end &&
          ((words[i] ^ root[i]) |
            (words[i + 1] ^ root[i + 1]) |
            (words[i + 2] ^ root[i + 2]) |
            (words[i + 3] ^ root[i + 3])) ===
            0
        ) {
          i += 4;
        }
        if (i >= end || words[i] === root[i]) continue;
        const run = at;
        chunk[run] = i;
        at += 2;
        while (i < end && words[i] !== root[i]) chunk[at++] = words[i++];
        chunk[run + 1] = at - run - 2;
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
    if (this.#readAt >= CHUNK_WORDS || chunk[this.#readAt + 1] === 0) {
      this.#spare = this.#chunks.shift()!;
      this.#readAt = 0;
      chunk = this.#chunks[0];
    }
    const start = this.#readAt;
    const end = start + chunk[start + 1];
    words.set(this.#root);
    for (let at = start + 2; at < end;) {
      let to = chunk[at];
      const stop = at + 2 + chunk[at + 1];
      for (at += 2; at < stop; at++) words[to++] = chunk[at];
    }
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
