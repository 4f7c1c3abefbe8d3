/** The counters of KSM and the unfindable ptes over simulated time: the mean over seeds, a line a strategy. */
import type { Sample } from '../../../sim/index.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { groupBy, sum } from '../../stats/sums.ts';
import { count } from '../units.ts';
import { LABELS } from './axes.ts';
import { lineKey, said, lineColours, strategyDashes } from './context.ts';
import type { ReportContext, WorkloadResults } from './context.ts';
import { escapeHtml } from './escape.ts';
import { figure, panels, renderPlot } from './plot.ts';
import type { Plot } from './plot.ts';
import { textTable } from './shell.ts';

type Quantity = Exclude<keyof Sample, 'at'>;

const QUANTITIES: readonly (readonly [key: Quantity, title: string])[] = [
  ['unfindablePtes', 'unfindable ptes'],
  ['pages_shared', 'pages_shared'],
  ['pages_sharing', 'pages_sharing'],
  ['pages_unshared', 'pages_unshared'],
  ['pages_volatile', 'pages_volatile'],
  ['freeCmaPages', 'free pages of CMA areas'],
];

/** Those of which nothing is worth seeing. */
const FROM_ZERO: readonly Quantity[] = ['unfindablePtes', 'freeCmaPages'];

interface Point {
  readonly at: number;
  readonly strategy: string;
  readonly values: Readonly<Record<Quantity, number>>;
}

export async function timeSection(context: ReportContext): Promise<string> {
  const parts: string[] = [];
  for (const results of context.workloads) {
    const points = results.entries
      .filter(({ strategy }) => context.lines.includes(strategy))
      .flatMap((entry) => meansOf(context, entry));
    if (points.length === 0) continue;
    const figures: string[] = [];
    for (const [key, title] of QUANTITIES) figures.push(figure(await linePlot(context, results, points, key, title)));
    parts.push(`<h3>${escapeHtml(results.workload.name)}</h3>${panels(figures)}`);
    parts.push(
      `<details><summary>the same as numbers, first and last sample</summary>${endsTable(results, points)}</details>`,
    );
  }
  if (parts.length === 0) return '<p>No cell was measured for as long as a second, so there is no sample.</p>';
  return `${lineKey(context)}\n${parts.join('\n')}`;
}

/** Seeds are sampled at the same moments. */
function meansOf(context: ReportContext, entry: SummaryEntry): Point[] {
  const samples = context.cellsOf(entry).flatMap((cell) => cell.samples);
  return [...groupBy(samples, ({ at }) => `${at}`).values()]
    .map((same) => {
      const mean = (key: Quantity): number => sum(same, (sample) => sample[key]) / same.length;
      const values = Object.fromEntries(QUANTITIES.map(([key]) => [key, mean(key)])) as Record<Quantity, number>;
      return { at: same[0].at / 1e9, strategy: entry.strategy, values };
    })
    .sort((a, b) => a.at - b.at);
}

function linePlot(
  context: ReportContext,
  { workload }: WorkloadResults,
  points: readonly Point[],
  key: Quantity,
  title: string,
): Promise<Plot> {
  const values = points.map((point) => ({ at: point.at, value: point.values[key], strategy: point.strategy }));
  // A line along 0 has a scale of its own; that of large counters begins where they do.
  const most = Math.max(...values.map(({ value }) => value));
  const scale = most === 0 ? { domain: [0, 1] } : { zero: FROM_ZERO.includes(key) };
  const lasts = [...groupBy(values, ({ strategy }) => strategy).values()].map((line) => line.at(-1)!);
  const ends = said(lasts, ({ strategy, value }) => `${strategy} ${count(value)}`);
  return renderPlot(
    {
      data: { values },
      mark: { type: 'line', strokeWidth: 1.75 },
      encoding: {
        x: { field: 'at', type: 'quantitative', title: 's since measuring began' },
        y: { field: 'value', type: 'quantitative', title: null, axis: { labelExpr: LABELS.count }, scale },
        color: { field: 'strategy', type: 'nominal', legend: null, scale: lineColours(context) },
        strokeDash: { field: 'strategy', type: 'nominal', legend: null, scale: strategyDashes(context) },
      },
    },
    { title, alternative: `${workload.name}, ${title} over time, means over seeds; at the end: ${ends}` },
  );
}

function endsTable({ workload }: WorkloadResults, points: readonly Point[]): string {
  const rows = [...groupBy(points, ({ strategy }) => strategy).values()].flatMap((line) =>
    [line[0], line[line.length - 1]].map(({ at, strategy, values }) => [
      strategy,
      at.toFixed(0),
      ...QUANTITIES.map(([key]) => count(values[key])),
    ]),
  );
  const columns = [
    { title: 'strategy' },
    { title: 's', isNumber: true },
    ...QUANTITIES.map(([, title]) => ({ title, isNumber: true })),
  ];
  return textTable(`counters over time, ${workload.name}`, columns, rows);
}
