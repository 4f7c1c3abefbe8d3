/**
 * Where the typed arrays of a kernel come from: memory of their own each, or one piece of memory for all of them.
 *
 * The explorer of interleavings keeps a whole small kernel in one piece, so that saving and restoring its state is one
 * copy. Who builds the kernel says which of the two it is (`inArena`), and not every room: a device is built outside of
 * any arena.
 */

/** A piece of memory that typed arrays are cut from, one after the other. */
export class Arena {
  readonly #buffer: ArrayBuffer;
  #used = 0;

  /** `bytes`: the most that can be cut from it. */
  constructor(bytes: number) {
    this.#buffer = new ArrayBuffer(bytes);
  }

  /** Everything cut so far, as 32-bit words: what a copy of the state consists of. */
  words(): Int32Array {
    return new Int32Array(this.#buffer, 0, this.#used >> 2);
  }

  /** Offset of `bytes` more, at a multiple of 4. Throws RangeError when they do not fit. */
  take(bytes: number): number {
    const at = this.#used;
    const end = (at + bytes + 3) & ~3;
    if (end > this.#buffer.byteLength) throw new RangeError(`an arena of ${this.#buffer.byteLength} bytes is used up`);
    this.#used = end;
    return at;
  }

  get buffer(): ArrayBuffer {
    return this.#buffer;
  }
}

let current: Arena | null = null;

/** Runs `build`; the arrays made below by it are cut from the arena. */
export function inArena<T>(arena: Arena, build: () => T): T {
  const outer = current;
  current = arena;
  try {
    return build();
  } finally {
    current = outer;
  }
}

/** A zeroed array that is part of a kernel's state. */
export function int32(length: number): Int32Array {
  return current === null ? new Int32Array(length) : new Int32Array(current.buffer, current.take(length * 4), length);
}

/** The same of 16-bit numbers. */
export function uint16(length: number): Uint16Array {
  return current === null ? new Uint16Array(length) : new Uint16Array(current.buffer, current.take(length * 2), length);
}

/** The same of bytes. */
export function uint8(length: number): Uint8Array {
  return current === null ? new Uint8Array(length) : new Uint8Array(current.buffer, current.take(length), length);
}
