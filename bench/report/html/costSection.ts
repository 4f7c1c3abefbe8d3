/** What each strategy costs: bars of what matters most, and a table of everything. */
import { costsOf } from '../costs.ts';
import type { Costs } from '../costs.ts';
import { bytes, count, percent, time } from '../units.ts';
import { LABELS } from './axes.ts';
import { barPlot } from './barPlot.ts';
import { said, strategyColours } from './context.ts';
import type { ReportContext } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure, panels } from './plot.ts';
import { textTable } from './shell.ts';

interface Cost {
  readonly title: string;
  readonly text: (costs: Costs) => string;
  /** For a plot: the value in the axis's unit. */
  readonly plot?: { readonly axis: string; readonly labels: string; readonly value: (costs: Costs) => number };
}

const COSTS: readonly Cost[] = [
  {
    title: 'CPU of ksmd',
    text: ({ ksmdCpu }) => `${percent(ksmdCpu)} %`,
    plot: { axis: 'of one CPU', labels: LABELS.percent, value: ({ ksmdCpu }) => ksmdCpu },
  },
  { title: 'rmap_items, most', text: ({ rmapItemsPeak }) => count(rmapItemsPeak) },
  {
    title: 'memory of rmap_items',
    text: ({ rmapItemsBytes }) => bytes(rmapItemsBytes),
    plot: { axis: 'MB at the peak', labels: LABELS.number, value: ({ rmapItemsBytes }) => rmapItemsBytes / 1024 ** 2 },
  },
  {
    title: 'saved by merging',
    text: ({ savedBytes }) => bytes(savedBytes),
    plot: { axis: 'MB at the end', labels: LABELS.number, value: ({ savedBytes }) => savedBytes / 1024 ** 2 },
  },
  {
    title: 'CPU of a request',
    text: ({ requestCpuMs }) => time(requestCpuMs),
    plot: { axis: 'ms, sleeps not counted', labels: LABELS.number, value: ({ requestCpuMs }) => requestCpuMs },
  },
  { title: 'fork p99', text: ({ forkP99Ms }) => time(forkP99Ms) },
  { title: 'CMA not usable', text: ({ unusableBytes }) => bytes(unusableBytes) },
  { title: 'refaults', text: ({ refaults }) => count(refaults) },
];

export async function costSection(context: ReportContext): Promise<string> {
  const parts: string[] = [];
  for (const { workload, entries } of context.workloads) {
    const rows = entries.map(({ strategy }, i) => ({ strategy, costs: costsOf(context.cellsOf(entries[i])) }));
    const figures: string[] = [];
    for (const { title, text, plot } of COSTS) {
      if (plot === undefined) continue;
      const each = said(rows, ({ strategy, costs }) => `${strategy} ${text(costs)}`);
      const drawn = await barPlot({
        title,
        alternative: `${workload.name}, ${title}: ${each}`,
        strategies: rows.map(({ strategy }) => strategy),
        values: rows.map(({ strategy, costs }) => ({ strategy, part: '', value: plot.value(costs) })),
        axis: { title: plot.axis, labels: plot.labels },
        colours: strategyColours(context),
      });
      figures.push(figure(drawn));
    }
    const columns = [{ title: 'strategy' }, ...COSTS.map(({ title }) => ({ title, isNumber: true }))];
    const table = textTable(
      `costs, ${workload.name}`,
      columns,
      rows.map(({ strategy, costs }) => [strategy, ...COSTS.map(({ text }) => text(costs))]),
    );
    parts.push(`<h3>${escapeHtml(workload.name)}</h3>${table}${panels(figures)}`);
  }
  return `<p>Means over seeds.</p>\n${parts.join('\n')}`;
}
