/** Reports go beside the file and are renamed, so that a reader never sees half of one. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/** A file that is being written, beside the one whose place it takes. */
export interface Written {
  /** Where it is until then. */
  readonly beside: string;
  write(piece: string | Uint8Array): void;
  /** It is whole: takes the place of what was there. */
  keep(): void;
  /** It is not. */
  drop(): void;
}

/** Begins to replace `file`. This, `write` and `keep` throw UsageError when that cannot be; then, too, it is to be dropped. */
export function replaceFile(file: string): Written {
  const beside = `${file}.tmp`;
  const orCannot = <T>(what: () => T): T => {
    try {
      return what();
    } catch (thrown) {
      throw cannot(file, thrown);
    }
  };
  const open = orCannot(() => openSync(beside, 'w'));
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(open);
    isOpen = false;
  };
  return {
    beside,
    write(piece) {
      orCannot(() => {
        writeAll(open, typeof piece === 'string' ? Buffer.from(piece) : piece);
      });
    },
    keep() {
      orCannot(() => {
        close();
        renameSync(beside, file);
      });
    },
    drop() {
      close();
      rmSync(beside, { force: true });
    },
  };
}

/** Writes `pieces` one after the other to `file`, replacing what is there. Throws UsageError when that cannot be. */
export function writePieces(file: string, pieces: Iterable<string | Uint8Array>): void {
  const written = replaceFile(file);
  try {
    for (const piece of pieces) written.write(piece);
    written.keep();
  } catch (thrown) {
    written.drop();
    throw thrown;
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

function cannot(path: string, thrown: unknown): UsageError {
  return new UsageError(`cannot write ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}
