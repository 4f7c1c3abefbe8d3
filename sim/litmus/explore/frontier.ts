/**
 * States whose steps are still to be taken, first in, first out. Each is kept as its differences from the first state:
 * a few hundred bytes instead of the whole arena.
 *
 * Few words of the arena ever change, so only those are compared one by one: words that once differed are followed from
 * then on. Of the others it is only asked, whole ranges at a time, whether any of them has begun to differ.
 */

const CHUNK_WORDS = 1 << 20;
/** A shorter range is not worth a loop of its own: its words are followed. */
const LEAST_RANGE = 8;

export class Frontier {
  size = 0;
  /** Most 32-bit words held at once. */
  peakWords = 0;
  readonly #root: Int32Array;
  readonly #chunks: Int32Array[] = [];
  #spare: Int32Array | null = null;
  /** Where the next record is read in the first chunk and written in the last. */
  #readAt = 0;
  #writeAt = CHUNK_WORDS;
  /** Words that are followed, in the order in which they were seen to differ. */
  readonly #followed: Int32Array;
  #followedCount = 0;
  /** Ranges of words that never differed, as first word and end in turn. */
  #still: Int32Array;

  /** `root`: the words that records are compared with; `spans`: those that can differ, first and end in turn. */
  constructor(root: Int32Array, spans: Int32Array) {
    this.#root = root;
    this.#followed = new Int32Array(root.length);
    this.#still = spans;
  }

  /** Adds a state and its words. A record: state, length, then (word, value) of each that differs from the root. */
  push(state: number, words: Int32Array): void {
    if (!this.#areStill(words)) this.#follow(words);
    const root = this.#root;
    const followed = this.#followed;
    const count = this.#followedCount;
    if (this.#writeAt + 4 + 2 * count > CHUNK_WORDS) this.#newChunk();
    const chunk = this.#chunks[this.#chunks.length - 1];
    const start = this.#writeAt;
    let at = start + 2;
    for (let i = 0; i < count; i++) {
      const index = followed[i];
      // Written always and kept when it differs: a branch here would be guessed wrong again and again.
      const word = words[index];
      const difference = word ^ root[index];
      chunk[at] = index;
      chunk[at + 1] = word;
      at += ((difference | -difference) >>> 31) << 1;
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

  /** None of the words that are not followed differs. */
  #areStill(words: Int32Array): boolean {
    const root = this.#root;
    const still = this.#still;
    let differences = 0;
    for (let range = 0; range < still.length; range += 2) {
      const end = still[range + 1];
      for (let i = still[range]; i < end; i++) differences |= words[i] ^ root[i];
    }
    return differences === 0;
  }

  /** Follows the words that have begun to differ, and what lies between them when it is short. */
  #follow(words: Int32Array): void {
    const still: number[] = [];
    const follow = (word: number): void => void (this.#followed[this.#followedCount++] = word);
    const keep = (first: number, end: number): void => {
      if (end - first >= LEAST_RANGE) still.push(first, end);
      else for (let word = first; word < end; word++) follow(word);
    };
    for (let range = 0; range < this.#still.length; range += 2) {
      const end = this.#still[range + 1];
      let first = this.#still[range];
      for (let word = first; word < end; word++) {
        if (words[word] === this.#root[word]) continue;
        keep(first, word);
        follow(word);
        first = word + 1;
      }
      keep(first, end);
    }
    this.#still = Int32Array.from(still);
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
