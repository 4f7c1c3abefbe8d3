/**
 * `--fail-if [WORKLOAD/STRATEGY:]METRIC OP NUMBER`: parsed and checked before anything runs, tested at the end.
 *
 * A metric is `failureRate` (pooled over seeds), a short name, or the path of any number in a cell's document,
 * `ksm.fullScanMs.p50`; paths and short names are means over seeds.
 */
import { UsageError } from '../errors.ts';
import { nearest } from '../plan/suggest.ts';
import { groupBy } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { CellRecord } from './cell.ts';
import { SHORT_NAMES, metricOf, metricPaths } from './metrics.ts';

type Operator = '>' | '>=' | '<' | '<=';

export interface Threshold {
  readonly text: string;
  /** null: every one. */
  readonly workload: string | null;
  readonly strategy: string | null;
  /** `failureRate` or a path. */
  readonly metric: string;
  readonly operator: Operator;
  readonly limit: number;
}

/** One place where a threshold was crossed. */
export interface Crossing {
  readonly threshold: string;
  readonly workload: string;
  readonly strategy: string;
  readonly value: number;
}

/** Names that may stand before the colon. */
export interface KnownNames {
  readonly workloads: readonly string[];
  readonly strategies: readonly string[];
}

const FORM = /^\s*(?:([^:<>=]*?)\s*:)?\s*([A-Za-z][\w.-]*)\s*(>=|<=|>|<)\s*([0-9.eE+-]+)\s*(%?)\s*$/;

/** Parses one expression. Throws UsageError. */
export function parseThreshold(text: string, known: KnownNames): Threshold {
  const match: readonly (string | undefined)[] | null = FORM.exec(text);
  const limit = match === null ? NaN : Number(match[4]) / (match[5] === '%' ? 100 : 1);
  if (match === null || !Number.isFinite(limit)) {
    throw new UsageError(
      `--fail-if '${text}' is not of the form [WORKLOAD/STRATEGY:]METRIC OP NUMBER`,
      "for example --fail-if 'failureRate>0.05' or --fail-if 'fork-heavy/stock:cma.latencyUs.p99>=20000'",
    );
  }
  const metric = metricNamed(text, match[2]!);
  const [workload, strategy] = match[1] === undefined ? [null, null] : scopeOf(text, match[1], known);
  return { text, workload, strategy, metric, operator: match[3] as Operator, limit };
}

function metricNamed(text: string, name: string): string {
  const metric = SHORT_NAMES[name] ?? name;
  const paths = metricPaths();
  if (metric === 'failureRate' || paths.includes(metric) || metric.startsWith('cma.byClient.')) return metric;
  throw new UsageError(
    `--fail-if '${text}': unknown metric '${name}'`,
    hint(name, ['failureRate', ...Object.keys(SHORT_NAMES), ...paths], 'docs/reference/metrics.md lists all of them'),
  );
}

function scopeOf(text: string, scope: string, known: KnownNames): [string | null, string | null] {
  const slash = scope.lastIndexOf('/');
  const check = (kind: string, name: string, names: readonly string[]): string | null => {
    if (name === '*') return null;
    if (names.includes(name)) return name;
    throw new UsageError(
      `--fail-if '${text}': ${kind} '${name}' is not part of this run`,
      hint(name, names, `this run has ${names.join(', ')}`),
    );
  };
  return [
    check('workload', slash === -1 ? scope : scope.slice(0, slash), known.workloads),
    check('strategy', slash === -1 ? '*' : scope.slice(slash + 1), known.strategies),
  ];
}

function hint(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near === null ? otherwise : `did you mean '${near}'?`;
}

/** Every place where a threshold is crossed. */
export function crossings(
  thresholds: readonly Threshold[],
  records: readonly CellRecord[],
  summary: readonly SummaryEntry[],
): Crossing[] {
  const cells = groupBy(records, (record) => `${record.workload}/${record.strategy}`);
  const found: Crossing[] = [];
  for (const threshold of thresholds) {
    for (const entry of summary) {
      if (threshold.workload !== null && threshold.workload !== entry.workload) continue;
      if (threshold.strategy !== null && threshold.strategy !== entry.strategy) continue;
      const value = valueOf(threshold, entry, cells.get(`${entry.workload}/${entry.strategy}`)!);
      if (crosses(value, threshold.operator, threshold.limit)) {
        found.push({ threshold: threshold.text, workload: entry.workload, strategy: entry.strategy, value });
      }
    }
  }
  return found;
}

function valueOf(threshold: Threshold, entry: SummaryEntry, cells: readonly CellRecord[]): number {
  if (threshold.metric === 'failureRate') return entry.failureRate.mean;
  let total = 0;
  for (const cell of cells) total += metricOf(cell, threshold.metric) ?? 0;
  return total / cells.length;
}

function crosses(value: number, operator: Operator, limit: number): boolean {
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
