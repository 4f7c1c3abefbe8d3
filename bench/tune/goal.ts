/** What a search wants: measures to minimise, conditions to keep. */
import { UsageError } from '../errors.ts';
import type { CellRecord } from '../run/cell.ts';
import { parseThreshold } from '../run/threshold.ts';
import { metricHint, metricNamed } from '../run/thresholdMetrics.ts';
import type { Metric, Pooled } from '../run/thresholdMetrics.ts';
import type { Judged } from './pareto.ts';
import { pooled } from './score.ts';

export interface Objective {
  /** As in options. */
  readonly name: string;
  readonly metric: Metric;
}

/** A condition that a setting shall meet, `cpu_share <= 0.02`. */
export interface Condition {
  /** As it is shown. */
  readonly text: string;
  readonly metric: Metric;
  readonly isUpper: boolean;
  /** The limit itself is allowed. */
  readonly includes: boolean;
  /** In the metric's unit. */
  readonly limit: number;
}

export interface Goal {
  readonly objectives: readonly Objective[];
  readonly limits: readonly Condition[];
  /** `--target`: the objectives are then the costs. */
  readonly target: Condition | null;
}

/** What people tune for: how often requests fail, and how long the slow ones take. */
export const DEFAULT_OBJECTIVES = 'failure_rate,p99_latency';
/** What a setting costs: with a target the cheapest one is wanted. */
const COSTS = 'cpu_share,saved_bytes';
const MOST_OBJECTIVES = 6;

/** `failure_rate,p99_latency`. Throws UsageError. */
export function parseObjectives(list: string | undefined, hasTarget: boolean): Objective[] {
  if (hasTarget && list !== undefined)
    throw new UsageError('--target looks for the cheapest setting, --objective for the best', 'give one of them');
  const names = (list ?? (hasTarget ? COSTS : DEFAULT_OBJECTIVES)).split(',').map((name) => name.trim());
  if (names.length > MOST_OBJECTIVES) throw new UsageError(`--objective takes up to ${MOST_OBJECTIVES} measures`);
  return [...new Set(names)].map((name) => {
    const metric = metricNamed(name);
    if (metric !== null) return { name, metric };
    throw new UsageError(`--objective: unknown measure '${name}'`, metricHint(name));
  });
}

/** `failure_rate < 1%`. Throws UsageError. */
export function parseTarget(text: string): Condition {
  const { metric, operator, limit, workload, strategy } = parseThreshold(
    text,
    { workloads: [], strategies: [] },
    '--target',
  );
  if (operator === 'regresses' || workload !== null || strategy !== null)
    throw new UsageError(`--target '${text}' compares one measure with a number`, "for example 'failure_rate < 1%'");
  return { text, metric, isUpper: operator.startsWith('<'), includes: operator.endsWith('='), limit };
}

/** `value` of the measure called `name` is at most (or at least) that. */
export function limitOn(name: string, bound: 'most' | 'least', limit: number, text: string): Condition {
  return { text, metric: metricNamed(name)!, isUpper: bound === 'most', includes: true, limit };
}

export function valueOf(metric: Metric, cells: readonly CellRecord[], of: Pooled = pooled(cells)): number {
  return metric.value(of, cells);
}

/** 0 where it is met; else how far off, as a share of the limit (of 1 where that is 0). */
export function violationOf(condition: Condition, value: number): number {
  const { isUpper, includes, limit } = condition;
  const over = isUpper ? value - limit : limit - value;
  if (over < 0 || (over === 0 && includes)) return 0;
  return Math.max(over, Number.EPSILON) / (limit === 0 ? 1 : Math.abs(limit));
}

/** Values of the objectives and of the conditions, in this order: what a setting is judged by. */
export function valuesOf(goal: Goal, cells: readonly CellRecord[]): number[] {
  const of = pooled(cells);
  return [...goal.objectives, ...conditionsOf(goal)].map(({ metric }) => valueOf(metric, cells, of));
}

/**
 * Which of these values a few seeds do not tell: those of requests. What ksmd costs and saves hardly differs from seed
 * to seed.
 */
export function areNoisy(goal: Goal): boolean[] {
  return [...goal.objectives, ...conditionsOf(goal)].map(({ metric: { name } }) => !/^(?:ksm|wakeups)/.test(name));
}

/** Judges such values. */
export function judgeValues(goal: Goal, values: readonly number[]): Judged {
  const { objectives } = goal;
  const conditions = conditionsOf(goal);
  return {
    objectives: objectives.map(({ metric }, i) => (metric.lowerIsWorse ? -1 : 1) * values[i]),
    violation: conditions.reduce((sum, one, i) => sum + violationOf(one, values[objectives.length + i]), 0),
  };
}

/** The limits, and the target. */
export function conditionsOf({ limits, target }: Goal): readonly Condition[] {
  return target === null ? limits : [...limits, target];
}
