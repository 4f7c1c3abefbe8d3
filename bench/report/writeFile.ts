/** Reports go beside the file and are renamed, so that a reader never sees half of one. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/** Writes `pieces` one after the other to `file`, replacing what is there. Throws UsageError when that cannot be. */
export function writePieces(file: string, pieces: Iterable<string | Uint8Array>): void {
  const beside = `${file}.tmp`;
  let open: number;
  try {
    open = openSync(beside, 'w');
  } catch (thrown) {
    throw cannot(file, thrown);
  }
  try {
    for (const piece of pieces) writeAll(open, typeof piece === 'string' ? Buffer.from(piece) : piece);
    closeSync(open);
    renameSync(beside, file);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw isOfSystem(thrown) ? cannot(file, thrown) : thrown;
  }
}

/** The directory, made where it is missing. Throws UsageError when that cannot be. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (thrown) {
    throw cannot(path, thrown);
  }
}

/** One call need not write everything. */
function writeAll(open: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(open, bytes, done);
}

function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown;
}

function cannot(path: string, thrown: unknown): UsageError {
  return new UsageError(`cannot write ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}
