/** Without forks nothing can be lost to one: KSM's bookkeeping makes no difference. */
import { strategies } from '../../sim/index.ts';
import type { Cause } from '../../sim/index.ts';
import { resultsOf } from './check.ts';
import type { Check } from './check.ts';
import { bySeed, failedPages, opened } from './compare.ts';
import { cellSets } from './plan.ts';

/** Causes that take a page shared by fork. */
const BY_FORK: readonly Cause[] = ['B1', 'B2', 'B6'];
const names = strategies.filter(({ group }) => group === 'ksm').map(({ name }) => name);

export const forkFree: Check = {
  id: 'fork-free',
  claim:
    'without forks every strategy of the KSM group fails the same requests as stock, none for a cause that fork makes',
  rule: 'fork-free under each strategy: as many failures as stock with every seed; no page fails, and no mapping becomes unfindable, for B1, B2 or B6.',
  needs: (mode) => {
    const isQuick = mode === 'quick';
    const short = ['warm_up=2s', 'duration=10s'];
    return {
      cells: new Map(
        cellSets({ workload: 'fork-free', strategies: names, seeds: isQuick ? 2 : 5, set: isQuick ? short : [] }),
      ),
      scripts: [],
    };
  },
  judge: (results) => {
    const stock = resultsOf(results, 'stock');
    const failed: string[] = [];
    const figures = names.map((strategy) => {
      const cells = resultsOf(results, strategy);
      const [pages, mappings] = [failedPages(cells, BY_FORK), opened(cells, BY_FORK)];
      if (cells.some(({ record }, seed) => record.cma.failures !== stock[seed].record.cma.failures))
        failed.push(`${strategy} does not fail as often as stock with every seed`);
      if (pages > 0) failed.push(`${strategy}: ${pages} pages failed for a cause that fork makes`);
      if (mappings > 0) failed.push(`${strategy}: ${mappings} mappings became unfindable for a cause that fork makes`);
      return {
        strategy,
        'failures by seed': bySeed(cells),
        'pages failed B1+B2+B6': pages,
        'mappings lost B1+B2+B6': mappings,
      };
    });
    return { failed, figures };
  },
};
