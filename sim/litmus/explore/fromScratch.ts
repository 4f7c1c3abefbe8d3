/**
 * Whether a search can be believed: some of its states are reached again on a kernel of its own each, by the same
 * steps.
 *
 * A search goes back and forth between states. What a strategy remembers and does not name in `registers` stays behind
 * then, and the verdict would be about a kernel that cannot be. The strategies that come with the tool are tested for
 * it.
 */
import { StrategyError } from '../../strategies/checked.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { Encoder } from './encode.ts';
import type { Search } from './search.ts';
import { INFO } from './states.ts';
import { Steps } from './steps.ts';
import { World } from './world.ts';

/** States that are reached again, at equal distances from the first to the last. */
const MOST_TRIED = 32;

/**
 * Throws StrategyError when a state is another one on a new kernel. `strategies`: who acts, those `plugins` among them.
 */
export function confirmFromScratch(
  search: Search,
  strategies: readonly string[],
  plugins: readonly Strategy[],
  reduce: boolean,
): void {
  const met = search.states.count;
  const stride = Math.max(1, Math.floor(met / MOST_TRIED));
  for (let state = met - 1; state > 0; state -= stride) {
    // Met by ksmd going on alone: its path is not one of steps that threads chose.
    if ((search.states.info[state] & INFO.aside) !== 0) continue;
    const world = new World(search.world.script, strategies, plugins);
    const steps = new Steps(world, reduce);
    const encoder = new Encoder(world);
    // Each state is written down as the search did: causes of unfindable ptes are told apart as they come up.
    encoder.encode();
    for (const thread of search.pathTo(state)) {
      steps.step(thread);
      world.save();
      encoder.encode();
    }
    if (search.states.find(encoder.form, encoder.length) === state) continue;
    const names = plugins.map(({ name }) => name).join('+');
    const message =
      'the same steps lead to another state on a new kernel: the strategy remembers something that `registers` does not name, or that lies outside of attach';
    throw new StrategyError(names, 'registers', undefined, message);
  }
}
