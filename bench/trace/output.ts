/** Where a trace goes: a file, or stdout. Never more than a little of it is in memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { messageOf, UsageError } from '../errors.ts';

const CHUNK = 1 << 16;

export interface Output {
  /** Bytes handed on so far. */
  readonly bytes: number;
  write(text: string): void;
  /** Writes over what stands at `position`, where that can be done. */
  patch(position: number, text: string): void;
  /** Resolves when whoever reads has kept up. */
  drained(): Promise<void>;
  close(): void;
}

/** Collects text into chunks. */
abstract class Chunked implements Output {
  bytes = 0;
  /** Most characters that were ever held back. */
  peak = 0;
  #text = '';
  /** Memory of each chunk in turn: new memory for each costs as much as what it is filled with. */
  #memory = Buffer.allocUnsafe(0);

  write(text: string): void {
    this.#text += text;
    if (this.#text.length > this.peak) this.peak = this.#text.length;
    if (this.#text.length >= CHUNK) this.flush();
  }

  flush(): void {
    const text = this.#text;
    this.#text = '';
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#memory.length) this.#memory = Buffer.allocUnsafe(bytes + CHUNK);
    // ASCII, as nearly all of it is, takes half as long when it is copied as what it is.
    this.#memory.write(text, bytes === text.length ? 'latin1' : 'utf8');
    this.bytes += bytes;
    this.put(this.#memory.subarray(0, bytes));
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
