/** How a strategy in a file of its own begins: `export default defineStrategy({ ... })`. */
import type { Strategy } from './strategy.ts';

/** The strategy as it is given: it is there for the editor, which completes and checks every field as it is typed. */
export function defineStrategy(strategy: Strategy): Strategy {
  return strategy;
}
