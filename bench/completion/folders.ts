/** What lies on the disk: files, folders, runs and their cells. What cannot be read is not there. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Candidate } from './types.ts';

/** Where runs are written; completion loads nothing of bench/run. */
const RESULTS = 'results';

interface Manifest {
  readonly workloads?: readonly { readonly name: string; readonly seeds?: number }[];
  readonly strategies?: readonly string[];
  readonly seeds?: number | null;
  readonly firstSeed?: number;
}

/** `path` up to and with its last slash, and the begun name behind it. */
function split(path: string): readonly [before: string, name: string] {
  const at = path.lastIndexOf('/') + 1;
  return [path.slice(0, at), path.slice(at)];
}

/** Hidden ones only when they are asked for. */
function entries(path: string, folder: string): Dirent[] {
  const [before, name] = split(path);
  try {
    return readdirSync(resolve(folder, before.replace(/^~\//, `${process.env['HOME'] ?? '~'}/`)), {
      withFileTypes: true,
    }).filter((entry) => entry.name.startsWith(name) && (name !== '' || !entry.name.startsWith('.')));
  } catch {
    return [];
  }
}

/** Files whose path begins like that and whose name is of that form. */
export function filesBelow(path: string, form: RegExp, folder: string): string[] {
  const [before] = split(path);
  return entries(path, folder)
    .filter((entry) => !entry.isDirectory() && form.test(entry.name))
    .map(({ name }) => before + name);
}

/** Folders whose path begins like that, each with a slash. */
export function foldersBelow(path: string, folder: string): string[] {
  const [before] = split(path);
  return entries(path, folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${before}${name}/`);
}

/** Folders below results/ that hold `file`, the newest first, when `current` is the beginning of their path. */
export function runsBelow(current: string, file: string, folder: string): Candidate[] {
  const path = current.startsWith(`${RESULTS}/`) ? current : `${RESULTS}/`;
  return foldersBelow(path, folder)
    .map((found) => found.slice(0, -1))
    .filter((found) => found.startsWith(current))
    .map((value) => ({ value, writtenAt: writtenAt(join(resolve(folder, value), file)) }))
    .filter(({ writtenAt }) => writtenAt > -Infinity)
    .sort((a, b) => b.writtenAt - a.writtenAt)
    .map(({ value }) => ({ value, about: '', isOpen: false }));
}

function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}

function manifestOf(run: string, folder: string): Manifest {
  const path = join(resolve(folder, run), 'run.json');
  try {
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
  } catch {
    return {};
  }
}

export function strategiesOfRun(run: string, folder: string): readonly string[] {
  return manifestOf(run, folder).strategies ?? [];
}

/** `WORKLOAD/STRATEGY/SEED` of a run, part by part. */
export function cellNames(run: string | undefined, current: string, folder: string): Candidate[] {
  if (run === undefined) return [];
  const { workloads = [], strategies = [], seeds = null, firstSeed = 1 } = manifestOf(run, folder);
  const [before] = split(current);
  const [workload, strategy] = before.split('/');
  const found = workloads.find(({ name }) => name === workload);
  const names = (list: readonly string[], isOpen: boolean): Candidate[] =>
    list
      .map((name) => `${before}${name}${isOpen ? '/' : ''}`)
      .filter((value) => value.startsWith(current))
      .map((value) => ({ value, about: '', isOpen }));
  if (before === '')
    return names(
      workloads.map(({ name }) => name),
      true,
    );
  if (found === undefined) return [];
  if (before === `${workload}/`) return names(strategies, true);
  if (!strategies.includes(strategy)) return [];
  const count = seeds ?? found.seeds ?? 0;
  return names(
    Array.from({ length: count }, (_, index) => String(firstSeed + index)),
    false,
  );
}
