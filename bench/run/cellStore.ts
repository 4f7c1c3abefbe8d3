/** The cells of a run as statistics and reports ask for them: one by one, or those of a workload under a strategy. */
import { groupKey } from '../plan/index.ts';
import { isFailed } from './cell.ts';
import type { CellLine, CellRecord, FailedCell } from './cell.ts';

/** A workload under a strategy. */
export interface CellGroup {
  readonly workload: string;
  readonly strategy: string;
}

export interface CellStore {
  /** Cells with results and failed ones. */
  readonly count: number;
  readonly failed: readonly FailedCell[];
  /** Those with results in plan order; each loop over them reads them anew. */
  readonly records: Iterable<CellRecord>;
  /** Of which a cell has results, in the order of the plan. */
  readonly groups: readonly CellGroup[];
  /**
   * Those with results. They may be read from disk at each call: not to be kept for many groups at once. A very long
   * group comes without the bulk (requests one by one, state over time).
   */
  readonly cellsOf: (group: CellGroup) => readonly CellRecord[];
  /** One of them, whole; undefined for one that failed or is not there. */
  readonly recordOf: (cell: CellGroup & { readonly id: string }) => CellRecord | undefined;
}

/** Cells that are in memory already, in plan order. */
export function cellStore(lines: readonly CellLine[]): CellStore {
  const records = lines.filter((line): line is CellRecord => !isFailed(line));
  const groups = new Map<string, { group: CellGroup; cells: CellRecord[] }>();
  for (const record of records) {
    const key = groupKey(record);
    let entry = groups.get(key);
    if (entry === undefined)
      groups.set(key, (entry = { group: { workload: record.workload, strategy: record.strategy }, cells: [] }));
    entry.cells.push(record);
  }
  return {
    count: lines.length,
    failed: lines.filter(isFailed),
    records,
    groups: [...groups.values()].map(({ group }) => group),
    cellsOf: (group) => groups.get(groupKey(group))?.cells ?? [],
    recordOf: (cell) => groups.get(groupKey(cell))?.cells.find(({ id }) => id === cell.id),
  };
}
