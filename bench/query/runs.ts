/** The runs that a query is about: finished, interrupted, or being written by another process. */
import { refuseChanged, RunFolder } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import { withoutBulk } from '../run/cell.ts';
import type { CellRecord } from '../run/cell.ts';
import { readStoredCells } from '../run/storedCells.ts';
import type { TableSource } from '../report/tables/table.ts';
import { summarize, summarizeCells } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Its tables have what had ended when it was opened. */
export class QueriedRun implements TableSource {
  /** As it was named. */
  readonly path: string;
  readonly manifest: RunManifest;
  readonly #cellsFile: string;
  readonly #snapshot: Snapshot;
  #summary: readonly SummaryEntry[] | null = null;

  /** Throws InputError when there is no run in `path`, or it was changed since it was complete. */
  constructor(path: string) {
    this.path = path;
    const folder = RunFolder.open(path);
    this.manifest = folder.manifest;
    refuseChanged(folder);
    this.#cellsFile = folder.cellsFile;
    this.#snapshot = takeSnapshot(folder.cellsFile);
  }

  get isComplete(): boolean {
    return this.manifest.digest !== null;
  }

  get records(): Iterable<CellRecord> {
    return this.#snapshot.records;
  }

  get failed(): TableSource['failed'] {
    return this.#snapshot.failed;
  }

  /** Made when it is asked for, and once. Cells that are not in order yet are all looked at together. */
  get summary(): readonly SummaryEntry[] {
    this.#summary ??= this.isComplete
      ? summarizeCells(readStoredCells(this.#cellsFile).cells)
      : summarize(Array.from(this.#snapshot.records, withoutBulk));
    return this.#summary;
  }

  /** Cells that have ended, failed ones too. */
  countEnded(): number {
    return this.#snapshot.count();
  }

  close(): void {
    this.#snapshot.close();
  }
}
