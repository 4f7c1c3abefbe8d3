/**
 * The cells of a finished run, read from its `cells.ndjson` as they are asked for. Short files are kept in memory; of a
 * long one the groups that were asked for last, so that a run of a million cells can be evaluated.
 */
import { createHash } from 'node:crypto';
import type { InputError } from '../errors.ts';
import { groupKey } from '../plan/index.ts';
import { isFailed, withoutBulk } from './cell.ts';
import type { CellLine, CellRecord, FailedCell } from './cell.ts';
import { cellStore } from './cellStore.ts';
import type { CellGroup, CellStore } from './cellStore.ts';
import { parseLine, readLine, storedLines } from './lines.ts';
import { earlyProblem } from './metrics.ts';

/** Bytes of lines that are kept parsed. Parsed they take about three times as much. */
const KEPT_BYTES = 1 << 25;
/** Groups kept however long: a strategy and the baseline that it is compared with. */
const LEAST_GROUPS = 2;

export interface StoredCells {
  readonly cells: CellStore;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** The first cell that cannot be evaluated, as an early version wrote it. */
  readonly early: InputError | null;
}

/** Where lines of a group stand one behind the other. */
interface Range {
  readonly start: number;
  end: number;
}

interface Group extends CellGroup {
  readonly ranges: Range[];
}

/**
 * Reads a file whose lines are in plan order once, and keeps what finds them again. Throws InputError at a bad line.
 */
export function readStoredCells(file: string): StoredCells {
  const digest = createHash('sha256');
  const groups = new Map<string, Group>();
  const failed: FailedCell[] = [];
  let early: InputError | null = null;
  let kept: CellLine[] | null = [];
  let bytes = 0;
  let count = 0;
  for (const { text: stored, number, offset, length } of storedLines(file)) {
    const { text, line } = readLine(stored, file, number);
    digest.update(`${text}\n`);
    count++;
    bytes += length;
    if (bytes > KEPT_BYTES) kept = null;
    kept?.push(line);
    if (isFailed(line)) failed.push(line);
    else {
      early ??= earlyProblem(line, file, number);
      addTo(groups, line, offset, length);
    }
  }
  const cells = kept === null ? storeOnDisk(file, count, failed, groups) : cellStore(kept);
  return { cells, digest: digest.digest('hex'), early };
}

function addTo(groups: Map<string, Group>, { workload, strategy }: CellGroup, offset: number, length: number): void {
  const key = groupKey({ workload, strategy });
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = { workload, strategy, ranges: [] }));
  const last = group.ranges.at(-1);
  if (last?.end === offset) last.end += length;
  else group.ranges.push({ start: offset, end: offset + length });
}

function storeOnDisk(
  file: string,
  count: number,
  failed: readonly FailedCell[],
  groups: ReadonlyMap<string, Group>,
): CellStore {
  // In the order in which they were asked for last.
  const recent = new Map<string, { cells: readonly CellRecord[]; bytes: number }>();
  const cellsOf = (wanted: CellGroup): readonly CellRecord[] => {
    const key = groupKey(wanted);
    const group = groups.get(key);
    if (group === undefined) return [];
    const bytes = group.ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    const found = recent.get(key) ?? { cells: cellsIn(file, group, bytes > KEPT_BYTES), bytes };
    recent.delete(key);
    recent.set(key, found);
    forgetOldest(recent);
    return found.cells;
  };
  return {
    count,
    failed,
    records: { [Symbol.iterator]: () => recordsIn(file, { start: 0, end: Infinity }) },
    groups: [...groups.values()].map(({ workload, strategy }) => ({ workload, strategy })),
    cellsOf,
    recordOf: (cell) => recordIn(file, groups.get(groupKey(cell)), cell.id),
  };
}

function cellsIn(file: string, { ranges }: Group, isLong: boolean): CellRecord[] {
  const cells: CellRecord[] = [];
  for (const range of ranges)
    for (const record of recordsIn(file, range)) cells.push(isLong ? withoutBulk(record) : record);
  return cells;
}

function recordIn(file: string, group: Group | undefined, id: string): CellRecord | undefined {
  const begins = `{"id":${JSON.stringify(id)},`;
  for (const { start, end } of group?.ranges ?? [])
    for (const { text, number } of storedLines(file, start, end))
      if (text.startsWith(begins)) return parseLine(text, file, number) as CellRecord;
  return undefined;
}

function forgetOldest(recent: Map<string, { readonly bytes: number }>): void {
  let bytes = 0;
  for (const entry of recent.values()) bytes += entry.bytes;
  for (const [key, entry] of recent) {
    if (bytes <= KEPT_BYTES || recent.size <= LEAST_GROUPS) return;
    recent.delete(key);
    bytes -= entry.bytes;
  }
}

function* recordsIn(file: string, { start, end }: Range): Generator<CellRecord> {
  for (const { text, number } of storedLines(file, start, end)) {
    const line = parseLine(text, file, number);
    if (!isFailed(line)) yield line;
  }
}
