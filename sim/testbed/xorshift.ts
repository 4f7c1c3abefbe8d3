/**
 * The random numbers of the testbed's program, bit for bit: its 64-bit xorshift generator (Marsaglia, "Xorshift RNGs",
 * 2003, shifts 13, 7, 17) and its mixing function of three numbers. A 64-bit number is two halves of 32 bits.
 */

const TWO_32 = 4294967296;
const MASK_64 = (1n << 64n) - 1n;

/** The program's hash of three numbers: what its contents, classes and seeds are drawn from. */
export function mix(a: number, b: number, c: number): bigint {
  let z =
    (BigInt(a) * 0x9e3779b97f4a7c15n + BigInt(b) * 0xbf58476d1ce4e5b9n + BigInt(c) * 0x94d049bb133111ebn + 0x1234567n) &
    MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

/** mix(a, b, c) modulo n. */
export function mixBelow(a: number, b: number, c: number, n: number): number {
  return Number(mix(a, b, c) % BigInt(n));
}

export class Xorshift {
  #high: number;
  #low: number;

  /** `state`: any 64-bit number but 0. */
  constructor(state: bigint) {
    this.#high = Number((state >> 32n) & 0xffffffffn) | 0;
    this.#low = Number(state & 0xffffffffn) | 0;
  }

  /** As the program seeds each process: a mix of three numbers, made odd. */
  static seeded(a: number, b: number, c: number): Xorshift {
    return new Xorshift(mix(a, b, c) | 1n);
  }

  /** The next number modulo n; n up to 2^26, so that products stay exact. */
  below(n: number): number {
    this.#step();
    return (((this.#high >>> 0) % n) * (TWO_32 % n) + ((this.#low >>> 0) % n)) % n;
  }

  /** Uniform over [0, 1): the upper 53 bits. */
  unit(): number {
    this.#step();
    return ((this.#high >>> 0) * 2097152 + (this.#low >>> 11)) / 9007199254740992;
  }

  skip(): void {
    this.#step();
  }

  #step(): void {
    let high = this.#high;
    let low = this.#low;
    high ^= (high << 13) | (low >>> 19);
    low ^= low << 13;
    low ^= (low >>> 7) | (high << 25);
    high ^= high >>> 7;
    high ^= (high << 17) | (low >>> 15);
    low ^= low << 17;
    this.#high = high;
    this.#low = low;
  }
}
