/** No KSM page, no failure of KSM's, and nothing saved. */
import { resultsOf } from './check.ts';
import type { Check } from './check.ts';
import { bySeed, failedPages, KSM_CAUSES, mean, opened } from './compare.ts';
import { cellSets, WHOLE_AREA } from './plan.ts';

const WORKLOADS = ['fork-heavy', 'unmergeable-parent'] as const;
const STRATEGIES = ['stock', 'ksm-off'] as const;

export const ksmOff: Check = {
  id: 'ksm-off',
  claim: 'with KSM off no page fails for a cause of KSM, and nothing is saved',
  rule: 'fork-heavy and unmergeable-parent, whole-area requests. ksm-off: no page failed and no mapping unfindable for B1 to B6, 0 bytes saved. Under stock, on the same seeds, each of these is above 0, or nothing would be shown.',
  needs: (mode) => ({
    cells: new Map(
      WORKLOADS.flatMap((workload) =>
        cellSets(
          {
            workload,
            strategies: STRATEGIES,
            seeds: mode === 'quick' ? 3 : 5,
            set: WHOLE_AREA,
            quick: mode === 'quick',
          },
          `${workload} `,
        ),
      ),
    ),
    scripts: [],
  }),
  judge: (results) => {
    const failed: string[] = [];
    const figures = WORKLOADS.flatMap((workload) =>
      STRATEGIES.map((strategy) => {
        const cells = resultsOf(results, `${workload} ${strategy}`);
        const pages = failedPages(cells, KSM_CAUSES);
        const mappings = opened(cells, KSM_CAUSES);
        const saved = mean(cells, ({ record }) => record.ksm.savedBytes);
        for (const [what, value] of Object.entries({ 'pages failed': pages, 'mappings lost': mappings, saved })) {
          const isWanted = strategy === 'stock' ? value > 0 : value === 0;
          if (!isWanted) failed.push(`${workload} under ${strategy}: ${what} is ${value}`);
        }
        return {
          workload,
          strategy,
          'failures by seed': bySeed(cells),
          'pages failed B1-B6': pages,
          'mappings lost B1-B6': mappings,
          'saved bytes': Math.round(saved),
        };
      }),
    );
    return { failed, figures };
  },
};
