/**
 * The cells that a run has at a moment, read line by line as often as asked: what is appended later, and the file that
 * takes the place of this one when the run ends, are not seen.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isFailed } from '../run/cell.ts';
import type { CellLine, CellRecord, FailedCell } from '../run/cell.ts';
import { parseLine, storedLines } from '../run/lines.ts';
import { earlyProblem } from '../run/metrics.ts';
import type { StoredLine } from '../run/lines.ts';

export interface Snapshot {
  readonly records: Iterable<CellRecord>;
  readonly failed: Iterable<FailedCell>;
  /** Lines of cells that have ended, without looking into them. */
  count(): number;
  close(): void;
}

/**
 * Takes hold of the cells in `name`; none where there is no such file yet. Reading throws InputError for a line that is
 * none.
 */
export function takeSnapshot(name: string): Snapshot {
  const file = openIfThere(name);
  const end = file === null ? 0 : fstatSync(file).size;
  const stored = (): Iterable<StoredLine> => (file === null ? [] : storedLines(file, 0, end));
  function* chosen<Line extends CellLine>(isChosen: (line: CellLine) => line is Line): Iterable<Line> {
    for (const { text, number } of stored()) {
      const line = parseLine(text, name, number);
      const early = isFailed(line) ? null : earlyProblem(line, name, number);
      if (early !== null) throw early;
      if (isChosen(line)) yield line;
    }
  }
  return {
    records: { [Symbol.iterator]: () => chosen(hasResults)[Symbol.iterator]() },
    failed: { [Symbol.iterator]: () => chosen(isFailed)[Symbol.iterator]() },
    count() {
      let last = 0;
      for (const { number } of stored()) last = number;
      return last;
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
