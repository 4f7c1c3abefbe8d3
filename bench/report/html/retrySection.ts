/** How much is tried again. */
import { RETRY_LEVELS, retriesPerRequest } from '../retries.ts';
import { digits3 } from '../units.ts';
import { LABELS } from './axes.ts';
import { barPlot } from './barPlot.ts';
import { colourKey, said } from './context.ts';
import type { ReportContext } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure, panels } from './plot.ts';
import { textTable } from './shell.ts';

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
  const without: string[] = [];
  for (const { workload, entries } of context.workloads) {
    const rows = entries.map((entry) => ({ entry, levels: retriesPerRequest(context.cellsOf(entry)) }));
    if (rows.every(({ levels }) => levels.every((retries) => retries === 0))) {
      without.push(workload.name);
      continue;
    }
    const total = (levels: readonly number[]): number => levels.reduce((all, one) => all + one, 0);
    const each = said(rows, ({ entry, levels }) => `${entry.strategy} ${digits3(total(levels))}`);
    const plot = await barPlot({
      title: workload.name,
      alternative: `${workload.name}, retries per request of all four levels together: ${each}`,
      strategies: entries.map(({ strategy }) => strategy),
      values: rows.flatMap(({ entry, levels }) =>
        levels.map((value, i) => ({ strategy: entry.strategy, part: LEVELS[i], value })),
      ),
      axis: { title: 'retries per request', labels: LABELS.number },
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
  const note = without.length === 0 ? '' : `<p>${escapeHtml(`Nothing was tried again in ${without.join(', ')}.`)}</p>`;
  if (figures.length === 0) return note;
  return `${colourKey(colours.domain, colours.range)}
${panels(figures)}
${note}
<details><summary>retries per request, in numbers</summary>${tables.join('\n')}</details>`;
}
