/** An earlier run read back from its folder: checked, and evaluated as when it ended. */
import { existsSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { evaluate } from './execute.ts';
import type { FinishedRun } from './execute.ts';
import { refuseChanged, RunFolder } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { readStoredCells } from './storedCells.ts';
import type { StoredCells } from './storedCells.ts';
import { crossings, parseThresholds } from './threshold.ts';

/** A finished run and where it is; `crossed` is what its own --fail-if says. */
export interface StoredRun extends FinishedRun {
  readonly path: string;
  readonly manifest: RunManifest;
}

/** A folder of a finished run, its cells not evaluated. */
export interface FinishedFolder extends StoredCells {
  readonly folder: RunFolder;
}

/**
 * The folder of a finished run with its cells. Throws UsageError when cells are missing, InputError when it was changed
 * or is none.
 */
export function openFinished(path: string): FinishedFolder {
  const folder = RunFolder.open(path);
  const { manifest } = folder;
  if (manifest.digest === null) {
    const message = `${path} is not complete: some of its ${manifest.cells} cells have not been run`;
    throw new UsageError(message, `continue it with: cma-stress run --resume ${path}`);
  }
  if (!existsSync(folder.cellsFile)) refuseChanged(folder, null);
  const stored = readStoredCells(folder.cellsFile);
  refuseChanged(folder, stored.digest);
  if (stored.early !== null) throw stored.early;
  return { folder, ...stored };
}

/** Reads the run in `path` back. Throws as `openFinished`. */
export function readRun(path: string): StoredRun {
  const { folder, cells, digest } = openFinished(path);
  const { manifest } = folder;
  const finished = evaluate(cells, digest, manifest);
  const thresholds = parseThresholds(manifest.failIf, [...cells.groups, ...cells.failed]);
  const crossed = crossings(thresholds, finished.summary, cells.cellsOf);
  return { ...finished, crossed, path, manifest };
}
