/** The run that was worked on last, for those who do not name one. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { RESULTS } from './folder.ts';

/** Path of the run below `results/` whose cells were written last. Throws UsageError when there is none. */
export function newestRun(): string {
  const writtenAt = (path: string): number =>
    statSync(join(path, 'cells.ndjson'), { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  const runs = foldersIn(RESULTS)
    .map((name) => join(RESULTS, name))
    .map((path) => ({ path, at: writtenAt(path) }))
    .filter(({ at }) => at > -Infinity)
    // Of two written at once the later name, which has the later time.
    .sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
  const newest = runs.at(-1);
  if (newest === undefined)
    throw new UsageError(`there is no run in ${RESULTS}/`, 'name the directory of a run, or make one: cma-stress run');
  return newest.path;
}

function foldersIn(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name);
}
