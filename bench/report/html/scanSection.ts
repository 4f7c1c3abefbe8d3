/** How long ksmd takes for a full scan, against how often requests fail: a point a cell, a panel a workload. */
import { pooledPercentile } from '../../run/histogram.ts';
import { percent, time } from '../units.ts';
import { LABELS, logTimes } from './axes.ts';
import { pointKey, lineColours, strategyShapes } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure, panels, renderPlot } from './plot.ts';
import type { Plot } from './plot.ts';
import { textTable } from './shell.ts';

/** Longest over shortest from which a log scale shows more. */
const SPREAD = 8;

interface Point {
  readonly strategy: string;
  readonly seed: number;
  /** Median of the cell's full scans, s. */
  readonly scan: number;
  /** Share of its requests that failed. */
  readonly rate: number;
}

export async function scanSection(context: ReportContext): Promise<string> {
  const figures: string[] = [];
  const tables: string[] = [];
  const without: string[] = [];
  for (const results of context.workloads) {
    const { name } = results.workload;
    const points = pointsOf(context, results);
    if (points.every(({ rate }) => rate === 0)) {
      without.push(name);
      continue;
    }
    figures.push(figure(await scanPlot(context, name, points)));
    tables.push(`<h3 class="minor">${escapeHtml(name)}</h3>${pointTable(name, points)}`);
  }
  const note =
    without.length === 0
      ? ''
      : `<p>${escapeHtml(`Nothing failed in a cell with a full scan of ${without.join(', ')}.`)}</p>`;
  if (figures.length === 0) return note;
  return `<p>A point is a cell.</p>
${pointKey(context)}
${panels(figures)}
${note}<details><summary>the points, in numbers</summary>${tables.join('\n')}</details>`;
}

function pointsOf(context: ReportContext, { entries }: WorkloadResults): Point[] {
  return entries.flatMap((entry) =>
    context.cellsOf(entry).flatMap(({ histograms, cma, seed }) => {
      const scan = pooledPercentile([histograms.fullScanNs], 50) / 1e9;
      if (scan === 0 || cma.attempts === 0) return [];
      return [{ strategy: entry.strategy, seed, scan, rate: cma.failures / cma.attempts }];
    }),
  );
}

function scanPlot(context: ReportContext, name: string, points: readonly Point[]): Promise<Plot> {
  const scans = points.map(({ scan }) => scan);
  const rates = points.map(({ rate }) => rate);
  const [shortest, longest] = [Math.min(...scans), Math.max(...scans)];
  return renderPlot(
    {
      data: { values: points.filter(({ strategy }) => context.lines.includes(strategy)) },
      mark: { type: 'point', size: 52, opacity: 0.9, strokeWidth: 1.5 },
      encoding: {
        x: {
          field: 'scan',
          type: 'quantitative',
          title: 'full scan, median of the cell',
          ...(longest > SPREAD * shortest
            ? logTimes(shortest, longest)
            : { scale: { zero: false, padding: 12 }, axis: { labelExpr: LABELS.seconds } }),
        },
        y: { field: 'rate', type: 'quantitative', title: 'requests that failed', axis: { labelExpr: LABELS.percent } },
        color: { field: 'strategy', type: 'nominal', legend: null, scale: lineColours(context) },
        shape: { field: 'strategy', type: 'nominal', legend: null, scale: strategyShapes(context) },
      },
    },
    {
      title: name,
      alternative: `${name}, failure rate against the median of full scans, ${points.length} cells: scans from ${time(1e3 * shortest)} to ${time(1e3 * longest)}, failure rates from ${percent(Math.min(...rates))} to ${percent(Math.max(...rates))} %`,
    },
  );
}

function pointTable(name: string, points: readonly Point[]): string {
  const rows = points.map(({ strategy, seed, scan, rate }) => [strategy, `${seed}`, time(1e3 * scan), percent(rate)]);
  const columns = [
    { title: 'strategy' },
    { title: 'seed', isNumber: true },
    { title: 'full scan p50', isNumber: true },
    { title: 'failed %', isNumber: true },
  ];
  return textTable(`full scans and failure rates, ${name}`, columns, rows);
}
