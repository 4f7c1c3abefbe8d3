/** Made-up finished runs for tests of `compare`: real descriptions, cells without a simulation behind them. */
import { writeFileSync } from 'node:fs';
import { loadWorkload } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellRecord } from '../run/cell.ts';
import { RunFolder } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import { digestOf, plainText } from '../run/lines.ts';
import { MADE_UP_MANIFEST, madeUpRecord } from './records.ts';

/** A workload that comes with the package, with `--set` of each of `set`. */
export function workload(name: string, set: readonly string[] = []): ResolvedWorkload {
  return loadWorkload(name, { set, durationNs: null, quick: true });
}

/** Cells of `failures` in a row of seeds, of 50 attempts each, that took `latencyNs`. */
export function cells(
  workloadName: string,
  strategy: string,
  failures: readonly number[],
  { firstSeed = 1, latencyNs = 10_000_000 } = {},
): CellRecord[] {
  return failures.map((count, i) => madeUpRecord(workloadName, strategy, firstSeed + i, 50, count, latencyNs));
}

/** Writes a finished run of these cells to `path`. */
export function finishedRun(
  path: string,
  workloads: readonly ResolvedWorkload[],
  records: readonly CellRecord[],
  changes: Partial<RunManifest> = {},
): void {
  const strategies = [...new Set(records.map(({ strategy }) => strategy))];
  const own = { strategies, workloads, cells: records.length };
  const folder = RunFolder.create(path, { ...MADE_UP_MANIFEST, ...own, ...changes });
  writeFileSync(folder.cellsFile, records.map((record) => `${plainText(record)}\n`).join(''));
  folder.finish(digestOf(records), '');
}
