/** The lesser bug mended alone: where the parent is visited it hardly matters, where it is not it decides. */
import { resultsOf } from './check.ts';
import type { Check } from './check.ts';
import { failedPages } from './compare.ts';
import { EFFECT_RULE, judgeEffect, together } from './effect.ts';
import type { Effect } from './effect.ts';
import { cellSets, WHOLE_AREA } from './plan.ts';

const LOADS: readonly { readonly workload: string; readonly wanted: Effect }[] = [
  { workload: 'fork-heavy', wanted: 'small' },
  { workload: 'unmergeable-parent', wanted: 'decisive' },
];

export const pageAnonVma: Check = {
  id: 'page-anon-vma',
  claim: 'page-anon-vma alone is small in fork-heavy, and decisive where the parent is not mergeable',
  rule: `fork-heavy and unmergeable-parent, whole-area requests. ${EFFECT_RULE} Besides, stock loses pages to B2 on unmergeable-parent.`,
  needs: (mode) => ({
    cells: new Map(
      LOADS.flatMap(({ workload }) =>
        cellSets(
          {
            workload,
            strategies: ['stock', 'page-anon-vma'],
            seeds: 8,
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
    const verdicts = LOADS.map(({ workload, wanted }) => {
      const stock = resultsOf(results, `${workload} stock`);
      const cells = resultsOf(results, `${workload} page-anon-vma`);
      return judgeEffect({ load: workload, strategy: 'page-anon-vma', cells, stock }, wanted);
    });
    const lesser = failedPages(resultsOf(results, 'unmergeable-parent stock'), ['B2']);
    const { failed, figures } = together(verdicts);
    return { failed: lesser > 0 ? failed : [...failed, 'no page failed for B2 on unmergeable-parent'], figures };
  },
};
