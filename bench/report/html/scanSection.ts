/** How long ksmd takes for a full scan, against how often requests fail: a point a cell. */
import { pooledPercentile } from '../../run/histogram.ts';
import { percent, time } from '../units.ts';
import { lineKey, strategyColours } from './context.ts';
import type { ReportContext } from './context.ts';
import { figure, renderPlot } from './plot.ts';
import { textTable } from './shell.ts';

/** Longest over shortest from which a log scale shows more. */
const SPREAD = 8;

export async function scanSection(context: ReportContext): Promise<string> {
  const points = context.workloads.flatMap(({ workload, entries }) =>
    entries.flatMap((entry) =>
      context.cellsOf(entry).flatMap(({ histograms, cma, seed }) => {
        const scan = pooledPercentile([histograms.fullScanNs], 50) / 1e9;
        if (scan === 0 || cma.attempts === 0) return [];
        return [{ workload: workload.name, strategy: entry.strategy, seed, scan, rate: cma.failures / cma.attempts }];
      }),
    ),
  );
  if (points.length === 0) return '<p>No cell has both a full scan and a request.</p>';
  const scans = points.map(({ scan }) => scan);
  const [shortest, longest] = [Math.min(...scans), Math.max(...scans)];
  const rates = points.map(({ rate }) => rate);
  const plot = await renderPlot(
    {
      data: { values: points },
      mark: { type: 'point', size: 48, opacity: 0.85, strokeWidth: 1.5 },
      encoding: {
        x: {
          field: 'scan',
          type: 'quantitative',
          title: 'full scan, median of the cell',
          scale: longest > SPREAD * shortest ? { type: 'log', nice: false } : { zero: false },
          axis: { labelExpr: "format(datum.value, '~s') + 's'" },
        },
        y: { field: 'rate', type: 'quantitative', title: 'requests that failed', axis: { format: '~%' } },
        color: { field: 'strategy', type: 'nominal', legend: null, scale: strategyColours(context) },
        shape: { field: 'workload', type: 'nominal', legend: null },
      },
    },
    {
      title: 'a point is a cell, its shape the workload',
      alternative: `failure rate against the median of full scans, ${points.length} cells: scans from ${time(1e3 * shortest)} to ${time(1e3 * longest)}, failure rates from ${percent(Math.min(...rates))} to ${percent(Math.max(...rates))} %`,
    },
  );
  const rows = points.map(({ workload, strategy, seed, scan, rate }) => [
    workload,
    strategy,
    `${seed}`,
    time(1e3 * scan),
    percent(rate),
  ]);
  const columns = [
    { title: 'workload' },
    { title: 'strategy' },
    { title: 'seed', isNumber: true },
    { title: 'full scan p50', isNumber: true },
    { title: 'failed %', isNumber: true },
  ];
  return `${lineKey(context)}
<div class="panels">${figure(plot)}</div>
<details><summary>the points, in numbers</summary>${textTable('full scans and failure rates', columns, rows)}</details>`;
}
