/** The field of strategies, in the order reports show them. */
import { keepForever } from './keep-forever.ts';
import { keepUntilRescanned } from './keep-until-rescanned.ts';
import { pageAnonVma } from './page-anon-vma.ts';
import { retry100ms } from './retry-100ms.ts';
import { rootSearch } from './root-search.ts';
import { stock } from './stock.ts';
import type { Strategy, StrategyHooks, StrategyInfo } from './strategy.ts';

export type { Strategy, StrategyHooks, StrategyInfo } from './strategy.ts';

export const strategies: readonly Strategy[] = [
  stock,
  pageAnonVma,
  rootSearch,
  keepUntilRescanned,
  keepForever,
  retry100ms,
];

/** The strategy of that name, or null. */
export function findStrategy(name: string): StrategyInfo | null {
  return strategies.find((strategy) => strategy.name === name) ?? null;
}

/** Hooks of several strategies acting together; later names win where two set the same hook. */
export function combineHooks(names: readonly string[]): StrategyHooks {
  let hooks: StrategyHooks = {};
  for (const name of names) {
    const strategy = strategies.find((candidate) => candidate.name === name);
    if (strategy === undefined) throw new Error(`unknown strategy ${name}`);
    hooks = { ...hooks, ...strategy.hooks };
  }
  return hooks;
}
