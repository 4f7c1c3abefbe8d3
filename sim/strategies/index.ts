/** The field of strategies, in the order reports show them. */
import { deferNewMm } from './defer-new-mm.ts';
import { deferredTimer } from './deferred-timer.ts';
import { keepForever } from './keep-forever.ts';
import { keepUntilRescanned } from './keep-until-rescanned.ts';
import { pageAnonVma } from './page-anon-vma.ts';
import { retry100ms } from './retry-100ms.ts';
import { rootSearch } from './root-search.ts';
import { scanTimeAdvisor } from './scan-time-advisor.ts';
import { skipAlreadyScannedPage } from './skip-already-scanned-page.ts';
import { smartScan } from './smart-scan.ts';
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
  scanTimeAdvisor,
  smartScan,
  deferNewMm,
  skipAlreadyScannedPage,
  deferredTimer,
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
