/** What keeps the results of a run while it goes on: its folder (folder.ts), or memory (memoryRun.ts). */
import type { Plan } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import type { CellLine } from './cell.ts';
import type { CellStore } from './cellStore.ts';
import type { RunManifest } from './folder.ts';
import type { UntilCi } from './rounds.ts';

export interface RunKeeper {
  readonly manifest: RunManifest;
  /** Cells are about to be run: it is not complete, whatever it was. */
  reopen(): void;
  /** The next round of `--until-ci`: more cells in the plan. */
  extend(untilCi: UntilCi, cells: number): void;
  /** Wall seconds of a cell: information only. */
  appendTiming(id: string, wallSeconds: number): void;
  /** Where a cell's error came from. */
  appendError(id: string, stack: string): void;
  /** The lines of the plan's cells that are kept by now, open for more. */
  journal(plan: Plan): CellJournal;
  /** All lines once they are in order, and the SHA-256 of their file. */
  stored(): { readonly cells: CellStore; readonly digest: string };
}

/** Lines of cells in whatever order they end. */
export interface CellJournal {
  /** Lines that cannot be used; their cells are run again. */
  readonly damaged: number;
  /** Cells with a line, failed ones among them. */
  readonly done: number;
  /** Cells of the plan that have no line, in its order. */
  missing(): Iterable<Cell>;
  lines(): IterableIterator<CellLine>;
  /** Resolves when the line is safe. */
  append(line: CellLine): Promise<void>;
  close(): Promise<void>;
  /** All cells have a line, and no more follow. */
  putInOrder(): void;
}
