/**
 * What a search comes to: the settings that were run on fresh seeds with their intervals, the front, the one to take
 * and how sure that is.
 *
 * All of it rests on the fresh seeds, which all these settings have in common, so that they are compared seed by seed.
 */
import type { CellRecord } from '../run/cell.ts';
import { pooledQuantiles } from '../stats/quantiles.ts';
import { failureRate } from '../stats/failureRate.ts';
import { pairedDifference } from '../stats/paired.ts';
import { virtualStatistics } from '../stats/virtual.ts';
import { choose } from './choose.ts';
import type { Choice } from './choose.ts';
import type { Evaluator, Seeds } from './evaluator.ts';
import type { Finalist, Interval } from './finalist.ts';
import { conditionsOf, judgeValues, valueOf, valuesOf, violationOf } from './goal.ts';
import type { Goal } from './goal.ts';
import { dominates, frontOf } from './pareto.ts';
import { bySeed, scoreOf, seedCountsOf } from './score.ts';
import type { Score } from './score.ts';
import { KEPT_SHARE } from './search.ts';
import type { Candidate } from './search.ts';
import { keyOf } from './setting.ts';
import type { Setting } from './setting.ts';

export interface Conclusion extends Choice {
  readonly seeds: Seeds;
  /** Best first. */
  readonly finalists: readonly Finalist[];
  readonly front: readonly Finalist[];
  readonly present: Finalist;
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
  const seeds = bySeed(cells);
  const histograms = seeds.map((some) => some.flatMap(({ histograms: { latencyNs } }) => latencyNs));
  const [p99] = pooledQuantiles(histograms, [99], 'tune');
  const mean = (name: string, of: (score: Score) => number): Interval => {
    const { mean: centre, margin } = virtualStatistics(
      name,
      seeds.map((some) => of(scoreOf(some))),
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
 * No end of an interval of a measure with a condition breaks it. Measures without an interval: by the estimate alone.
 */
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

/**
 * The setting of the front that is better than `one` in every way that was asked for; null: it is on the front itself.
 */
export function beatenBy(one: Finalist, front: readonly Finalist[]): Finalist | null {
  return front.find((other) => dominates(other, one)) ?? null;
}
