/**
 * `--fail-if [WORKLOAD/STRATEGY:]METRIC OP NUMBER` and `... METRIC regresses N%`: parsed and checked before anything
 * runs, tested at the end. The second compares with the baseline: the value is worse than its value by more than N %.
 */
import { UsageError } from '../errors.ts';
import { nearestHint } from '../plan/suggest.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { CellRecord } from './cell.ts';
import type { CellGroup } from './cellStore.ts';
import { metricHint, metricNamed } from './thresholdMetrics.ts';
import type { Metric, Unit } from './thresholdMetrics.ts';

type Operator = '>' | '>=' | '<' | '<=' | 'regresses';

export interface Threshold {
  readonly text: string;
  /** null: every one. */
  readonly workload: string | null;
  readonly strategy: string | null;
  readonly metric: Metric;
  readonly operator: Operator;
  /** In the metric's unit; of `regresses` the share of the baseline's value. */
  readonly limit: number;
}

/** One place where a threshold was crossed. */
export interface Crossing {
  readonly threshold: string;
  readonly workload: string;
  readonly strategy: string;
  /** In `unit`, '' for counts and shares. */
  readonly value: number;
  /** The baseline's value, where it was compared with; else null. */
  readonly baseline: number | null;
  readonly unit: Unit;
}

/** Names that may stand before the colon. */
export interface KnownNames {
  readonly workloads: readonly string[];
  readonly strategies: readonly string[];
}

const SCOPE_AND_METRIC = String.raw`^\s*(?:([^:<>=]*?)\s*:)?\s*([A-Za-z][\w.-]*)`;
const COMPARISON = new RegExp(String.raw`${SCOPE_AND_METRIC}\s*(>=|<=|>|<)\s*([0-9.eE+-]+)\s*([a-zA-Z%]*)\s*$`);
const REGRESSION = new RegExp(String.raw`${SCOPE_AND_METRIC}\s+(regresses)\s+([0-9.]+)\s*(%)\s*$`);

/** Parses one expression of `option`. Throws UsageError. */
export function parseThreshold(text: string, known: KnownNames, option = '--fail-if'): Threshold {
  const shown = `${option} '${text}'`;
  const match: readonly (string | undefined)[] | null = COMPARISON.exec(text) ?? REGRESSION.exec(text);
  const number = match === null ? NaN : Number(match[4]);
  if (match === null || !Number.isFinite(number)) {
    throw new UsageError(
      `${shown} is not of the form [WORKLOAD/STRATEGY:]METRIC OP NUMBER, or METRIC regresses N%`,
      `for example ${option} 'failure_rate > 2%', 'fork-heavy/stock:p99_latency >= 20ms' or 'p99_latency regresses 10%'`,
    );
  }
  const metric = knownMetric(shown, match[2]!);
  const operator = match[3] as Operator;
  const factor = operator === 'regresses' ? 0.01 : factorOf(shown, metric, match[5]!, number);
  const [workload, strategy] = match[1] === undefined ? [null, null] : scopeOf(shown, match[1], known);
  return { text, workload, strategy, metric, operator, limit: number * factor };
}

/** Those of a run that has these workloads under these strategies. */
export function parseThresholds(failIf: readonly string[], groups: readonly CellGroup[]): Threshold[] {
  const workloads = [...new Set(groups.map(({ workload }) => workload))];
  const strategies = [...new Set(groups.map(({ strategy }) => strategy))];
  return failIf.map((text) => parseThreshold(text, { workloads, strategies }));
}

function knownMetric(shown: string, name: string): Metric {
  const metric = metricNamed(name);
  if (metric !== null) return metric;
  throw new UsageError(`${shown}: unknown metric '${name}'`, metricHint(name));
}

/** Units by what they measure, in their smallest one. */
const UNITS: readonly Readonly<Record<string, number>>[] = [
  { us: 1, ms: 1e3, s: 1e6 },
  { B: 1, kB: 1024, MB: 1024 ** 2 },
];

/** What a number with `unit` is multiplied with to be one in the metric's own unit. */
function factorOf(shown: string, metric: Metric, unit: string, number: number): number {
  if (unit === '%' && metric.share) return 0.01;
  const units = UNITS.find((family) => Object.hasOwn(family, metric.unit));
  if (unit === '') {
    if (!metric.needsUnit || number === 0) return 1;
    throw new UsageError(`${shown}: ${metric.name} needs a unit`, `one of us, ms, s: '${number}ms'`);
  }
  if (units !== undefined && Object.hasOwn(units, unit)) return units[unit] / units[metric.unit];
  const expected =
    units !== undefined
      ? Object.keys(units).join(', ')
      : metric.share
        ? 'a number from 0 to 1, or %'
        : 'a plain number';
  throw new UsageError(`${shown}: '${unit}' does not fit ${metric.name}`, `expected ${expected}`);
}

function scopeOf(shown: string, scope: string, known: KnownNames): [string | null, string | null] {
  const slash = scope.lastIndexOf('/');
  const check = (kind: string, name: string, names: readonly string[]): string | null => {
    if (name === '*') return null;
    if (names.includes(name)) return name;
    throw new UsageError(
      `${shown}: ${kind} '${name}' is not part of this run`,
      nearestHint(name, names, `this run has ${names.join(', ')}`),
    );
  };
  return [
    check('workload', slash === -1 ? scope : scope.slice(0, slash), known.workloads),
    check('strategy', slash === -1 ? '*' : scope.slice(slash + 1), known.strategies),
  ];
}

/** Every place where a threshold is crossed. `cellsOf`: the cells behind an entry. */
export function crossings(
  thresholds: readonly Threshold[],
  summary: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
): Crossing[] {
  return thresholds.flatMap((threshold) => {
    const { metric, operator, limit } = threshold;
    return summary.flatMap((entry) => {
      if (!isMeant(threshold, entry)) return [];
      const value = metric.value(entry, cellsOf(entry));
      const reference = operator === 'regresses' ? baselineOf(entry, summary) : null;
      if (reference === entry) return [];
      const baseline = reference === null ? null : metric.value(reference, cellsOf(reference));
      const crossed =
        operator === 'regresses' ? regresses(metric, value, baseline!, limit) : compares(value, operator, limit);
      if (!crossed) return [];
      const { workload, strategy } = entry;
      return [{ threshold: threshold.text, workload, strategy, value, baseline, unit: metric.unit }];
    });
  });
}

function isMeant({ workload, strategy }: Threshold, entry: SummaryEntry): boolean {
  return (workload ?? entry.workload) === entry.workload && (strategy ?? entry.strategy) === entry.strategy;
}

function baselineOf(entry: SummaryEntry, summary: readonly SummaryEntry[]): SummaryEntry {
  return summary.find(({ workload, strategy }) => workload === entry.workload && strategy === entry.baseline)!;
}

/** Against a baseline of 0 any value above it is worse by more than any share. */
function regresses(metric: Metric, value: number, baseline: number, share: number): boolean {
  return metric.lowerIsWorse ? value < baseline * (1 - share) : value > baseline * (1 + share);
}

function compares(value: number, operator: Exclude<Operator, 'regresses'>, limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}
