/** Which setting of the front to take, and why. */
import type { CellRecord } from '../run/cell.ts';
import type { Metric } from '../run/thresholdMetrics.ts';
import { pairedDifference } from '../stats/paired.ts';
import { virtualStatistics } from '../stats/virtual.ts';
import type { Finalist } from './finalist.ts';
import { valueOf } from './goal.ts';
import type { Goal } from './goal.ts';
import { bySeed, seedCountsOf } from './score.ts';
import type { Setting } from './setting.ts';

export interface Choice {
  readonly recommended: Finalist;
  /** Why it, in a sentence or two. */
  readonly why: string;
}

/**
 * Objective by objective, those are left over that cannot be told apart from the best; of the last ones the one that
 * costs the least of ksmd's CPU.
 */
export function choose(
  goal: Goal,
  front: readonly Finalist[],
  finalists: readonly Finalist[],
  cellsOf: (setting: Setting) => readonly CellRecord[],
  designEffect: number,
): Choice {
  if (goal.target !== null) return cheapest(goal.target.text, front, finalists);
  let left = [...front];
  const reasons: string[] = [];
  goal.objectives.forEach(({ name, metric }, i) => {
    const best = [...left].sort((a, b) => a.objectives[i] - b.objectives[i])[0];
    const before = left.length;
    const ofBest = cellsOf(best.setting);
    left = left.filter((one) => one === best || !isWorse(metric, cellsOf(one.setting), ofBest, designEffect));
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

function cheapest(text: string, front: readonly Finalist[], finalists: readonly Finalist[]): Choice {
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

/** Whether `cells` can be told from `ofBest`, which are better: seed by seed, at 95 %. */
function isWorse(
  metric: Metric,
  cells: readonly CellRecord[],
  ofBest: readonly CellRecord[],
  designEffect: number,
): boolean {
  if (metric.name === 'failureRate')
    return pairedDifference(seedCountsOf(cells), seedCountsOf(ofBest), 'tune', designEffect).low > 0;
  const values = (of: readonly CellRecord[]): number[] => bySeed(of).map((some) => valueOf(metric, some));
  return !isAlike(values(cells), values(ofBest));
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
