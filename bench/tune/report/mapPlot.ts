/** Maps of a search: one measure each over sleep and pace, a point a setting. */
import { logAxis, logTimes } from '../../report/html/axes.ts';
import { said } from '../../report/html/context.ts';
import { haloed, renderPlot } from '../../report/html/plot.ts';
import type { Plot } from '../../report/html/plot.ts';
import { bytes, percent, time } from '../../report/units.ts';
import type { Score } from '../score.ts';
import { levelOf, levelsBetween, levelsFromZero, levelWords } from './levels.ts';
import type { Levels } from './levels.ts';
import { paceLabel, verifiedOf } from './points.ts';
import type { Point } from './points.ts';

/** A measure that is mapped. */
export interface Mapped {
  readonly title: string;
  readonly value: (score: Score) => number;
  readonly text: (value: number) => string;
  readonly levels: (values: readonly number[]) => Levels;
}

/** Colours `--h0` (low) to `--h5`. */
const MOST_LEVELS = 6;
const perCent = (share: number): string => `${percent(share)} %`;

export const MAPPED: readonly Mapped[] = [
  {
    title: 'requests that failed',
    value: ({ failureRate }) => failureRate,
    text: perCent,
    levels: (values) => levelsFromZero(Math.max(...values), MOST_LEVELS - 1),
  },
  {
    title: 'p99 latency',
    value: ({ p99Us }) => p99Us / 1e3,
    text: time,
    levels: (values) => levelsBetween(values, MOST_LEVELS),
  },
  {
    title: 'CPU of ksmd, of one CPU',
    value: ({ cpuShare }) => cpuShare,
    text: perCent,
    levels: (values) => levelsBetween(values, MOST_LEVELS),
  },
  {
    title: 'memory saved by merging',
    value: ({ savedBytes }) => savedBytes / 1024 ** 2,
    text: (value) => bytes(value * 1024 ** 2),
    levels: (values) => levelsBetween(values, MOST_LEVELS),
  },
];

export interface MapPlot {
  readonly plot: Plot;
  /** Level by level. */
  readonly words: readonly string[];
  readonly colours: readonly string[];
}

/** One measure over sleep and pace, a point a setting in the colour of its level. */
export async function mapPlot(points: readonly Point[], { title, value, text, levels }: Mapped): Promise<MapPlot> {
  const all = points.map(({ score }) => value(score));
  const bounds = levels(all);
  const colours = bounds.map((_, i) => colourOf(i, bounds.length));
  const values = points.map(({ sleepMillisecs, pace, isPlain, score, kind }) => ({
    x: sleepMillisecs / 1e3,
    y: pace,
    level: levelOf(bounds, value(score)),
    knobs: isPlain ? 'plain' : 'changed',
    label: kind === 'recommended' ? 'R' : kind === 'present' ? 'P' : '',
  }));
  const [sleeps, paces] = [values.map(({ x }) => x), values.map(({ y }) => y)];
  const x = { field: 'x', type: 'quantitative', title: 'sleep', ...padded(logTimes, sleeps) };
  const y = { field: 'y', type: 'quantitative', title: 'pages for each second of sleep', ...padded(paceAxis, paces) };
  const isLabelled = "datum.label !== ''";
  const first = said(verifiedOf(points), ({ label, score }) => `${label} ${text(value(score))}`);
  const plot = await renderPlot(
    {
      layer: [
        {
          // The first kinds last, so that they lie on top.
          data: { values: [...values].reverse() },
          mark: { type: 'point', filled: true, size: 110, opacity: 1 },
          encoding: {
            x,
            y,
            fill: {
              field: 'level',
              type: 'ordinal',
              legend: null,
              scale: { domain: bounds.map((_, i) => i), range: colours },
            },
            shape: {
              field: 'knobs',
              type: 'nominal',
              legend: null,
              scale: { domain: ['plain', 'changed'], range: ['circle', 'triangle-up'] },
            },
            stroke: { condition: { test: isLabelled, value: 'var(--ink)' }, value: 'var(--edge)' },
            strokeWidth: { condition: { test: isLabelled, value: 2.5 }, value: 0.75 },
          },
        },
        ...haloed(
          { dy: -13, fontWeight: 'bold', fontSize: 12 },
          { x, y, text: { field: 'label', type: 'nominal' } },
          values.filter(({ label }) => label !== ''),
        ),
      ],
    },
    {
      title,
      alternative: `${title} over sleep_millisecs and pages for each second of sleep, ${points.length} settings from ${text(Math.min(...all))} to ${text(Math.max(...all))}: ${first}`,
    },
  );
  return { plot, words: levelWords(bounds, text), colours };
}

function colourOf(level: number, levels: number): string {
  return `var(--h${levels === 1 ? 0 : Math.round((level * (MOST_LEVELS - 1)) / (levels - 1))})`;
}

function paceAxis(least: number, most: number): object {
  return logAxis(least, most, paceLabel);
}

/** Room for points at the ends. */
function padded(axis: (least: number, most: number) => object, values: readonly number[]): object {
  return axis(Math.min(...values) / 1.15, Math.max(...values) * 1.15);
}
