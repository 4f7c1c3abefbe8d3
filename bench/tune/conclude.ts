/**
 * What a search comes to: the settings that were run on fresh seeds with their intervals, the front, the one to take and
 * how sure that is.
 *
 * All of it rests on the fresh seeds, which all these settings have in common, so that they are compared seed by seed.
 */
import type { CellRecord } from '../run/cell.ts';
import { pooledQuantiles } from '../stats/quantiles.ts';
import { failureRate } from '../stats/failureRate.ts';
import { pairedDifference } from '../stats/paired.ts';
import type { PairedDifference } from '../stats/paired.ts';
import { groupBy } from '../stats/sums.ts';
import { virtualStatistics } from '../stats/virtual.ts';
import type { Evaluator, Seeds } from './evaluator.ts';
import { conditionsOf, judgeValues, valueOf, valuesOf, violationOf } from './goal.ts';
import type { Goal } from './goal.ts';
import { dominates, frontOf } from './pareto.ts';
import type { Judged } from './pareto.ts';
import { scoreOf, seedCountsOf } from './score.ts';
import type { Score } from './score.ts';
import { KEPT_SHARE } from './search.ts';
import type { Candidate } from './search.ts';
import { keyOf } from './setting.ts';
import type { Setting } from './setting.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One setting on the fresh seeds. */
export interface Finalist extends Judged {
  readonly setting: Setting;
  readonly score: Score;
  /** 95 %. */
  readonly intervals: {
    readonly failureRate: Interval;
    readonly p99Us: Interval;
    readonly cpuShare: Interval;
    readonly savedBytes: Interval;
  };
  /** Against the present setting, seed by seed. */
  readonly vsPresent: PairedDifference;
  /** Conditions that it breaks by its estimates, as they are shown. */
  readonly breaks: readonly string[];
}

export interface Conclusion {
  readonly seeds: Seeds;
  /** Best first. */
  readonly finalists: readonly Finalist[];
  readonly front: readonly Finalist[];
  readonly present: Finalist;
  readonly recommended: Finalist;
  /** Why it, in a sentence or two. */
  readonly why: string;
  /** All conditions are kept by the estimates of `recommended`; and by the whole intervals of their measures. */
  readonly isMet: boolean;
  readonly isSure: boolean;
  /** Keeps most of what the present setting saves, where the recommended one does not; null: it does, or none does. */
  readonly keepsSaving: Finalist | null;
}

export function conclude(
  evaluator: Evaluator,
  goal: Goal,
  candidates: readonly Candidate[],
  present: Setting,
  seeds: Seeds,
): Conclusion {
  const cellsOf = new Map(candidates.map(({ setting }) => [keyOf(setting), evaluator.of(setting, seeds)]));
  const counts = (setting: Setting) => seedCountsOf(cellsOf.get(keyOf(setting))!);
  const designEffect = Math.max(1, ...candidates.map(({ setting }) => failureRate(counts(setting)).designEffect ?? 1));
  const finalists = candidates.map(({ setting }): Finalist => {
    const cells = cellsOf.get(keyOf(setting))!;
    return {
      setting,
      score: scoreOf(cells),
      ...judgeValues(goal, valuesOf(goal, cells)),
      intervals: intervalsOf(cells, designEffect),
      vsPresent: pairedDifference(counts(setting), counts(present), 'tune', designEffect),
      breaks: conditionsOf(goal)
        .filter((one) => violationOf(one, valueOf(one.metric, cells)) > 0)
        .map(({ text }) => text),
    };
  });
  const front = frontOf(finalists);
  const choice = choose(goal, front, finalists, (setting) => cellsOf.get(keyOf(setting))!, designEffect);
  const ofPresent = finalists.find(({ setting }) => keyOf(setting) === keyOf(present))!;
  const { recommended } = choice;
  return {
    seeds,
    finalists,
    front,
    present: ofPresent,
    ...choice,
    isMet: recommended.violation === 0,
    isSure: isSure(goal, cellsOf.get(keyOf(recommended.setting))!, recommended),
    keepsSaving: keeping(finalists, ofPresent, recommended),
  };
}

function intervalsOf(cells: readonly CellRecord[], designEffect: number): Finalist['intervals'] {
  const bySeed = [...groupBy(cells, ({ seed }) => String(seed))].map(([, some]) => some);
  const histograms = bySeed.map((some) => some.flatMap(({ histograms: { latencyNs } }) => latencyNs));
  const [p99] = pooledQuantiles(histograms, [99], 'tune');
  const mean = (name: string, of: (score: Score) => number): Interval => {
    const { mean: centre, margin } = virtualStatistics(
      name,
      bySeed.map((some) => of(scoreOf(some))),
    );
    return { low: Math.max(0, centre - margin), high: centre + margin };
  };
  const { low, high } = failureRate(seedCountsOf(cells), designEffect);
  return {
    failureRate: { low, high },
    p99Us: { low: p99.low / 1e3, high: p99.high / 1e3 },
    cpuShare: mean('cpu share', ({ cpuShare }) => cpuShare),
    savedBytes: mean('saved bytes', ({ savedBytes }) => savedBytes),
  };
}

