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
      axis: { title: 'retries per request' },
      colours,
    });
    figures.push(figure(plot));
    const columns = [{ title: 'strategy' }, ...LEVELS.map((title) => ({ title, isNumber: true }))];
    tables.push(
      textTable(
        `retries per request, ${workload.name}`,
        [{ title: 'workload' }, ...columns],
        rows.map(({ entry, levels }) => [workload.name, entry.strategy, ...levels.map(digits3)]),
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
    axis: 'distinct pages per request, summed',
    none: 'every page could be moved in',
    of: ({ migration }) => migration.failedByCause,
  },
  {
    title: 'pages in the way of requests that failed in the end',
    axis: 'distinct pages in the last round, summed',
    none: 'no request failed with a page in its way in',
    of: ({ cma }) => cma.blockedByCause,
  },
];

export async function causeSection(context: ReportContext): Promise<string> {
  const parts: string[] = [];
  for (const counting of COUNTINGS) parts.push(await causePlots(context, counting));
  return parts.join('\n');
}

async function causePlots(context: ReportContext, counting: Counting): Promise<string> {
  const { title, axis, none, of } = counting;
  const totalOf = (entry: SummaryEntry, cause: Cause): number => sum(context.cellsOf(entry), (cell) => of(cell)[cause]);
  const present = CAUSES.filter((cause) =>
    context.workloads.some(({ entries }) => entries.some((entry) => totalOf(entry, cause) > 0)),
  );
  const colours = { domain: present, range: present.map((_, i) => `var(--c${i % COLOURS})`) };
  const figures: string[] = [];
  const without: string[] = [];
  const rows: string[][] = [];
  for (const results of context.workloads) {
    const { workload, entries } = results;
    const values = entries.flatMap((entry) =>
      present.map((cause) => ({ strategy: entry.strategy, part: cause, value: totalOf(entry, cause) })),
    );
    if (values.every(({ value }) => value === 0)) {
      without.push(workload.name);
      continue;
    }
    const plot = await barPlot({
      title: workload.name,
      alternative: `${workload.name}, ${title}, by cause: ${saidCauses(results, present, totalOf)}`,
      strategies: entries.map(({ strategy }) => strategy),
      values,
      axis: { title: axis },
      colours,
    });
    figures.push(figure(plot));
    rows.push(
      ...entries.map((entry) => [
        workload.name,
        entry.strategy,
        ...present.map((cause) => count(totalOf(entry, cause))),
      ]),
    );
  }
  const columns = [
    { title: 'workload' },
    { title: 'strategy' },
    ...present.map((cause) => ({ title: cause, isNumber: true })),
  ];
  const rest = without.length === 0 ? '' : `<p>${escapeHtml(`${sentence(none)} ${without.join(', ')}.`)}</p>`;
  if (figures.length === 0) return `<h3>${sentence(title)}</h3>${rest}`;
  return `<h3>${sentence(title)}</h3>
${colourKey(colours.domain, colours.range)}
<div class="panels">${figures.join('\n')}</div>
${rest}<details><summary>${title}, in numbers</summary>${textTable(title, columns, rows)}</details>`;
}

function saidCauses(
  { entries }: WorkloadResults,
  present: readonly Cause[],
  totalOf: (entry: SummaryEntry, cause: Cause) => number,
): string {
  return said(entries, (entry) => {
    const own = present.flatMap((cause) => {
      const pages = totalOf(entry, cause);
      return pages === 0 ? [] : [`${cause} ${count(pages)}`];
    });
    return `${entry.strategy} ${own.length === 0 ? 'none' : own.join(', ')}`;
  });
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}
