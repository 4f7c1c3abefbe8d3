/** What `compare` is given: run folders, or single strategies of them, opened, checked and named. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { nearestHint } from '../plan/suggest.ts';
import type { CellRecord } from '../run/cell.ts';
import type { RunManifest } from '../run/folder.ts';
import { openFinished } from '../run/readRun.ts';
import { baselineOf } from '../stats/summarize.ts';

/** One side of the comparison. */
export interface Side {
  /** What tables and `--baseline` call it; no other side has the same. */
  readonly name: string;
  readonly path: string;
  readonly manifest: RunManifest;
  /** Those of the run that take part, in its order. */
  readonly strategies: readonly string[];
  /** Cells with results, of these strategies. */
  readonly records: readonly CellRecord[];
}

/** Opens `FOLDER` or `FOLDER:STRATEGY` each; one folder alone becomes a side for each of its strategies. */
export function openSides(words: readonly string[]): Side[] {
  const opened = words.map(openSide);
  const sides = opened.length > 1 ? opened : eachStrategy(opened[0]);
  const names = namesOf(sides);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice`);
  return sides.map((side, index) => ({ ...side, name: names[index] }));
}

function openSide(word: string): Side {
  const colon = word.lastIndexOf(':');
  const whole = colon === -1 || existsSync(join(word, 'run.json'));
  const path = (whole ? word : word.slice(0, colon)).replace(/(?<=.)\/+$/, '');
  const { folder, cells } = openFinished(path);
  const all = wholeSide(path, folder.manifest, [...cells.records]);
  return whole ? all : oneStrategy(all, word.slice(colon + 1));
}

/** A run with all of its strategies, under the name of its path. */
export function wholeSide(path: string, manifest: RunManifest, records: readonly CellRecord[]): Side {
  return { name: path, path, manifest, strategies: manifest.strategies, records };
}

/** A side for each strategy of a run, the baseline first. Throws UsageError when it has but one. */
export function eachStrategy(run: Side): Side[] {
  const baseline = baselineOf(run.strategies);
  const names = [baseline, ...run.strategies.filter((name) => name !== baseline)];
  if (names.length > 1) return names.map((name) => only(run, name));
  throw new UsageError(
    `${run.name} has one strategy here, so there is nothing to compare it with`,
    'name a second run, or a run of several strategies',
  );
}

/** One strategy of a run. Throws UsageError when it has none of that name. */
export function oneStrategy(side: Side, name: string): Side {
  if (side.strategies.includes(name)) return only(side, name);
  throw new UsageError(
    `${side.path} has no strategy '${name}'`,
    nearestHint(name, side.strategies, `it has ${side.strategies.join(', ')}`),
  );
}

function only(side: Side, strategy: string): Side {
  const records = side.records.filter((record) => record.strategy === strategy);
  return { ...side, strategies: [strategy], records };
}

/** The shortest that tell them apart: strategies of one run, last parts of the folders, whole paths, both. */
function namesOf(sides: readonly Side[]): string[] {
  const paths = sides.map(({ path }) => path);
  const single = sides.every(({ strategies }) => strategies.length === 1);
  if (single && new Set(paths).size === 1) return sides.map(({ strategies }) => strategies[0]);
  const both = sides.map(({ path, strategies }) => (strategies.length === 1 ? `${path}:${strategies[0]}` : path));
  const candidates = [paths.map((path) => basename(path)), paths];
  return candidates.find((names) => new Set(names).size === names.length) ?? both;
}
