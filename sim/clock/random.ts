/**
 * Random numbers of the model: one stream for each actor, derived from (seed, name), so that what one actor draws never
 * depends on another (common random numbers: strategies are compared on the same lives).
 *
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand, public domain), own code. Seeding: FNV-1a over seed and name,
 * spread over the state by the finalizer of MurmurHash3 (Austin Appleby, public domain). Only integer operations and
 * exact IEEE arithmetic, so that every engine draws the same numbers.
 */

const TWO_32 = 4294967296;
const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const GOLDEN = 0x9e3779b9;
/** Outputs thrown away after seeding, as sfc32's own seeding does. */
const WARM_UP = 15;
/** Up to here the product of a 32-bit number and n is exact in a double. */
const EXACT_LIMIT = 1 << 21;

/** The finalizer of MurmurHash3: a bijection of 32-bit integers, signed result. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a over the UTF-16 code units of `text`, signed result. */
export function hashText(text: string, start = FNV_OFFSET): number {
  let h = start | 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), FNV_PRIME);
    h = Math.imul(h ^ (unit >> 8), FNV_PRIME);
  }
  return h;
}

export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  /** The exponential number drawn last: in a field, where V8 makes no object of it, as it does of a result. */
  #drawn = NaN;

  /** `seed`: an integer of up to 53 bits. */
  constructor(seed: number, name: string) {
    const low = seed >>> 0;
    const high = Math.floor(seed / TWO_32) | 0;
    const base = hashText(name, mix32(low) ^ mix32(high + GOLDEN));
    this.#a = mix32(base + GOLDEN);
    this.#b = mix32((base ^ low) + Math.imul(2, GOLDEN));
    this.#c = mix32((base ^ high) + Math.imul(3, GOLDEN));
    for (let i = 0; i < WARM_UP; i++) this.#next();
  }

  /** A stream with this very state, for tests of the generator itself. */
  static fromState(a: number, b: number, c: number, counter: number): Stream {
    const stream = new Stream(0, '');
    stream.#a = a;
    stream.#b = b;
    stream.#c = c;
    stream.#counter = counter;
    return stream;
  }

  /** Uniform over 0 .. 2^32 - 1. */
  nextUint32(): number {
    return this.#next() >>> 0;
  }

  /**
   * Uniform over 0 .. n - 1, without bias. n: 1 .. 2^32. Lemire's method (arXiv 1805.10941) where doubles are exact.
   */
  below(n: number): number {
    if (n > EXACT_LIMIT) return this.#belowLarge(n);
    let product = this.nextUint32() * n;
    let whole = Math.floor(product / TWO_32);
    let rest = product - whole * TWO_32;
    if (rest < n) {
      const threshold = TWO_32 % n;
      while (rest < threshold) {
        product = this.nextUint32() * n;
        whole = Math.floor(product / TWO_32);
        rest = product - whole * TWO_32;
      }
    }
    return whole;
  }

  /** Uniform over [0, 1), a multiple of 2^-32. */
  unit(): number {
    return this.nextUint32() / TWO_32;
  }

  /** True with probability p. Always draws one number, so that the order of draws does not depend on p. */
  chance(p: number): boolean {
    return this.nextUint32() < p * TWO_32;
  }

  /**
   * Exponential with the given mean, without a logarithm: von Neumann's comparison method ("Various techniques used in
   * connection with random digits", NBS AMS 12, 1951). The first number of a run of descending uniforms is accepted
   * when the run's length is odd; each rejection adds 1.
   */
  exponential(mean: number): number {
    this.#drawExponential(mean);
    return this.#drawn;
  }

  /** Whole ns until the next event of a Poisson process, whose events are `meanNs` apart on average. */
  interval(meanNs: number): number {
    this.#drawExponential(meanNs);
    return Math.ceil(this.#drawn);
  }

  /** Index into `weights`, each with probability weight / `total` (their sum). */
  weighted(weights: readonly number[], total: number): number {
    let at = this.unit() * total;
    for (let i = 0; i < weights.length - 1; i++) {
      at -= weights[i];
      if (at < 0) return i;
    }
    return weights.length - 1;
  }

  /** Fisher and Yates, in place, the first `count` elements. */
  shuffle(values: Int32Array, count = values.length): void {
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }

  /** 32 bits as a signed integer, which V8 needs no object for. */
  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  #drawExponential(mean: number): void {
    for (let whole = 0; ; whole++) {
      const first = this.nextUint32();
      let last = first;
      let length = 1;
      for (;;) {
        const next = this.nextUint32();
        if (next >= last) break;
        last = next;
        length++;
      }
      if ((length & 1) === 1) {
        this.#drawn = (whole + first / TWO_32) * mean;
        return;
      }
    }
  }

  #belowLarge(n: number): number {
    const limit = TWO_32 - (TWO_32 % n);
    let value = this.nextUint32();
    while (value >= limit) value = this.nextUint32();
    return value % n;
  }
}
