/** How long requests take: distributions and percentiles. */
import type { CellRecord } from '../../run/cell.ts';
import { time } from '../units.ts';
import { LABELS, LEAST_TIME, logTimes } from './axes.ts';
import { dotPlot } from './barPlot.ts';
import { lineColours, lineKey, said, strategyColours, strategyDashes } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { figure, HEIGHT, panels, renderPlot } from './plot.ts';
import type { Plot } from './plot.ts';

/** Steps of one line: more cannot be seen. */
const MOST_STEPS = 250;
const SHAPES = { domain: ['p50', 'p90', 'p99'], range: ['circle', 'diamond', 'triangle-up'] };

/** A row of plots a workload. */
export async function latencySection(context: ReportContext): Promise<string> {
  const figures: string[] = [];
  for (const results of context.workloads) {
    if (results.entries.every(({ attempts }) => attempts === 0)) continue;
    figures.push(figure(await distributionPlot(context, results)), figure(await percentilePlot(context, results)));
  }
  if (figures.length === 0) return '<p>Nobody asked for contiguous memory.</p>';
  return `<p>Distribution: the share of the requests, failed ones among them, that were over after a time. Percentiles: of all requests, with their 95&nbsp;% intervals over seeds; the median is a circle, p90 a diamond, p99 a triangle.</p>
${lineKey(context)}
${panels(figures, 'two')}`;
}

function distributionPlot(context: ReportContext, { workload, entries }: WorkloadResults): Promise<Plot> {
  const drawn = entries.filter(({ strategy, attempts }) => attempts > 0 && context.lines.includes(strategy));
  const values = drawn.flatMap((entry) =>
    distributionOf(context.cellsOf(entry)).map(([ns, share]) => ({
      x: Math.max(LEAST_TIME, ns / 1e9),
      share,
      strategy: entry.strategy,
    })),
  );
  const times = values.map(({ x }) => x);
  const medians = said(drawn, ({ strategy, latencyMs }) => `${strategy} ${time(latencyMs.p50)}`);
  return renderPlot(
    {
      data: { values },
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: 'latency', ...logTimes(Math.min(...times), Math.max(...times)) },
        y: { field: 'share', type: 'quantitative', title: 'requests', axis: { labelExpr: LABELS.percent } },
        color: { field: 'strategy', type: 'nominal', legend: null, scale: lineColours(context) },
        strokeDash: { field: 'strategy', type: 'nominal', legend: null, scale: strategyDashes(context) },
      },
    },
    {
      title: `${workload.name}, distribution`,
      alternative: `${workload.name}, distribution of latency; half of the requests are over after: ${medians}`,
    },
  );
}

/** Rising (ns, share of requests that took at most so long). */
function distributionOf(cells: readonly CellRecord[]): (readonly [ns: number, share: number])[] {
  const pooled = cells.flatMap(({ histograms }) => histograms.latencyNs).sort((a, b) => a[0] - b[0]);
  const total = pooled.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  const steps = pooled.map(([ns, count]) => {
    below += count;
    return [ns, below / total] as const;
  });
  const every = Math.ceil(steps.length / MOST_STEPS);
  return steps.filter((_, i) => i % every === 0 || i === steps.length - 1);
}

function percentilePlot(context: ReportContext, { workload, entries }: WorkloadResults): Promise<Plot> {
  const asked = entries.filter(({ attempts }) => attempts > 0);
  const p99 = said(asked, ({ strategy, latencyMs }) => `${strategy} ${time(latencyMs.p99)}`);
  const dots = asked.flatMap(({ strategy, latencyMs: ms }) => [
    { strategy, series: 'p50', ...seconds(ms.p50, ms.p50Low, ms.p50High) },
    { strategy, series: 'p90', ...seconds(ms.p90, ms.p90Low, ms.p90High) },
    { strategy, series: 'p99', ...seconds(ms.p99, ms.p99Low, ms.p99High) },
  ]);
  return dotPlot({
    title: `${workload.name}, percentiles`,
    alternative: `${workload.name}, percentiles of latency; p99: ${p99}`,
    strategies: asked.map(({ strategy }) => strategy),
    dots,
    shapes: SHAPES,
    colours: strategyColours(context),
    x: {
      title: 'latency',
      ...logTimes(Math.min(...dots.map(({ low }) => low)), Math.max(...dots.map(({ high }) => high))),
    },
    least: HEIGHT,
  });
}

/** From ms, and above 0 for the log scale. */
function seconds(value: number, low: number, high: number): { value: number; low: number; high: number } {
  const of = (ms: number): number => Math.max(LEAST_TIME, ms / 1e3);
  return { value: of(value), low: of(low), high: of(high) };
}
