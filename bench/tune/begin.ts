/** How searches begin: a new one in a directory of its own, or an interrupted one that goes on. */
import { InputError, UsageError } from '../errors.ts';
import { parseDuration, parseMinutes } from '../plan/index.ts';
import type { LoadOptions } from '../plan/index.ts';
import { checkRecorded, chooseStrategies } from '../plugin/index.ts';
import type { Chosen, Plugin } from '../plugin/index.ts';
import { commandLine } from '../report/commandLine.ts';
import { defaultFolder } from '../run/folder.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { SearchFolder } from './folder.ts';
import { workloadsNamed } from './workloads.ts';

/** Options that decide what any search comes to, as commander hands them over. */
export interface CommonOptions {
  readonly budget?: string;
  readonly strategy?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly duration?: string;
}

/** A search that was asked for. */
export interface AskedSearch {
  /** What its directory is called after. */
  readonly name: string;
  /** Hash of the workloads as they are without the search. */
  readonly inputs: string;
}

/** From the words and options of a command to what is searched. Throws UsageError and InputError. */
export type Ask<O, A extends AskedSearch> = (names: readonly string[], options: O, chosen: Chosen) => A;

export interface Begun<A> {
  readonly folder: SearchFolder;
  readonly asked: A;
}

export const DEFAULT_BUDGET = '2m';
const LEAST_BUDGET = 1;
const MOST_BUDGET = 86_400;
const MOST_SEED = 1_000_000_000;

/** A new search of a command (`tune`) in `out`. Checks everything before it creates anything. */
export async function beginSearch<O extends CommonOptions, A extends AskedSearch>(
  command: string,
  words: readonly string[],
  options: O,
  out: string | undefined,
  ask: Ask<O, A>,
): Promise<Begun<A>> {
  if (words.length === 0)
    throw new UsageError(
      'no workload or device is given',
      `for example: cma-stress ${command} zx1800-512; cma-stress list shows all`,
    );
  const names = workloadsNamed(words);
  const chosen = await chooseStrategies(options.strategy ?? 'stock');
  const asked = ask(names, options, chosen);
  const folder = SearchFolder.create(out ?? defaultFolder(`${command}-${asked.name}`, new Date()), {
    schema: schemaOf(command),
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    command: commandLine('cma-stress', process.argv.slice(2)),
    inputs: asked.inputs,
    names,
    options: options as Readonly<Record<string, unknown>>,
    plugins: chosen.plugins,
  });
  return { folder, asked };
}

/** The search in `path` once more. Throws InputError where a file of it has changed. */
export async function resumeSearch<O extends CommonOptions, A extends AskedSearch>(
  command: string,
  path: string,
  ask: Ask<O, A>,
): Promise<Begun<A>> {
  const folder = SearchFolder.open(path, schemaOf(command));
  const { names, plugins, inputs } = folder.manifest;
  const options = folder.manifest.options as unknown as O;
  checkRecorded(plugins, folder.manifestFile);
  const asked = ask(names, options, await recorded(options.strategy ?? 'stock', plugins));
  if (asked.inputs === inputs) return { folder, asked };
  const message = `the workload ${names.join(', ')} is no longer what this search began with; search anew`;
  throw InputError.ofFile(folder.manifestFile, message);
}

/** The schema of a search's directory. */
function schemaOf(command: string): string {
  return `cma-stress/${command}-folder/1`;
}

/** The strategies as they were, plug-ins from the record and not from their files. */
async function recorded(list: string, plugins: readonly Plugin[]): Promise<Chosen> {
  if (plugins.length === 0) return chooseStrategies(list);
  const named = new Map(plugins.map(({ file, name }) => [file, name]));
  const names = list.split('+').map((part) => named.get(part.trim()) ?? part.trim());
  return { strategies: [names.join('+')], plugins };
}

/** The one combination that acts in all that is searched. Throws UsageError for several. */
export function onlyStrategy({ strategies }: Chosen): string {
  if (strategies.length !== 1)
    throw new UsageError(
      'a search is under one strategy, or one a+b of several together',
      'search once for each; cma-stress run compares strategies',
    );
  return strategies[0];
}

/** `more`: `--set` texts behind those of the command line. */
export function loadOptions({ set = [], duration }: CommonOptions, more: readonly string[]): LoadOptions {
  return {
    set: [...set, ...more],
    durationNs: duration === undefined ? null : parseDuration(duration),
    quick: false,
  };
}

/** s, from `2m`, `90s`, `1h`. */
export function budgetOf({ budget = DEFAULT_BUDGET }: CommonOptions): number {
  const seconds = parseMinutes(budget) / 1e9;
  if (!(seconds >= LEAST_BUDGET && seconds <= MOST_BUDGET))
    throw new UsageError(`--budget expects a time from ${LEAST_BUDGET} s to 24 h, not '${budget}'`);
  return seconds;
}

/** The first seed of the devices, and that of a sampling. */
export function seedOf({ seed }: CommonOptions): number {
  if (seed === undefined) return 1;
  const value = /^\d{1,10}$/.test(seed) ? Number(seed) : NaN;
  if (!(value <= MOST_SEED))
    throw new UsageError(`--seed expects a whole number from 0 to ${MOST_SEED}, not '${seed}'`);
  return value;
}

/** The words that search the same: `tune fork-heavy --budget 20m`. */
export function reproducingWords(command: string, names: readonly string[], options: object): string[] {
  const flags = Object.entries(options).flatMap(([name, value]: [string, string | true | readonly string[]]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return (typeof value === 'string' ? [value] : value).flatMap((one) => [flag, one]);
  });
  return [command, ...names, ...flags];
}
