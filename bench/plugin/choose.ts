/** `--strategy`: names of strategies and files of plug-ins to what is run. */
import { resolve } from 'node:path';
import { knownAs, strategies as builtIn } from '../../sim/index.ts';
import { InputError, UsageError } from '../errors.ts';
import { bundlePlugin } from './bundle.ts';
import { hashOf, partsOf } from './parts.ts';
import { strategiesOf } from './evaluate.ts';
import type { Plugin } from './types.ts';

export interface Chosen {
  /** Combinations `a+b` in the order given, plug-ins by the names they give themselves. */
  readonly strategies: readonly string[];
  /** Each once, in the order in which they are first named. */
  readonly plugins: readonly Plugin[];
}

/** Whether a name is the path of a file. */
export function isPluginPath(name: string): boolean {
  return /[/\\]|\.[mc]?[jt]s$/.test(name);
}

/**
 * Splits a list and loads the plug-ins in it; `all` stands for every built-in strategy. Names are not looked up here.
 * Throws InputError and UsageError.
 */
export async function chooseStrategies(list: string): Promise<Chosen> {
  const plugins = new Map<string, Plugin>();
  const strategies: string[] = [];
  for (const combination of list.split(',')) {
    if (combination.trim() === 'all') {
      strategies.push(...builtIn.map(({ name }) => name));
      continue;
    }
    const names: string[] = [];
    for (const part of combination.split('+').map((name) => name.trim())) {
      if (!isPluginPath(part)) {
        names.push(knownAs(part));
        continue;
      }
      const path = resolve(part);
      const plugin = plugins.get(path) ?? (await loadPlugin(part));
      const other = [...plugins].find(([known, { name }]) => known !== path && name === plugin.name)?.[1];
      if (other !== undefined)
        throw new UsageError(`two plug-ins are named '${plugin.name}': ${other.file} and ${plugin.file}`);
      plugins.set(path, plugin);
      names.push(plugin.name);
    }
    strategies.push(names.join('+'));
  }
  return { strategies, plugins: [...plugins.values()] };
}

/** A plug-in from its file, tried once. Throws InputError. */
export async function loadPlugin(file: string): Promise<Plugin> {
  if (!/\.m?[jt]s$/.test(file))
    throw new UsageError(`'${file}' is no plug-in: expected a file that ends in .ts, .mts, .js or .mjs`);
  const { source, hash } = await bundlePlugin(file);
  const [{ name }] = strategiesOf([{ name: file, file, source, hash }]);
  return { name, file, source, hash };
}

/** Plug-ins as a run recorded them. Throws InputError when `recordedIn` was changed since. */
export function checkRecorded(plugins: readonly Plugin[], recordedIn: string): void {
  for (const { name, source, hash } of plugins) {
    if (hashOf(partsOf(source).code) === hash) continue;
    const message = `the source of ${name} is not the one of its hash: the file was changed`;
    throw InputError.ofFile(recordedIn, message, 'plugins');
  }
  strategiesOf(plugins);
}

/** What to say of plug-ins whose files are not what was recorded any more. */
export async function changesSince(plugins: readonly Plugin[]): Promise<string[]> {
  const told: string[] = [];
  for (const { name, file, hash } of plugins) {
    let now: string;
    try {
      now = (await bundlePlugin(file)).hash;
    } catch {
      told.push(`plug-in ${name}: ${file} cannot be read here; the run goes on with the source that it recorded`);
      continue;
    }
    if (now === hash) continue;
    told.push(`plug-in ${name}: ${file} was changed since; the run goes on with the source that it recorded`);
  }
  return told;
}