/**
 * Objective by objective, those are left over that cannot be told apart from the best; of the last ones the one that
 * costs the least of ksmd's CPU.
 */
function choose(
  goal: Goal,
  front: readonly Finalist[],
  finalists: readonly Finalist[],
  cellsOf: (setting: Setting) => readonly CellRecord[],
  designEffect: number,
): Pick<Conclusion, 'recommended' | 'why'> {
  if (goal.target !== null) return cheapest(goal.target.text, front, finalists);
  let left = [...front];
  const reasons: string[] = [];
  goal.objectives.forEach(({ name, metric }, i) => {
    const best = [...left].sort((a, b) => a.objectives[i] - b.objectives[i])[0];
    const before = left.length;
    left = left.filter(
      (one) =>
        one === best ||
        (metric.name === 'failureRate'
          ? pairedDifference(
              seedCountsOf(cellsOf(one.setting)),
              seedCountsOf(cellsOf(best.setting)),
              'tune',
              designEffect,
            ).low <= 0
          : isAlike(metricBySeed(metric, cellsOf(one.setting)), metricBySeed(metric, cellsOf(best.setting)))),
    );
    if (before > 1)
      reasons.push(`${left.length} of ${before} cannot be told apart from the best ${name.replace('_', ' ')}`);
  });
  const [recommended] = [...left].sort((a, b) => a.score.cpuShare - b.score.cpuShare);
  const last = left.length > 1 ? "; of these it takes the least of ksmd's CPU" : '';
  return {
    recommended,
    why: reasons.length === 0 ? 'nothing else is on the front' : `on the front, ${reasons.join('; ')}${last}`,
  };
}

function cheapest(
  text: string,
  front: readonly Finalist[],
  finalists: readonly Finalist[],
): Pick<Conclusion, 'recommended' | 'why'> {
  const [recommended] = [...front].sort((a, b) => a.objectives[0] - b.objectives[0]);
  const meeting = finalists.filter(({ violation }) => violation === 0).length;
  return {
    recommended,
    why:
      meeting === 0
        ? `none of ${finalists.length} settings meets ${text}: this one comes nearest`
        : `${meeting} of ${finalists.length} settings meet ${text}; of these it takes the least of ksmd's CPU`,
  };
}

function metricBySeed(metric: Goal['objectives'][number]['metric'], cells: readonly CellRecord[]): number[] {
  return [...groupBy(cells, ({ seed }) => String(seed))].map(([, some]) => valueOf(metric, some));
}

/** The interval of the mean difference, seed by seed, holds 0. */
function isAlike(some: readonly number[], others: readonly number[]): boolean {
  const differences = some.map((value, i) => value - others[i]);
  const shift = Math.min(0, ...differences);
  // The estimator takes durations, which are not below 0.
  const { mean, margin } = virtualStatistics(
    'difference',
    differences.map((value) => value - shift),
  );
  return Math.abs(mean + shift) <= margin;
}

/** No end of an interval of a measure with a condition breaks it. Measures without an interval: by the estimate alone. */
function isSure(goal: Goal, cells: readonly CellRecord[], { intervals }: Finalist): boolean {
  const known: Readonly<Record<string, Interval>> = {
    failureRate: intervals.failureRate,
    p99_latency: { low: intervals.p99Us.low / 1e3, high: intervals.p99Us.high / 1e3 },
    'ksm.cpuShare': intervals.cpuShare,
    'ksm.savedBytes': intervals.savedBytes,
  };
  return conditionsOf(goal).every((one) => {
    const interval = Object.hasOwn(known, one.metric.name) ? known[one.metric.name] : null;
    const ends = interval === null ? [valueOf(one.metric, cells)] : [interval.low, interval.high];
    return ends.every((value) => violationOf(one, value) === 0);
  });
}

function keeping(finalists: readonly Finalist[], present: Finalist, recommended: Finalist): Finalist | null {
  const least = KEPT_SHARE * present.score.savedBytes;
  if (recommended.score.savedBytes >= least) return null;
  const able = finalists.filter(({ score, violation }) => violation === 0 && score.savedBytes >= least);
  return (
    frontOf(able)
      .sort((a, b) => a.objectives[0] - b.objectives[0])
      .at(0) ?? null
  );
}

/** The setting of the front that is better than `one` in every way that was asked for; null: it is on the front itself. */
export function beatenBy(one: Finalist, front: readonly Finalist[]): Finalist | null {
  return front.find((other) => dominates(other, one)) ?? null;
}
