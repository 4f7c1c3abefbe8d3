/** All settings of a search by what they come to. Kinds of settings differ in shape as well as in colour. */
import { LABELS, LEAST_TIME, logTimes } from '../../report/html/axes.ts';
import { said, SHAPES } from '../../report/html/context.ts';
import { haloed, renderPlot } from '../../report/html/plot.ts';
import type { Plot } from '../../report/html/plot.ts';
import { percent, time } from '../../report/units.ts';
import type { Interval } from '../finalist.ts';
import { KINDS, shortLabel, verifiedOf } from './points.ts';
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
      ...{ kind, x: seconds(score.p99Us), x1: seconds(p99Us.low), x2: seconds(p99Us.high) },
      ...{ y: score.failureRate, y1: failureRate.low, y2: failureRate.high },
      label: kind === 'recommended' || kind === 'present' ? shortLabel(point) : '',
    };
  });
  const times = values.flatMap(({ x, x1, x2 }) => [x, x1, x2]);
  const [shortest, longest] = [Math.min(...times), Math.max(...times)];
  const highest = Math.max(...values.map(({ y }) => y));
  const widest = Math.max(...values.map(({ y2 }) => y2));
  const most = highest === 0 ? widest : Math.min(widest, MOST_ABOVE * highest);
  const x = { field: 'x', type: 'quantitative', title: 'p99 latency', ...logTimes(shortest, longest) };
  const y = {
    field: 'y',
    type: 'quantitative',
    title: 'requests that failed',
    scale: { domain: [0, Math.max(most, highest) || 1], nice: false, clamp: true },
    axis: { labelExpr: LABELS.percent },
  };
  const color = { field: 'kind', type: 'nominal', legend: null, scale: KIND_SCALES.colours };
  const shape = { field: 'kind', type: 'nominal', legend: null, scale: KIND_SCALES.shapes };
  const verified = values.filter(({ kind }) => kind !== 'tried');
  const rule = { type: 'rule', opacity: 0.5, strokeWidth: 1.5 };
  const middle = Math.sqrt(shortest * longest);
  const labels = (align: 'left' | 'right', isHere: (at: number) => boolean): object[] =>
    haloed(
      { align, dx: align === 'left' ? 8 : -8, dy: -7 },
      { x, y, text: { field: 'label', type: 'nominal' } },
      values.filter(({ x: at, label }) => label !== '' && isHere(at)),
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
        ...labels('left', (at) => at < middle),
        ...labels('right', (at) => at >= middle),
      ],
    },
    {
      title: 'failure rate and p99 latency',
      alternative: `failure rate against p99 latency, ${points.length} settings: ${first}`,
      height: FRONT_HEIGHT,
    },
  );
}

/** From us, and above 0 for the log scale. */
function seconds(us: number): number {
  return Math.max(LEAST_TIME, us / 1e6);
}
