/** Writing so that it survives: synced to the disk, and whole or not at all. */
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../errors.ts';

/** A file that is being written, beside the one whose place it takes. */
export interface Replacement {
  /** Where it is until then. */
  readonly beside: string;
  readonly write: (piece: string | Uint8Array) => void;
  /** It is whole, and takes the place of what was there. */
  readonly keep: () => void;
  /** It is not. */
  readonly drop: () => void;
}

/** Begins to replace `file`. This, `write` and `keep` throw StorageError; then, too, it is to be dropped. */
export function beginReplacing(file: string): Replacement {
  const beside = `${file}.tmp`;
  const stored = <T>(what: () => T): T => {
    try {
      return what();
    } catch (thrown) {
      throw new StorageError(file, thrown);
    }
  };
  const descriptor = stored(() => openSync(beside, 'w'));
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    beside,
    write: (piece) => stored(() => writeWhole(descriptor, typeof piece === 'string' ? Buffer.from(piece) : piece)),
    keep: () =>
      stored(() => {
        fsyncSync(descriptor);
        close();
        renameSync(beside, file);
        syncDirectory(dirname(file));
      }),
    drop() {
      close();
      rmSync(beside, { force: true });
    },
  };
}

/** Replaces `file` by these pieces: a reader, or a crash, sees the old file or the new one. Throws StorageError. */
export function replaceFile(file: string, pieces: Iterable<string | Uint8Array>): void {
  const replacement = beginReplacing(file);
  try {
    for (const piece of pieces) replacement.write(piece);
    replacement.keep();
  } catch (thrown) {
    replacement.drop();
    throw thrown;
  }
}

/** One call need not write everything. */
function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

/** A rename is only safe once its directory is. */
function syncDirectory(path: string): void {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends lines to a file, each safe once its promise resolves. Lines that come while the disk is busy are written and
 * synced together, so that many short cells do not wait for a sync each.
 */
export class DurableAppender {
  readonly #file: string;
  #handle: FileHandle | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  /** Set by the first failure; nothing is written behind a piece that was. */
  #failed: StorageError | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** `text` ends in a newline. Rejects with StorageError. */
  append(text: string): Promise<void> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeBatch(batch.map(({ text }) => text).join(''));
        for (const { resolve } of batch) resolve();
      } catch (thrown) {
        this.#failed = new StorageError(this.#file, thrown);
        for (const { reject } of [...batch, ...this.#waiting]) reject(this.#failed);
        this.#waiting = [];
      }
    }
    this.#writing = null;
  }

  async #writeBatch(text: string): Promise<void> {
    this.#handle ??= await open(this.#file, 'a');
    const { size } = await this.#handle.stat();
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
    } catch (thrown) {
      // Half a line would be taken for a torn one; but lines in front of it are promised to nobody.
      await this.#handle.truncate(size).catch(() => undefined);
      throw thrown;
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = null;
  }
}
