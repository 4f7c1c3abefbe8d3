/**
 * The cells that a run has at a moment, read line by line as often as asked: what is appended later, and the file that takes
 * the place of this one when the run ends, are not seen.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isFailed } from '../run/cell.ts';
import type { CellLine, CellRecord, FailedCell } from '../run/cell.ts';
import { parseLine } from '../run/folder.ts';

/** Read at a time; a longer line takes several. */
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export interface Snapshot {
  readonly records: Iterable<CellRecord>;
  readonly failed: Iterable<FailedCell>;
  /** Lines of cells that have ended, without looking into them. */
  count(): number;
  close(): void;
}

/** Takes hold of the cells of the run in `path`; none where there is no file yet. Reading throws InputError for a line that is none. */
export function takeSnapshot(path: string): Snapshot {
  const name = join(path, 'cells.ndjson');
  const file = openIfThere(name);
  const end = file === null ? 0 : fstatSync(file).size;
  const texts = (): Iterable<Buffer> => (file === null ? [] : linesOf(file, end));
  function* lines(): Iterable<CellLine> {
    let number = 0;
    for (const text of texts()) yield parseLine(text.toString(), name, ++number);
  }
  function* chosen<Line extends CellLine>(isChosen: (line: CellLine) => line is Line): Iterable<Line> {
    for (const line of lines()) if (isChosen(line)) yield line;
  }
  return {
    records: { [Symbol.iterator]: () => chosen(hasResults)[Symbol.iterator]() },
    failed: { [Symbol.iterator]: () => chosen(isFailed)[Symbol.iterator]() },
    count() {
      let lines = 0;
      for (const text of texts()) if (text.length > 0) lines++;
      return lines;
    },
    close() {
      if (file !== null) closeSync(file);
    },
  };
}

function hasResults(line: CellLine): line is CellRecord {
  return !isFailed(line);
}

function openIfThere(name: string): number | null {
  try {
    return openSync(name, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Without their newlines. A last line that has none is still being written, or was torn, and is left out. */
function* linesOf(file: number, end: number): Iterable<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let begun: Buffer[] = [];
  for (let at = 0; at < end;) {
    const length = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
    if (length === 0) return;
    at += length;
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1 && to < length; to = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, to)]);
      begun = [];
      from = to + 1;
    }
    if (from < length) begun.push(Buffer.from(chunk.subarray(from, length)));
  }
}
