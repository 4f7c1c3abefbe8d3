/** The greater bug mended: most of what fails where servers fork. */
import { resultsOf } from './check.ts';
import type { Check } from './check.ts';
import { EFFECT_RULE, judgeEffect, together } from './effect.ts';
import { cellSets, WHOLE_AREA } from './plan.ts';

const STRATEGIES = ['stock', 'keep-until-rescanned'] as const;
const OWN_SIZES = 'fork-heavy, its own sizes';
const WHOLE = 'fork-heavy, whole area';

export const keepUntilRescanned: Check = {
  id: 'keep-until-rescanned',
  claim: 'keep-until-rescanned is large in fork-heavy',
  rule: `fork-heavy with whole-area requests, and (not in the short version) with its own sizes, which seldom fail. ${EFFECT_RULE}`,
  needs: (mode) => {
    const quick = mode === 'quick';
    const fork = { workload: 'fork-heavy', strategies: STRATEGIES };
    return {
      cells: new Map([
        ...cellSets({ ...fork, seeds: 8, set: WHOLE_AREA, quick }, `${WHOLE} `),
        ...(quick ? [] : cellSets({ ...fork, seeds: 16 }, `${OWN_SIZES} `)),
      ]),
      scripts: [],
    };
  },
  judge: (results) =>
    together(
      [WHOLE, OWN_SIZES]
        .filter((load) => results.cells.has(`${load} stock`))
        .map((load) => {
          const stock = resultsOf(results, `${load} stock`);
          const cells = resultsOf(results, `${load} keep-until-rescanned`);
          return judgeEffect({ load, strategy: 'keep-until-rescanned', cells, stock }, 'large');
        }),
    ),
};
