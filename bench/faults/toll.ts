/** Counts what a run lost, doubled or changed, against an uninterrupted run of the same plan. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailed, type CellLine } from '../run/cell.ts';
import type { RunManifest } from '../run/folder.ts';
import { intactLine } from '../run/lines.ts';
import type { Toll } from './fault.ts';

/** The uninterrupted run. */
export interface Reference {
  /** By id. */
  readonly lines: ReadonlyMap<string, string>;
  readonly bytes: string;
  readonly digest: string | null;
}

export function readReference(path: string): Reference {
  const bytes = bytesOf(path);
  return { lines: new Map(linesOf(bytes).map((line) => [idOf(line), line])), bytes, digest: digestOf(path) };
}

/**
 * `failed`: cells that have to be there as failed, beside those of the reference. `again`: cells that were run again
 * though they were finished.
 */
export function tollOf(reference: Reference, path: string, { failed = 0, again = 0 } = {}): Toll {
  const bytes = bytesOf(path);
  const seen = new Map<string, number>();
  let changed = 0;
  let failures = 0;
  for (const line of linesOf(bytes)) {
    const id = idOf(line);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    if (isFailed(JSON.parse(line) as CellLine)) failures++;
    else if (reference.lines.get(id) !== line) changed++;
  }
  const missing = [...reference.lines.keys()].filter((id) => !seen.has(id)).length;
  const isSame = failed > 0 || (bytes === reference.bytes && digestOf(path) === reference.digest);
  return {
    lost: missing + Math.max(0, failed - failures) + again,
    doubled: [...seen.values()].reduce((sum, times) => sum + times - 1, 0),
    equal: isSame && changed === 0 && failures === failed,
  };
}

/** Cells whose lines are whole in the journal of a run that was cut short. */
export function finishedCells(path: string): number {
  return linesOf(bytesOf(path)).filter((line) => intactLine(line) !== null).length;
}

function bytesOf(path: string): string {
  const file = join(path, 'cells.ndjson');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Without a torn last one. */
function linesOf(bytes: string): string[] {
  return bytes.split('\n').slice(0, -1);
}

function idOf(line: string): string {
  return (JSON.parse(line) as CellLine).id;
}

function digestOf(path: string): string | null {
  return (JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as RunManifest).digest;
}
