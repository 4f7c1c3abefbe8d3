/** Where a trace goes: a file, or stdout. Never more than a little of it is in memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { messageOf, UsageError } from '../errors.ts';

const CHUNK = 1 << 16;

export interface Output {
  /** Bytes handed on so far. */
  readonly bytes: number;
  write(text: string): void;
  /** UTF-8 that is kept for what is written often. */
  piece(bytes: Uint8Array): void;
  /** A whole number from 0 on. */
  decimal(value: number): void;
  /** One of 32 bits at most. */
  hex(value: number): void;
  /** Writes over what stands at `position`, where that can be done. */
  patch(position: number, text: string): void;
  /** Resolves when whoever reads has kept up. */
  drained(): Promise<void>;
  close(): void;
}

/** Digits of any whole number. */
const MOST_DIGITS = 16;
/** Numbers are written in parts of six digits, each a whole number of 32 bits. */
const PART = 1e6;
const PART_DIGITS = 6;
const ZERO = 0x30;
/** What lies between 9 and a. */
const TO_LETTERS = 0x61 - ZERO - 10;

/** Collects text into chunks. */
export abstract class Chunked implements Output {
  bytes = 0;
  /** Most letters that were ever held back. */
  peak = 0;
  /** Behind what is in memory already. */
  #text = '';
  /** Memory of each chunk in turn: new memory for each costs as much as what it is filled with. */
  #memory = Buffer.allocUnsafe(CHUNK);
  #filled = 0;

  write(text: string): void {
    this.#text += text;
    const held = this.#filled + this.#text.length;
    if (held > this.peak) this.peak = held;
    if (held >= CHUNK) this.flush();
  }

  piece(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#makeRoom(length);
    const memory = this.#memory;
    let at = this.#filled;
    // Shorter than what a call of `set` takes.
    for (let i = 0; i < length; i++) memory[at++] = bytes[i];
    this.#filled = at;
  }

  decimal(value: number): void {
    this.#makeRoom(MOST_DIGITS);
    const high = Math.floor(value / PART);
    if (high >= PART) this.#digits(Math.floor(high / PART), 0);
    if (high > 0) this.#digits(high % PART, high >= PART ? PART_DIGITS : 0);
    this.#digits(value - high * PART, high > 0 ? PART_DIGITS : 0);
  }

  hex(value: number): void {
    this.#makeRoom(MOST_DIGITS);
    const memory = this.#memory;
    let shift = value >= 0x10000 ? 28 : 12;
    while (shift > 0 && value >>> shift === 0) shift -= 4;
    for (; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 0xf;
      memory[this.#filled++] = ZERO + digit + (digit > 9 ? TO_LETTERS : 0);
    }
  }

  flush(): void {
    this.#settle();
    const bytes = this.#filled;
    this.#filled = 0;
    this.bytes += bytes;
    this.put(this.#memory.subarray(0, bytes));
  }

  /** A whole number below PART, with zeros before it up to `least` digits. */
  #digits(value: number, least: number): void {
    const memory = this.#memory;
    let digits = 1;
    for (let limit = 10; digits < PART_DIGITS && value >= limit; limit *= 10) digits++;
    if (digits < least) digits = least;
    const end = this.#filled + digits;
    let rest = value;
    for (let at = end - 1; at >= this.#filled; at--) {
      const tenth = (rest / 10) | 0;
      memory[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.#filled = end;
  }

  /** For so many bytes behind everything that was written. */
  #makeRoom(bytes: number): void {
    if (this.#text !== '') this.#settle();
    if (this.#filled + bytes <= this.#memory.length) return;
    if (this.#filled > this.peak) this.peak = this.#filled;
    this.flush();
    if (bytes > this.#memory.length) this.#memory = Buffer.allocUnsafe(bytes);
  }

  /** Puts the text into memory. */
  #settle(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    const bytes = Buffer.byteLength(text);
    this.#makeRoom(bytes);
    // ASCII, as nearly all of it is, takes half as long when it is copied as what it is.
    this.#memory.write(text, this.#filled, bytes === text.length ? 'latin1' : 'utf8');
    this.#filled += bytes;
  }

  /** `chunk` is used again when this returns. */
  protected abstract put(chunk: Buffer): void;
  abstract patch(position: number, text: string): void;
  abstract drained(): Promise<void>;

  close(): void {
    this.flush();
  }
}

export class FileOutput extends Chunked {
  readonly #fd: number;

  /** Throws UsageError when the file cannot be written. */
  constructor(path: string) {
    super();
    try {
      this.#fd = openSync(path, 'w');
    } catch (thrown) {
      throw new UsageError(`cannot write ${path}: ${messageOf(thrown)}`);
    }
  }

  protected put(chunk: Buffer): void {
    for (let done = 0; done < chunk.length;) done += writeSync(this.#fd, chunk, done);
  }

  patch(position: number, text: string): void {
    this.flush();
    writeSync(this.#fd, text, position);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  override close(): void {
    super.close();
    closeSync(this.#fd);
  }
}

export class StreamOutput extends Chunked {
  #isFull = false;
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream) {
    super();
    this.#stream = stream;
  }

  protected put(chunk: Buffer): void {
    if (!this.#stream.write(Buffer.from(chunk))) this.#isFull = true;
  }

  patch(): void {
    // What was handed on is with the reader.
  }

  async drained(): Promise<void> {
    if (!this.#isFull) return;
    await once(this.#stream, 'drain');
    this.#isFull = false;
  }
}
