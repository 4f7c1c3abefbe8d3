/** Explorations one after the other, in slices, so that progress is shown and Ctrl-C is heard. */
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../errors.ts';
import { pathText } from '../plan/node.ts';
import { blame, strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import type { ExploreProgress } from '../run/exploreProgress.ts';
import { Explorer, LitmusError, ThreadError } from '../../sim/index.ts';
import type { Exploration } from '../../sim/index.ts';
import type { LocatedTest } from './parse.ts';

/** States between two looks at the world outside. */
const SLICE = 2_000;

export interface Explored {
  readonly located: LocatedTest;
  /** Strategies as they were asked for, `a+b`. */
  readonly strategy: string;
  readonly result: Exploration;
}

export interface ExploreSettings {
  /** Strategies that are not built in. */
  readonly plugins?: readonly Plugin[];
  readonly maxStates: number;
  readonly reduce: boolean;
  readonly audit: boolean;
  readonly progress: ExploreProgress;
  readonly signal: AbortSignal;
}

/**
 * Every test under every strategy (names joined by +), or null when interrupted. Throws InputError, PluginError and
 * InvariantError.
 */
export async function exploreAll(
  tests: readonly LocatedTest[],
  strategies: readonly string[],
  settings: ExploreSettings,
): Promise<Explored[] | null> {
  const explored: Explored[] = [];
  for (const located of tests) {
    for (const strategy of strategies) {
      settings.progress.begin(`${located.test.id} under ${strategy}`);
      const result = await exploreOne(located, strategy, settings);
      if (result === null) return null;
      explored.push({ located, strategy, result });
    }
  }
  return explored;
}

async function exploreOne(
  located: LocatedTest,
  strategy: string,
  settings: ExploreSettings,
): Promise<Exploration | null> {
  const { maxStates, reduce, audit, progress, signal } = settings;
  const names = strategy.split('+');
  const acting = (settings.plugins ?? []).filter(({ name }) => names.includes(name));
  try {
    const plugins = strategiesOf(acting);
    const explorer = begin(located, { strategies: names, plugins, maxStates, reduce, audit });
    while (!explorer.run(SLICE)) {
      progress.update(explorer.states, explorer.waiting);
      await setImmediate();
      if (signal.aborted) return null;
    }
    return explorer.report();
  } catch (thrown) {
    throw blame(thrown, acting);
  }
}

function begin(located: LocatedTest, options: ConstructorParameters<typeof Explorer>[1]): Explorer {
  const { test, file } = located;
  if (!located.hasThreads) throw InputError.ofFile(file, `${test.id} has no threads to explore`);
  try {
    return new Explorer(test, options);
  } catch (thrown) {
    const at = placeOf(located, thrown);
    if (at === null) throw thrown;
    const message = `${test.id}: ${(thrown as Error).message}`;
    throw new InputError([{ ...at.place, path: pathText(at.path), message }]);
  }
}

/** Where the action is written that an error of the scene or of a thread speaks of. */
function placeOf(located: LocatedTest, thrown: unknown): ReturnType<LocatedTest['placeOf']> | null {
  if (thrown instanceof LitmusError) return located.placeOf(thrown.step);
  if (!(thrown instanceof ThreadError)) return null;
  const { thread, step } = thrown;
  return located.placeInThread(thread === '' ? Object.keys(located.test.threads ?? {})[0] : thread, step);
}
