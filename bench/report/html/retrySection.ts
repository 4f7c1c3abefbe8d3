/** How much is tried again, and why pages could not be moved. */
import { CAUSES } from '../../../sim/index.ts';
import type { Cause, CauseCounts } from '../../../sim/index.ts';
import type { CellRecord } from '../../run/cell.ts';
import { sum } from '../../stats/failureRate.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { RETRY_LEVELS, retriesPerRequest } from '../retries.ts';
import { count, digits3 } from '../units.ts';
import { barPlot } from './barPlot.ts';
import { colourKey, said } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure } from './plot.ts';
import type { Plot } from './plot.ts';
import { textTable } from './shell.ts';

/** `--c0` .. */
const COLOURS = 8;

const LEVEL_TITLES: Readonly<Record<(typeof RETRY_LEVELS)[number], string>> = {
  migratePasses: 'passes of migrate_pages after the first',
  contigTries: 'calls of migrate_pages after the first of a cluster',
  ranges: 'ranges after the first',
  caller: 'rounds of the caller after the first',
};
const LEVELS = RETRY_LEVELS.map((level) => LEVEL_TITLES[level]);

export async function retrySection(context: ReportContext): Promise<string> {
  const colours = { domain: LEVELS, range: LEVELS.map((_, i) => `var(--c${i})`) };
  const figures: string[] = [];
  const tables: string[] = [];
  for (const { workload, entries } of context.workloads) {
    const rows = entries.map((entry) => ({ entry, levels: retriesPerRequest(context.cellsOf(entry)) }));
    const total = (levels: readonly number[]): number => levels.reduce((all, one) => all + one, 0);
    const each = said(rows, ({ entry, levels }) => `${entry.strategy} ${digits3(total(levels))}`);
    const plot = await barPlot({
      title: workload.name,
      alternative: `${workload.name}, retries per request of all four levels together: ${each}`,
      strategies: entries.map(({ strategy }) => strategy),
      values: rows.flatMap(({ entry, levels }) =>
        levels.map((value, i) => ({ strategy: entry.strategy, part: LEVELS[i], value })),
      ),
      axis: { title: 'retries per request', format: '~r' },
      colours,
    });
    figures.push(figure(plot));
    const columns = [{ title: 'strategy' }, ...LEVELS.map((title) => ({ title, isNumber: true }))];
    tables.push(
      `<h3 class="minor">${escapeHtml(workload.name)}</h3>`,
      textTable(
        `retries per request, ${workload.name}`,
        columns,
        rows.map(({ entry, levels }) => [entry.strategy, ...levels.map(digits3)]),
      ),
    );
  }
  return `${colourKey(colours.domain, colours.range)}
<div class="panels">${figures.join('\n')}</div>
<details><summary>retries per request, in numbers</summary>${tables.join('\n')}</details>`;
}

/** One way to count causes. */
interface Counting {
  readonly title: string;
  readonly axis: string;
  readonly none: string;
  readonly of: (cell: CellRecord) => CauseCounts;
}

const COUNTINGS: readonly Counting[] = [
  {
    title: 'pages that could not be moved',
    axis: 'pages, over all requests',
    none: 'Every page could be moved in',
    of: ({ migration }) => migration.failedByCause,
  },
  {
    title: 'pages in the way of requests that failed',
    axis: 'pages in the last round',
    none: 'No request failed with a page in its way in',
    of: ({ cma }) => cma.blockedByCause,
  },
];

/** Pages of all cells of an entry, by one way to count. */
type CountOf = (counting: Counting, entry: SummaryEntry, cause: Cause) => number;

export async function causeSection(context: ReportContext): Promise<string> {
  const countOf: CountOf = ({ of }, entry, cause) => sum(context.cellsOf(entry), (cell) => of(cell)[cause]);
  const present = CAUSES.filter((cause) =>
    COUNTINGS.some((counting) => context.run.summary.some((entry) => countOf(counting, entry, cause) > 0)),
  );
  const colours = { domain: present, range: present.map((_, i) => `var(--c${i % COLOURS})`) };
  const figures: string[] = [];
  const tables: string[] = [];
  const notes: string[] = [];
  for (const counting of COUNTINGS) {
    const without: string[] = [];
    for (const results of context.workloads) {
      const isEmpty = results.entries.every((entry) => present.every((cause) => countOf(counting, entry, cause) === 0));
      if (isEmpty) without.push(results.workload.name);
      else {
        figures.push(figure(await causePlot(results, counting, countOf, colours)));
        tables.push(causeTable(results, counting, countOf, present));
      }
    }
    if (without.length > 0) notes.push(`<p>${escapeHtml(`${counting.none} ${without.join(', ')}.`)}</p>`);
  }
  if (figures.length === 0) return notes.join('\n');
  return `${colourKey(colours.domain, colours.range)}
<div class="panels">${figures.join('\n')}</div>
${notes.join('\n')}
<details><summary>pages by cause, in numbers</summary>${tables.join('\n')}</details>`;
}

function causePlot(
  results: WorkloadResults,
  counting: Counting,
  countOf: CountOf,
  colours: { readonly domain: readonly Cause[]; readonly range: readonly string[] },
): Promise<Plot> {
  const { workload, entries } = results;
  const each = said(entries, (entry) => {
    const own = colours.domain.flatMap((cause) => {
      const pages = countOf(counting, entry, cause);
      return pages === 0 ? [] : [`${cause} ${count(pages)}`];
    });
    return `${entry.strategy} ${own.length === 0 ? 'none' : own.join(', ')}`;
  });
  return barPlot({
    title: `${workload.name}, ${counting.title}`,
    alternative: `${workload.name}, ${counting.title}, by cause: ${each}`,
    strategies: entries.map(({ strategy }) => strategy),
    values: entries.flatMap((entry) =>
      colours.domain.map((part) => ({ strategy: entry.strategy, part, value: countOf(counting, entry, part) })),
    ),
    axis: { title: counting.axis },
    colours,
  });
}

function causeTable(
  { workload, entries }: WorkloadResults,
  counting: Counting,
  countOf: CountOf,
  present: readonly Cause[],
): string {
  const name = `${workload.name}, ${counting.title}`;
  const columns = [{ title: 'strategy' }, ...present.map((cause) => ({ title: cause, isNumber: true }))];
  const rows = entries.map((entry) => [
    entry.strategy,
    ...present.map((cause) => count(countOf(counting, entry, cause))),
  ]);
  return `<h3 class="minor">${escapeHtml(name)}</h3>${textTable(name, columns, rows)}`;
}
