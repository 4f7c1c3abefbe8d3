/**
 * Plug-ins to strategies, in whatever thread: a bundle is compiled once in each, and evaluated anew each time, so that
 * what a file keeps at its top does not pass from one cell to the next.
 *
 * A script and not a module: it can be had without waiting, has no way to import, and its frames have a short name.
 */
import { Script } from 'node:vm';
import { checkedStrategy } from '../../sim/index.ts';
import type { Strategy } from '../../sim/index.ts';
import { toldOf } from './failure.ts';
import { partsOf, pluginProblem } from './parts.ts';
import { placeInStack, scriptName } from './place.ts';
import { hostOf } from './scope.ts';
import type { Plugin } from './types.ts';
import { strategyOf } from './validate.ts';

type Evaluate = (host: (asked: string) => unknown) => unknown;

const compiled = new Map<string, Script>();

/** The strategies, each watched (`checkedStrategy`). Throws InputError when one cannot be had or is none. */
export function strategiesOf(plugins: readonly Plugin[]): Strategy[] {
  return plugins.map((plugin) => checkedStrategy(strategyOf(evaluate(plugin), plugin)));
}

function evaluate(plugin: Plugin): unknown {
  try {
    let script = compiled.get(plugin.hash);
    if (script === undefined) {
      // Throws for the little that is no error in a bundle but one in a script.
      script = new Script(partsOf(plugin.source).code, { filename: scriptName(plugin) });
      compiled.set(plugin.hash, script);
    }
    return (script.runInThisContext() as Evaluate)(hostOf(plugin.name));
  } catch (thrown) {
    const { text, stack } = toldOf(thrown);
    throw pluginProblem(plugin.file, text, placeInStack(plugin, stack) ?? {});
  }
}
