/** An earlier run read back from its folder: checked, and evaluated as when it ended. */
import { join } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import { cellsIn } from '../stats/summarize.ts';
import { evaluate } from './execute.ts';
import type { FinishedRun } from './execute.ts';
import { digestOf, RunFolder } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { crossings, parseThresholds } from './threshold.ts';

/** A finished run and where it is; `crossed` is what its own --fail-if says. */
export interface StoredRun extends FinishedRun {
  readonly path: string;
  readonly manifest: RunManifest;
  readonly digest: string;
}

/** The folder of a finished run with its cells. Throws UsageError when cells are missing, InputError when it was changed or is none. */
export function openFinished(path: string): { folder: RunFolder; lines: ReturnType<RunFolder['readCells']> } {
  const folder = RunFolder.open(path);
  const { manifest } = folder;
  if (manifest.digest === null) {
    const message = `${path} is not complete: some of its ${manifest.cells} cells have not been run`;
    throw new UsageError(message, `continue it with: cma-stress run --resume ${path}`);
  }
  const lines = folder.readCells();
  if (digestOf(lines) !== manifest.digest) {
    const message = 'does not have the digest that run.json says: it was changed since';
    throw new InputError([{ file: join(path, 'cells.ndjson'), line: null, column: null, path: '', message }]);
  }
  return { folder, lines };
}

/** Reads the run in `path` back. Throws as `openFinished`. */
export function readRun(path: string): StoredRun {
  const { folder, lines } = openFinished(path);
  const { manifest } = folder;
  const finished = evaluate(lines, manifest, folder.readTimings());
  const thresholds = parseThresholds(manifest.failIf, lines);
  const crossed = crossings(thresholds, finished.summary, cellsIn(finished.records));
  return { ...finished, crossed, path, manifest, digest: digestOf(lines) };
}
