/** Writing so that it survives: synced to the disk, and whole or not at all. */
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../errors.ts';

/** Replaces `file` by these pieces: a reader, or a crash, sees the old file or the new one. Throws StorageError. */
export function replaceFile(file: string, pieces: Iterable<string | Uint8Array>): void {
  const beside = `${file}.tmp`;
  try {
    const descriptor = openSync(beside, 'w');
    try {
      for (const piece of pieces) writeWhole(descriptor, typeof piece === 'string' ? Buffer.from(piece) : piece);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
    syncDirectory(dirname(file));
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw isOfSystem(thrown) ? new StorageError(file, thrown) : thrown;
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

function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown;
}
