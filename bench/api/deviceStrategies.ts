/** Strategies that a device is given: built-in ones by name, others as they are. */
import type { Strategy } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { isPluginPath, wrongWith, type Plugin } from '../plugin/index.ts';
import { listOf } from './options.ts';

interface ChosenStrategies {
  readonly names: readonly string[];
  /** Those of the caller's own. */
  readonly own: readonly Strategy[];
}

/** Throws UsageError for a path, and for a strategy that makes no sense. */
export function chosenStrategies(given: string | Strategy | readonly (string | Strategy)[]): ChosenStrategies {
  const names: string[] = [];
  const own: Strategy[] = [];
  for (const one of listOf(given)) {
    if (typeof one === 'string') {
      const path = one.split('+').find(isPluginPath);
      if (path !== undefined)
        throw new UsageError(
          `a device takes no path of a strategy (${path})`,
          'import the file, and give the strategy itself',
        );
      names.push(one);
      continue;
    }
    const wrong = wrongWith(one);
    if (wrong.length > 0) throw new UsageError(wrong.map(({ message }) => `strategy: ${message}`).join('\n'));
    names.push(one.name);
    own.push(one);
  }
  return { names, own };
}

/** What a plan wants to know of a strategy that is not built in. */
export function pluginOf({ name }: Strategy): Plugin {
  return { name, hash: '', file: name, source: '' };
}
