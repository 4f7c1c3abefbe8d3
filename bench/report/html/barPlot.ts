/** Horizontal bars, a row a strategy, plain or stacked; and dots with intervals. */
import { NAME_LINE, namesOnLines, strategyAxis } from './axes.ts';
import { renderPlot } from './plot.ts';
import type { Plot } from './plot.ts';

/** px: a row, and what the axis takes. */
const ROW = 19;
const AXIS = 48;
/** px: of a plot with a row a strategy. */
function rowsHeight(strategies: readonly string[]): number {
  const lines = Math.max(1, ...namesOnLines(strategies).map((name) => name.length));
  return AXIS + Math.max(ROW, 7 + NAME_LINE * lines) * Math.max(2, strategies.length);
}

export interface Bars {
  readonly title: string;
  readonly alternative: string;
  readonly strategies: readonly string[];
  /** `part`: of a stacked bar; '' in plain ones. */
  readonly values: readonly { readonly strategy: string; readonly part: string; readonly value: number }[];
  /** `labels`: a Vega expression. */
  readonly axis: { readonly title: string; readonly labels: string };
  /** By part, or by strategy where the bars are plain. */
  readonly colours: { readonly domain: readonly string[]; readonly range: readonly string[] };
}

export function barPlot({ title, alternative, strategies, values, axis, colours }: Bars): Promise<Plot> {
  const isStacked = values.some(({ part }) => part !== '');
  const most = Math.max(...totals(values).values());
  return renderPlot(
    {
      // A bar of nothing would draw its edge.
      data: { values: values.filter(({ value }) => value > 0) },
      mark: { type: 'bar', stroke: 'var(--paper)', strokeWidth: isStacked ? 0.75 : 0, height: { band: 0.7 } },
      encoding: {
        y: strategyAxis(strategies),
        x: {
          field: 'value',
          type: 'quantitative',
          title: axis.title,
          axis: { labelExpr: axis.labels },
          // Bars of nothing stand at the left.
          scale: most > 0 ? { zero: true } : { domain: [0, 1] },
        },
        color: {
          field: isStacked ? 'part' : 'strategy',
          type: 'nominal',
          legend: null,
          scale: { domain: colours.domain, range: colours.range },
        },
        ...(isStacked ? { order: { field: 'order', type: 'quantitative' } } : {}),
      },
      transform: isStacked
        ? [{ calculate: `indexof(${JSON.stringify(colours.domain)}, datum.part)`, as: 'order' }]
        : [],
    },
    { title, alternative, height: rowsHeight(strategies) },
  );
}

function totals(values: Bars['values']): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { strategy, value } of values) sums.set(strategy, (sums.get(strategy) ?? 0) + value);
  return sums;
}

export interface Dot {
  readonly strategy: string;
  /** Shape by index in `shapes`. */
  readonly series: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Dots {
  readonly title: string;
  readonly alternative: string;
  readonly strategies: readonly string[];
  readonly dots: readonly Dot[];
  readonly shapes: { readonly domain: readonly string[]; readonly range: readonly string[] };
  readonly colours: Bars['colours'];
  /** x: title, axis and scale of Vega-Lite. */
  readonly x: object;
  /** px: the plot is at least so high. */
  readonly least?: number;
}

export function dotPlot({ title, alternative, strategies, dots, shapes, colours, x, least = 0 }: Dots): Promise<Plot> {
  const y = strategyAxis(strategies);
  const axis = { type: 'quantitative', ...x };
  const color = { field: 'strategy', type: 'nominal', legend: null, scale: colours };
  return renderPlot(
    {
      data: { values: dots },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2, opacity: 0.55 },
          encoding: { y, x: { ...axis, field: 'low' }, x2: { field: 'high' }, color },
        },
        {
          mark: { type: 'point', filled: true, size: 56, opacity: 1 },
          encoding: {
            y,
            x: { ...axis, field: 'value' },
            color,
            shape: { field: 'series', type: 'nominal', legend: null, scale: shapes },
          },
        },
      ],
    },
    { title, alternative, height: Math.max(least, rowsHeight(strategies)) },
  );
}
