/**
 * What a sweep takes besides its cells: CPU time of everything from the plan to the page, with cells whose observations
 * are known (sweep.ts), against the CPU time of the model for the same cells.
 */
import { join } from 'node:path';
import { Journal } from '../../run/journal.ts';
import { parseLine, storedLines } from '../../run/lines.ts';
import { evaluate } from '../../run/execute.ts';
import { readStoredCells } from '../../run/storedCells.ts';
import { asyncCpuMs } from '../cpuTime.ts';
import { measure } from '../wall.ts';
import type { Figure, SuiteResult } from '../wall.ts';
import { GROUPS, observe, withSweep } from './sweep.ts';
import type { Known, Sweep } from './sweep.ts';

/** Seeds a group of two sweeps: what does not depend on the number of cells is the same in both. */
const SEEDS = { few: 20, many: 100 };
/** The sweep that the share is given for: the longest that has a page. */
const CELLS = 10_000;

/** Wall time of what is done with results, per cell; CPU time outside the model of a sweep of 10,000 cells. */
export async function outsideTheModel(
  iterations: number,
  quick: boolean,
): Promise<{ suite: SuiteResult; shareOutsideModel: number }> {
  const known = observe(quick);
  const { timings } = await withSweep(known, SEEDS.many, 1, (sweep) => parts(sweep, iterations));
  const few = await sweepMs(known, SEEDS.few);
  const many = await sweepMs(known, SEEDS.many);
  const perCell = (many - few) / (GROUPS * (SEEDS.many - SEEDS.few));
  const fixed = few - perCell * GROUPS * SEEDS.few;
  const outside = fixed + perCell * CELLS;
  const share = outside / (outside + known.modelMs * CELLS);
  const figure = (name: string, value: number, unit: string): Figure => {
    return { name, value, unit, better: 'less', samples: 1 };
  };
  const figures = [
    figure('model, per cell', known.modelMs, 'ms CPU'),
    figure('all else, per cell', perCell, 'ms CPU'),
    figure('all else, per sweep', fixed, 'ms CPU'),
    figure(`share of all else in a sweep of ${CELLS} cells`, 100 * share, '%'),
  ];
  const kind = quick ? 'quick cells' : 'cells of the default kind';
  const about = `a sweep of ${kind} on one thread, its plan, journal, statistics, summary and page (${SEEDS.few * GROUPS} and ${SEEDS.many * GROUPS} cells)`;
  return { suite: { name: 'outside the model', about, timings, figures }, shareOutsideModel: share };
}

function sweepMs(known: Known, seeds: number): Promise<number> {
  return asyncCpuMs(() =>
    withSweep(known, seeds, 1, async (sweep) => {
      sweep.summary();
      await sweep.page();
    }),
  );
}

/** What is done with the results of a sweep. */
async function parts({ plan, run, summary, page }: Sweep, iterations: number): Promise<SuiteResult> {
  const file = join(run.path, 'cells.ndjson');
  const lines = [...storedLines(file)].map(({ text, number }) => parseLine(text, file, number));
  let written = 0;
  const journal = async (): Promise<void> => {
    const opened = new Journal(join(run.path, `journal-${written++}.ndjson`), plan);
    // As many at a time as one thread may be ahead of the disk.
    for (let at = 0; at < lines.length; at += 4)
      await Promise.all(lines.slice(at, at + 4).map((line) => opened.append(line)));
    await opened.close();
    opened.putInOrder();
  };
  const statistics = (): void => {
    const { cells, digest } = readStoredCells(file);
    evaluate(cells, digest, run.manifest);
  };
  const work = { unit: 'cell', count: plan.count };
  return measure(
    'results',
    '',
    [
      { name: 'journal', run: journal, work },
      { name: 'statistics', run: statistics, work },
      { name: 'summary', run: summary, work },
      { name: 'page', run: page },
    ],
    iterations,
  );
}
