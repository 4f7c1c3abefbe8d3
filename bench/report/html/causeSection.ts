/** Why pages could not be moved: by cause, all of them, and those in the way of requests that failed in the end. */
import type { Cause } from '../../../sim/index.ts';
import { CAUSE_MEANINGS, causesIn, pagesOfCause } from '../causes.ts';
import type { CauseCount } from '../causes.ts';
import { count } from '../units.ts';
import { LABELS } from './axes.ts';
import { barPlot } from './barPlot.ts';
import { colourKey, said } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure, panels } from './plot.ts';
import type { Plot } from './plot.ts';
import { textTable } from './shell.ts';

/** `--c0` .. */
const COLOURS = 8;

interface Counting {
  readonly counted: CauseCount;
  readonly title: string;
  readonly axis: string;
}

const COUNTINGS: readonly Counting[] = [
  { counted: 'failed', title: 'pages that could not be moved', axis: 'pages, over all requests' },
  { counted: 'blocking', title: 'pages in the way of requests that failed', axis: 'pages in the last round' },
];

interface Colours {
  readonly domain: readonly Cause[];
  readonly range: readonly string[];
}

/** A row of plots a workload. */
export async function causeSection(context: ReportContext): Promise<string> {
  const present = causesIn(context.run.records);
  const colours = { domain: present, range: present.map((_, i) => `var(--c${i % COLOURS})`) };
  const figures: string[] = [];
  const tables: string[] = [];
  const without: string[] = [];
  for (const results of context.workloads) {
    const { name } = results.workload;
    if (causesIn(results.entries.flatMap(context.cellsOf)).length === 0) {
      without.push(name);
      continue;
    }
    for (const counting of COUNTINGS) {
      figures.push(figure(await causePlot(context, results, counting, colours)));
      tables.push(causeTable(context, results, counting, present));
    }
  }
  const note =
    without.length === 0 ? '' : `<p>${escapeHtml(`Every page could be moved in ${without.join(', ')}.`)}</p>`;
  if (figures.length === 0) return note;
  const meanings = present.map((cause) => `<dt>${cause}</dt><dd>${escapeHtml(CAUSE_MEANINGS[cause])}</dd>`);
  return `<dl class="causes">${meanings.join('')}</dl>
${colourKey(colours.domain, colours.range)}
${panels(figures, 'two')}
${note}
<details><summary>pages by cause, in numbers</summary>${tables.join('\n')}</details>`;
}

function causePlot(
  context: ReportContext,
  { workload, entries }: WorkloadResults,
  { counted, title, axis }: Counting,
  colours: Colours,
): Promise<Plot> {
  const rows = entries.map((entry) => ({
    strategy: entry.strategy,
    parts: colours.domain.map((cause) => ({
      part: cause,
      value: pagesOfCause(context.cellsOf(entry), cause, counted),
    })),
  }));
  const each = said(rows, ({ strategy, parts }) => {
    const own = parts.filter(({ value }) => value > 0).map(({ part, value }) => `${part} ${count(value)}`);
    return `${strategy} ${own.length === 0 ? 'none' : own.join(', ')}`;
  });
  return barPlot({
    title: `${workload.name}, ${title}`,
    alternative: `${workload.name}, ${title}, by cause: ${each}`,
    strategies: entries.map(({ strategy }) => strategy),
    values: rows.flatMap(({ strategy, parts }) => parts.map((part) => ({ strategy, ...part }))),
    axis: { title: axis, labels: LABELS.count },
    colours,
  });
}

function causeTable(
  context: ReportContext,
  { workload, entries }: WorkloadResults,
  { counted, title }: Counting,
  present: readonly Cause[],
): string {
  const name = `${workload.name}, ${title}`;
  const columns = [{ title: 'strategy' }, ...present.map((cause) => ({ title: cause, isNumber: true }))];
  const rows = entries.map((entry) => [
    entry.strategy,
    ...present.map((cause) => count(pagesOfCause(context.cellsOf(entry), cause, counted))),
  ]);
  return `<h3 class="minor">${escapeHtml(name)}</h3>${textTable(name, columns, rows)}`;
}
