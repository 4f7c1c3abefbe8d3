/**
 * Reports go beside the file and are renamed, so that a reader never sees half of one. What cannot be written is bad
 * usage.
 */
import { mkdirSync } from 'node:fs';
import { StorageError, UsageError } from '../errors.ts';
import { beginReplacing, replaceFile } from '../run/durable.ts';
import type { Replacement } from '../run/durable.ts';

/**
 * Begins to replace `file`. This, `write` and `keep` throw UsageError when that cannot be; then, too, it is to be
 * dropped.
 */
export function beginReport(file: string): Replacement {
  const { beside, write, keep, drop } = asUsage(() => beginReplacing(file));
  return { beside, write: (piece) => asUsage(() => write(piece)), keep: () => asUsage(keep), drop };
}

/** Writes `pieces` one after the other to `file`, replacing what is there. Throws UsageError when that cannot be. */
export function writePieces(file: string, pieces: Iterable<string | Uint8Array>): void {
  asUsage(() => replaceFile(file, pieces));
}

/** The directory, made where it is missing. Throws UsageError when that cannot be. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (thrown) {
    throw new UsageError(new StorageError(path, thrown).message);
  }
}

function asUsage<T>(what: () => T): T {
  try {
    return what();
  } catch (thrown) {
    throw thrown instanceof StorageError ? new UsageError(thrown.message) : thrown;
  }
}
