/** How often requests fail: a table and a plot a workload. */
import { findings, verdictOf } from '../findings.ts';
import { pointsText, pText, rateText, timeText } from '../estimates.ts';
import { percent } from '../units.ts';
import { LABELS } from './axes.ts';
import { dotPlot } from './barPlot.ts';
import { said, strategyColours } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { escapeHtml, paragraph } from './escape.ts';
import { figure, panels } from './plot.ts';
import { textTable } from './shell.ts';

const COLUMNS = [
  { title: 'strategy' },
  { title: 'failed', isNumber: true },
  { title: 'of', isNumber: true },
  { title: 'failed % [95 %]', isNumber: true },
  { title: 'points [95 %]', isNumber: true },
  { title: 'p after Holm', isNumber: true },
  { title: 'against the baseline' },
  { title: 'latency p50 [95 %]', isNumber: true },
  { title: 'latency p99 [95 %]', isNumber: true },
];

/** A table a workload, and what was found. */
export function comparisonSection({ workloads }: ReportContext): string {
  const parts = workloads.map((results) => {
    const { name, about } = results.workload;
    const found = findings(results.entries).map(paragraph);
    return `<h3>${escapeHtml(name)}</h3><p class="about">${escapeHtml(about)}</p>${comparisonTable(results)}${found.join('')}`;
  });
  return parts.join('\n');
}

function comparisonTable({ workload, entries }: WorkloadResults): string {
  const rows = entries.map((entry) => {
    const { strategy, failures, attempts, failureRate, vsBaseline, latencyMs: ms } = entry;
    const verdict = verdictOf(entry);
    const versus = verdict === 'baseline' ? ['', ''] : [pointsText(vsBaseline), pText(vsBaseline.pHolm)];
    const latency =
      attempts === 0 ? ['-', '-'] : [timeText(ms.p50, ms.p50Low, ms.p50High), timeText(ms.p99, ms.p99Low, ms.p99High)];
    return [strategy, `${failures}`, `${attempts}`, rateText(failureRate), ...versus, verdict, ...latency];
  });
  return textTable(`comparison, ${workload.name}`, COLUMNS, rows);
}

/** A plot a workload in which anybody asks for memory. */
export async function failurePlots(context: ReportContext): Promise<string> {
  const figures: string[] = [];
  for (const { workload, entries } of context.workloads) {
    const asked = entries.filter(({ attempts }) => attempts > 0);
    if (asked.length === 0) continue;
    const rates = said(asked, ({ strategy, failureRate }) => `${strategy} ${rateText(failureRate)} %`);
    const plot = await dotPlot({
      title: workload.name,
      alternative: `${workload.name}, requests that failed with 95 % intervals: ${rates}`,
      strategies: asked.map(({ strategy }) => strategy),
      dots: asked.map(({ strategy, failureRate: { mean, low, high } }) => ({
        strategy,
        series: '',
        value: mean,
        low,
        high,
      })),
      shapes: { domain: [''], range: ['circle'] },
      colours: strategyColours(context),
      x: { title: 'requests that failed', axis: { labelExpr: LABELS.percent }, scale: { zero: true } },
    });
    const worst = Math.max(...asked.map(({ failureRate }) => failureRate.mean));
    figures.push(figure(plot, worst === 0 ? 'nothing failed' : `up to ${percent(worst)}&nbsp;%`));
  }
  return panels(figures);
}
