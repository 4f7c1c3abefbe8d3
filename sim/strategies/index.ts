/** The field of strategies, in the order reports show them. */
import { biggerArea } from './bigger-area.ts';
import { cmaFirst } from './cma-first.ts';
import { cmaLast } from './cma-last.ts';
import { deferNewMm } from './defer-new-mm.ts';
import { deferredTimer } from './deferred-timer.ts';
import { discardClean } from './discard-clean.ts';
import { eagerForkItems } from './eager-fork-items.ts';
import { forkFront } from './fork-front.ts';
import { guaranteedCma } from './guaranteed-cma.ts';
import { heirItems } from './heir-items.ts';
import { invalidateBhLru } from './invalidate-bh-lru.ts';
import { keepForever } from './keep-forever.ts';
import { keepUntilRescanned } from './keep-until-rescanned.ts';
import { ksmOff } from './ksm-off.ts';
import { ksmOutsideCma } from './ksm-outside-cma.ts';
import { lruCacheDisable } from './lru-cache-disable.ts';
import { maxPageSharing } from './max-page-sharing.ts';
import { noDiscardClean } from './no-discard-clean.ts';
import { noTargetInCma } from './no-target-in-cma.ts';
import { nullRepair } from './null-repair.ts';
import { pageAnonVmaNaive } from './page-anon-vma-naive.ts';
import { pageAnonVma } from './page-anon-vma.ts';
import { pageCacheOnly } from './page-cache-only.ts';
import { retry100ms } from './retry-100ms.ts';
import { retryUntil } from './retry-until.ts';
import { rootSearch } from './root-search.ts';
import { scanTimeAdvisor } from './scan-time-advisor.ts';
import { skipAlreadyScannedPage } from './skip-already-scanned-page.ts';
import { smartScan } from './smart-scan.ts';
import { stock } from './stock.ts';
import { targetedRescan } from './targeted-rescan.ts';
import { unmergeOnBusy } from './unmerge-on-busy.ts';
import { waitFullScan } from './wait-full-scan.ts';
import type { Strategy } from './strategy.ts';

export * from './strategy.ts';

/** Every built-in strategy. */
export const strategies: readonly Strategy[] = [
  stock,
  pageAnonVma,
  pageAnonVmaNaive,
  rootSearch,
  targetedRescan,
  keepUntilRescanned,
  keepForever,
  heirItems,
  eagerForkItems,
  forkFront,
  nullRepair,
  waitFullScan,
  unmergeOnBusy,
  ksmOutsideCma,
  maxPageSharing,
  ksmOff,
  scanTimeAdvisor,
  smartScan,
  deferNewMm,
  skipAlreadyScannedPage,
  deferredTimer,
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

/** Working names under which a strategy was asked for before it had its own. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 'lineage-items': 'heir-items' };

/** The name by which a strategy goes in results. */
export function knownAs(name: string): string {
  return OTHER_NAMES[name] ?? name;
}

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
