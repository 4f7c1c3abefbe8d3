/**
 * Strategies that are asked beside a run of the kernel as it is, without having their way: those that would have done
 * nothing else would have made the same run, to the last step. So it need not be made for them.
 *
 * Only strategies whose one hook tells by itself whether they act. What they answer after a failure need not be known:
 * they were asked at all. A hook by which the ledger takes more for findable (`reaches`), or that gives a list another
 * order, acts by being there.
 */
import { pageAnonVma } from './page-anon-vma.ts';
import { retry100ms } from './retry-100ms.ts';
import { retryUntil } from './retry-until.ts';
import { stock } from './stock.ts';
import type { Strategy, StrategyKernel } from './strategy.ts';
import { unmergeOnBusy } from './unmerge-on-busy.ts';
import { waitFullScan } from './wait-full-scan.ts';

/** Of those that have `afterFailure` alone. */
const AFTER_FAILURE: readonly Strategy[] = [waitFullScan, unmergeOnBusy, retry100ms, retryUntil];
/** Of those that have `takeAnonVma` alone, a function of what it is given. */
const ANON_VMA: readonly Strategy[] = [pageAnonVma];

/** Every strategy that can be asked beside `stock`. */
export const bystanders: readonly Strategy[] = [...ANON_VMA, ...AFTER_FAILURE];

/** Those of one run. */
export class Bystanders {
  readonly #acting = new Set<Strategy>();

  /** What asks them: to be named beside `stock`. It does what stock does. */
  readonly strategy: Strategy = {
    ...stock,
    name: 'bystanders',
    attach: (kernel) => {
      const asked = ANON_VMA.map((strategy) => ({ strategy, takeAnonVma: takeAnonVmaOf(strategy, kernel) }));
      return {
        takeAnonVma: (own, ofPage) => {
          for (const { strategy, takeAnonVma } of asked)
            if (takeAnonVma(own, ofPage) !== own) this.#acting.add(strategy);
          return own;
        },
        afterFailure: () => {
          for (const strategy of AFTER_FAILURE) this.#acting.add(strategy);
          return null;
        },
      };
    },
  };

  /** Names of those that have done nothing so far. */
  idle(): string[] {
    return bystanders.filter((strategy) => !this.#acting.has(strategy)).map(({ name }) => name);
  }
}

function takeAnonVmaOf(strategy: Strategy, kernel: StrategyKernel): (own: number, ofPage: number) => number {
  return strategy.attach!(kernel).takeAnonVma!;
}
