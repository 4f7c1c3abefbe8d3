/**
 * Where the typed arrays of a kernel come from: memory of their own each, or one piece of memory for all of them.
 *
 * The explorer of interleavings keeps a whole small kernel in one piece, so that saving and restoring its state is one
 * copy; a thread that runs one cell after the other uses the memory of one device for the next. Who builds the kernel
 * says which of them it is (`inArena`), and not every room: otherwise a device is built outside of any arena.
 */

/** `take` says so where an array does not fit: it gets memory of its own. */
const OWN_MEMORY = -1;

/** A piece of memory that typed arrays are cut from, one after the other. */
interface Source {
  readonly buffer: ArrayBuffer;
  /** Offset of `bytes` more, at a multiple of 4; or OWN_MEMORY. */
  take(bytes: number): number;
}

/** Memory of a given size. */
export class Arena implements Source {
  readonly buffer: ArrayBuffer;
  #used = 0;

  /** `bytes`: the most that can be cut from it. */
  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(bytes);
  }

  /** Everything cut so far, as 32-bit words: what a copy of the state consists of. */
  words(): Int32Array {
    return new Int32Array(this.buffer, 0, this.#used >> 2);
  }

  /** Throws RangeError when they do not fit. */
  take(bytes: number): number {
    const at = this.#used;
    const end = (at + bytes + 3) & ~3;
    if (end > this.buffer.byteLength) throw new RangeError(`an arena of ${this.buffer.byteLength} bytes is used up`);
    this.#used = end;
    return at;
  }
}

/** Arrays begin at a cache line: a record of tree nodes, 16 bytes, never lies in two. */
const LINE = 64;

/**
 * Memory of one device after the other, as large as the largest of them wanted it. Fresh pages cost more than a boot's
 * own work on them: the system zeroes each at the first touch (measured: a device starts in 0.55 to 0.68 of the time).
 */
export class ReusedArena implements Source {
  #buffer = new ArrayBuffer(0);
  #wanted = 0;

  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  /** Builds a device whose arrays are cut from it; those of the one before must not be used any more. */
  build<T>(build: () => T): T {
    this.#clear();
    return inArena(this, build);
  }

  take(bytes: number): number {
    const at = this.#wanted;
    this.#wanted += Math.ceil(bytes / LINE) * LINE;
    return this.#wanted > this.#buffer.byteLength ? OWN_MEMORY : at;
  }

  #clear(): void {
    const size = this.#buffer.byteLength;
    if (this.#wanted > size) this.#buffer = new ArrayBuffer(this.#wanted);
    else new Uint8Array(this.#buffer, 0, this.#wanted).fill(0);
    this.#wanted = 0;
  }
}

let current: Source | null = null;

/** Runs `build`; the arrays made below by it are cut from the arena. */
export function inArena<T>(arena: Source, build: () => T): T {
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
  const at = current === null ? OWN_MEMORY : current.take(length * 4);
  return at === OWN_MEMORY ? new Int32Array(length) : new Int32Array(current!.buffer, at, length);
}

/** The same of 16-bit numbers. */
export function uint16(length: number): Uint16Array {
  const at = current === null ? OWN_MEMORY : current.take(length * 2);
  return at === OWN_MEMORY ? new Uint16Array(length) : new Uint16Array(current!.buffer, at, length);
}

/** The same of bytes. */
export function uint8(length: number): Uint8Array {
  const at = current === null ? OWN_MEMORY : current.take(length);
  return at === OWN_MEMORY ? new Uint8Array(length) : new Uint8Array(current!.buffer, at, length);
}
