/** A faster ksmd costs more CPU, but neither very slow nor very fast is worst. */
import { resultsOf } from './check.ts';
import type { CellResult, Check, Mode } from './check.ts';
import { differenceOf, mean, meanDifference, rateOf } from './compare.ts';
import { cellSets, WHOLE_AREA } from './plan.ts';

interface Speed {
  readonly sleepMs: number;
  readonly pages: number;
}

/**
 * From very slow (a full scan takes a day) to never resting. 100 pages every 20 ms are the kernel's defaults, 500 ms is
 * Android's low-ram setting.
 */
const SPEEDS: Readonly<Record<Mode, readonly Speed[]>> = {
  full: [
    { sleepMs: 5000, pages: 10 },
    { sleepMs: 500, pages: 100 },
    { sleepMs: 100, pages: 100 },
    { sleepMs: 20, pages: 100 },
    { sleepMs: 20, pages: 1000 },
    { sleepMs: 1, pages: 20_000 },
  ],
  quick: [
    { sleepMs: 5000, pages: 10 },
    { sleepMs: 20, pages: 100 },
    { sleepMs: 1, pages: 20_000 },
  ],
};

const nameOf = ({ sleepMs, pages }: Speed): string => `${pages} pages/${sleepMs} ms`;
const shareOf = ({ record }: CellResult): number => record.unfindable.shareOfKsmPtes;
const cpuOf = ({ record }: CellResult): number => record.ksm.cpuShare;

export const scanSpeed: Check = {
  id: 'scan-speed',
  claim:
    'the faster ksmd scans, the more CPU it takes; unfindable mappings and failures are most in between, as on the real kernel',
  rule:
    'fork-heavy under stock, whole-area requests, from very slow to very fast. CPU rises from each speed to the next with every seed. ' +
    'At the speed with the largest mean, the share of unfindable mappings and the failure rate are higher than at both ends: the 95 % intervals of the differences, paired by seed, lie above 0.',
  needs: (mode) => ({
    cells: new Map(
      SPEEDS[mode].flatMap((speed) =>
        cellSets(
          {
            workload: 'fork-heavy',
            strategies: ['stock'],
            seeds: 8,
            quick: mode === 'quick',
            set: [
              ...WHOLE_AREA,
              `ksm.sleep_millisecs=${speed.sleepMs}`,
              `ksm.pages_to_scan=${speed.pages}`,
              ...(mode === 'quick' ? [] : ['duration=60s']),
            ],
          },
          `${nameOf(speed)} `,
        ),
      ),
    ),
    scripts: [],
  }),
  judge: (results) => {
    // Of the sweep that was run; both have the ends in common.
    const all = [...results.cells].map(([name, cells]) => ({ name: name.replace(/ stock$/, ''), cells }));
    const failed: string[] = [];
    for (const [index, { name, cells }] of all.slice(1).entries()) {
      const slower = resultsOf(results, `${all[index].name} stock`);
      if (cells.some((cell, seed) => cpuOf(cell) <= cpuOf(slower[seed])))
        failed.push(`${name} does not take more CPU than ${all[index].name} with every seed`);
    }
    const [slowest, fastest] = [all[0], all[all.length - 1]];
    const peak = (of: (cells: readonly CellResult[]) => number) =>
      all.reduce((most, one) => (of(one.cells) > of(most.cells) ? one : most));
    const mostLost = peak((cells) => mean(cells, shareOf));
    const mostFailures = peak((cells) => rateOf(cells).mean);
    for (const end of [slowest, fastest]) {
      if (!(meanDifference(mostLost.cells, end.cells, shareOf).low > 0))
        failed.push(`the share of unfindable mappings at ${mostLost.name} is not clearly above that at ${end.name}`);
      if (!(differenceOf(mostFailures.cells, end.cells).low > 0))
        failed.push(`the failure rate at ${mostFailures.name} is not clearly above that at ${end.name}`);
    }
    const figures = all.map(({ name, cells }) => {
      const rate = rateOf(cells);
      return {
        'scan speed': name,
        'CPU share': mean(cells, cpuOf),
        'unfindable share': mean(cells, shareOf),
        'failure rate': rate.mean,
        low: rate.low,
        high: rate.high,
      };
    });
    return { failed, figures };
  },
};
