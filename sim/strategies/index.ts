/** The field of strategies, in the order reports show them. */
import { biggerArea } from './bigger-area.ts';
import { cmaFirst } from './cma-first.ts';
import { cmaLast } from './cma-last.ts';
import { discardClean } from './discard-clean.ts';
import { guaranteedCma } from './guaranteed-cma.ts';
import { invalidateBhLru } from './invalidate-bh-lru.ts';
import { keepForever } from './keep-forever.ts';
import { keepUntilRescanned } from './keep-until-rescanned.ts';
import { lruCacheDisable } from './lru-cache-disable.ts';
import { noDiscardClean } from './no-discard-clean.ts';
import { noTargetInCma } from './no-target-in-cma.ts';
import { pageAnonVma } from './page-anon-vma.ts';
import { pageCacheOnly } from './page-cache-only.ts';
import { retry100ms } from './retry-100ms.ts';
import { retryUntil } from './retry-until.ts';
import { rootSearch } from './root-search.ts';
import { stock } from './stock.ts';
import type { Strategy } from './strategy.ts';

export type * from './strategy.ts';

export const strategies: readonly Strategy[] = [
  stock,
  pageAnonVma,
  rootSearch,
  keepUntilRescanned,
  keepForever,
  retry100ms,
  retryUntil,
  lruCacheDisable,
  invalidateBhLru,
  discardClean,
  noDiscardClean,
  cmaFirst,
  cmaLast,
  pageCacheOnly,
  noTargetInCma,
  guaranteedCma,
  biggerArea,
];

/** The strategy of that name, or null. `plugins`: strategies besides the built-in ones. */
export function findStrategy(name: string, plugins: readonly Strategy[] = []): Strategy | null {
  return [...strategies, ...plugins].find((strategy) => strategy.name === name) ?? null;
}

/** The strategies of those names. Throws Error for one that is unknown. */
export function strategiesNamed(names: readonly string[], plugins: readonly Strategy[] = []): Strategy[] {
  return names.map((name) => {
    const strategy = findStrategy(name, plugins);
    if (strategy === null) throw new Error(`unknown strategy ${name}`);
    return strategy;
  });
}
