/** A record to what is kept of it: one observation a measure, and a few lines over time. */
import type { TestbedRecord } from '../../sim/index.ts';
import { familyOf } from './measures/index.ts';
import { isRatio } from './measures/measure.ts';
import type { Measure, Observation } from './measures/measure.ts';

/** Time between two points of a line, s since measuring began. */
export const LINE_STEP_S = 0.5;
const MAX_POINTS = 200;

/** Value every LINE_STEP_S; null before the first look and behind the last. */
export type Line = readonly (number | null)[];

/** Lines that are drawn, by title. */
export const LINES = [
  'unfindable share of KSM ptes',
  'pages_sharing',
  'KSM pages in the CMA area',
  'anonymous pages in the CMA area',
] as const;
type LineName = (typeof LINES)[number];

export interface Reduced {
  /** By the measure's name; null: no chance to show it. */
  readonly observations: Readonly<Record<string, Observation | null>>;
  /** Of loads only. */
  readonly lines: Readonly<Record<LineName, Line>> | null;
}

/** Reduces `record` by these measures. Clusters are kept only when asked for: nobody needs them of a modelled run. */
export function reduceRecord(record: TestbedRecord, measures: readonly Measure[], keepClusters: boolean): Reduced {
  const observations = measures.map((measure) => {
    const seen = measure.of(record);
    const plain = seen === null || keepClusters || !isRatio(seen) ? seen : { hits: seen.hits, of: seen.of };
    return [measure.name, plain] as const;
  });
  return {
    observations: Object.fromEntries(observations),
    lines: familyOf(record) === 'load' ? linesOf(record) : null,
  };
}

type Point = readonly [t: number, value: number];

function linesOf(record: TestbedRecord): Record<LineName, Line> {
  const start = record.t_measure;
  const time = record.series_cols.indexOf('t');
  const sharing = record.series_cols.indexOf('pages_sharing');
  const looks = record.census.filter((look) => look.maps > 0);
  return {
    'unfindable share of KSM ptes': resample(looks.map((look) => [look.t - start, look.maps_missing / look.maps])),
    pages_sharing: resample(record.series.map((sample) => [sample[time] - start, sample[sharing]])),
    'KSM pages in the CMA area': resample(record.occupancy.map((look) => [look.t - start, look.ksm])),
    'anonymous pages in the CMA area': resample(record.occupancy.map((look) => [look.t - start, look.anon])),
  };
}

/** Straight lines between the points, read at equal steps from 0. */
function resample(points: readonly Point[]): Line {
  const end = Math.min(MAX_POINTS - 1, Math.floor((points.at(-1)?.[0] ?? -1) / LINE_STEP_S));
  const line: (number | null)[] = [];
  let next = 0;
  for (let step = 0; step <= end; step++) {
    const t = step * LINE_STEP_S;
    while (next < points.length && points[next][0] < t) next++;
    line.push(next >= points.length ? null : between(points.at(next - 1), points[next], t, next));
  }
  return line;
}

function between(before: Point | undefined, after: Point, t: number, next: number): number | null {
  if (after[0] === t) return after[1];
  if (next === 0 || before === undefined) return null;
  const part = (t - before[0]) / (after[0] - before[0]);
  return Number((before[1] + part * (after[1] - before[1])).toPrecision(6));
}
