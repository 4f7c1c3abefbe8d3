/** The runs that a query is about: finished, interrupted, or being written by another process. */
import { RunFolder } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import { documentOf } from '../run/cell.ts';
import type { CellRecord } from '../run/cell.ts';
import type { TableSource } from '../report/tables/table.ts';
import { summarize } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** Its tables have what had ended when it was opened. */
export class QueriedRun implements TableSource {
  /** As it was named. */
  readonly path: string;
  readonly manifest: RunManifest;
  readonly #snapshot: Snapshot;
  #summary: readonly SummaryEntry[] | null = null;

  /** Throws InputError when there is no run in `path`. */
  constructor(path: string) {
    this.path = path;
    this.manifest = RunFolder.open(path).manifest;
    this.#snapshot = takeSnapshot(path);
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

  /** Made when it is asked for, and once. */
  get summary(): readonly SummaryEntry[] {
    this.#summary ??= summarize(Array.from(this.#snapshot.records, withoutBulk));
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

/** All that statistics need: what takes the most memory is left behind. */
function withoutBulk(record: CellRecord): CellRecord {
  return { ...documentOf(record), histograms: record.histograms, samples: [] };
}
