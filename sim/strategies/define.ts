/** How a strategy in a file of its own begins: `export default defineStrategy({ ... })`. */
import type { Strategy } from './strategy.ts';

/** The strategy as it is given. It is there for the editor: every field and hook is completed and checked as it is typed. */
export function defineStrategy(strategy: Strategy): Strategy {
  return strategy;
}
