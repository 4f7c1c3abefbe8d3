/**
 * Plots of a finished search: its settings by what they come to, and maps of one measure each over sleep and pace. Kinds
 * of settings differ in shape as well as in colour.
 */
import { LABELS, logAxis, logTimes } from '../../report/html/axes.ts';
import { said, SHAPES } from '../../report/html/context.ts';
import { renderPlot } from '../../report/html/plot.ts';
import type { Plot } from '../../report/html/plot.ts';
import { bytes, percent, time } from '../../report/units.ts';
import type { Interval } from '../conclude.ts';
import type { Score } from '../score.ts';
import { levelOf, levelsBetween, levelsFromZero, levelWords } from './levels.ts';
import type { Levels } from './levels.ts';
import { KINDS, shortLabel } from './points.ts';
import type { Kind, Point } from './points.ts';

/** px. */
const FRONT_HEIGHT = 300;
/** Intervals are drawn up to so many times the highest rate: those of few seeds would press all marks together. */
const MOST_ABOVE = 2.5;
/** Shape by index, and colour. */
export const KIND_MARKS: Readonly<Record<Kind, readonly [shape: number, colour: string]>> = {
  recommended: [2, 'var(--s3)'],
  present: [1, 'var(--s2)'],
  front: [0, 'var(--s1)'],
  published: [3, 'var(--s4)'],
  verified: [5, 'var(--s6)'],
  tried: [0, 'var(--soft)'],
};

const KIND_SCALES = {
  colours: { domain: KINDS, range: KINDS.map((kind) => KIND_MARKS[kind][1]) },
  shapes: { domain: KINDS, range: KINDS.map((kind) => SHAPES[KIND_MARKS[kind][0]][0]) },
};

/** Failure rate against p99 latency, with the 95 % intervals of those on fresh seeds. */
export function frontPlot(points: readonly Point[]): Promise<Plot> {
  const values = points.map((point) => {
    const { score, finalist, kind } = point;
    const { failureRate, p99Us }: { failureRate: Interval; p99Us: Interval } = finalist?.intervals ?? {
      failureRate: { low: score.failureRate, high: score.failureRate },
      p99Us: { low: score.p99Us, high: score.p99Us },
    };
    return {
      ...{ kind, x: score.p99Us / 1e6, x1: p99Us.low / 1e6, x2: p99Us.high / 1e6 },
      ...{ y: score.failureRate, y1: failureRate.low, y2: failureRate.high },
      label: kind === 'recommended' || kind === 'present' ? shortLabel(point) : '',
    };
  });
  const times = values.flatMap(({ x, x1, x2 }) => [x, x1, x2]).filter((seconds) => seconds > 0);
  const [shortest, longest] = [Math.min(...times), Math.max(...times)];
  const highest = Math.max(...values.map(({ y }) => y));
  const widest = Math.max(...values.map(({ y2 }) => y2));
  const most = highest === 0 ? widest : Math.min(widest, MOST_ABOVE * highest);
  const x = { field: 'x', type: 'quantitative', title: 'p99 latency', ...logTimes(shortest, longest) };
  const y = {
    field: 'y',
    type: 'quantitative',
    title: 'requests that failed',
    scale: { domain: [0, Math.max(most, highest) || 1], nice: false },
    axis: { labelExpr: LABELS.percent },
  };
  const color = { field: 'kind', type: 'nominal', legend: null, scale: KIND_SCALES.colours };
  const shape = { field: 'kind', type: 'nominal', legend: null, scale: KIND_SCALES.shapes };
  const verified = values.filter(({ kind }) => kind !== 'tried');
  const rule = { type: 'rule', opacity: 0.5, strokeWidth: 1.5, clip: true };
  const middle = Math.sqrt(shortest * longest);
  const labels = (align: 'left' | 'right', isHere: (seconds: number) => boolean): object[] =>
    haloed(
      { align, dx: align === 'left' ? 8 : -8, dy: -7 },
      { x, y, text: { field: 'label', type: 'nominal' } },
      values.filter(({ x: seconds, label }) => label !== '' && isHere(seconds)),
    );
  const first = said(verifiedOf(points), ({ label, score }) => {
    return `${label} ${percent(score.failureRate)} %, ${time(score.p99Us / 1e3)}`;
  });
  return renderPlot(
    {
      layer: [
        {
          data: { values: values.filter(({ kind }) => kind === 'tried') },
          mark: { type: 'point', size: 22, strokeWidth: 1.25 },
          encoding: { x, y, color, shape },
        },
        {
          data: { values: verified },
          mark: rule,
          encoding: { x, y: { ...y, field: 'y1' }, y2: { field: 'y2' }, color },
        },
        {
          data: { values: verified },
          mark: rule,
          encoding: { x: { ...x, field: 'x1' }, x2: { field: 'x2' }, y, color },
        },
        {
          // The first kinds last, so that they lie on top.
          data: { values: [...verified].reverse() },
          mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: { x, y, color, shape },
        },
        ...labels('left', (seconds) => seconds < middle),
        ...labels('right', (seconds) => seconds >= middle),
      ],
    },
    {
      title: 'failure rate and p99 latency',
      alternative: `failure rate against p99 latency, ${points.length} settings: ${first}`,
      height: FRONT_HEIGHT,
    },
  );
}

/** Text that can be read on whatever lies below it. */
function haloed(mark: object, encoding: object, values: readonly object[]): object[] {
  const text = { type: 'text', color: 'currentColor', ...mark };
  return [{ stroke: 'var(--paper)', strokeWidth: 2.5, strokeJoin: 'round' }, {}].map((more) => ({
    data: { values },
    mark: { ...text, ...more },
    encoding,
  }));
}

function verifiedOf(points: readonly Point[]): Point[] {
  return points.filter(({ finalist }) => finalist !== null);
}

/** A measure that is mapped. */
export interface Mapped {
  readonly title: string;
  readonly value: (score: Score) => number;
  readonly text: (value: number) => string;
  readonly levels: (values: readonly number[]) => Levels;
}

/** Colours `--h0` (low) to `--h5`. */
export const MOST_LEVELS = 6;
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

export interface Map {
  readonly plot: Plot;
  /** Level by level. */
  readonly words: readonly string[];
  readonly colours: readonly string[];
}

/** One measure over sleep and pace, a point a setting in the colour of its level. */
export async function mapPlot(points: readonly Point[], { title, value, text, levels }: Mapped): Promise<Map> {
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
  return logAxis(least, most, (value) => (value < 1e3 ? `${value}` : `${value / 1e3}k`));
}

/** Room for points at the ends. */
function padded(axis: (least: number, most: number) => object, values: readonly number[]): object {
  return axis(Math.min(...values) / 1.15, Math.max(...values) * 1.15);
}
