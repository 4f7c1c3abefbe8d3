/**
 * What `--fail-if` can look at: numbers of the summary by a name in snake_case, and any number of a cell's document by
 * its path or short name, as the mean over seeds.
 */
import { nearestHint } from '../plan/suggest.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { CellRecord } from './cell.ts';
import { SHORT_NAMES, metricOf, metricPaths, snakeCase } from './metrics.ts';

/** Unit of a figure; '' for counts and shares. */
export type Unit = '' | 'us' | 'ms' | 's' | 'B';

export interface Metric {
  /** As in crossings: the summary's name, or the path. */
  readonly name: string;
  /** Unit of the value; '' for counts and shares. */
  readonly unit: Unit;
  /** In 0..1, so that a limit may be given in per cent. */
  readonly share: boolean;
  /** Fewer is worse. */
  readonly lowerIsWorse: boolean;
  /** A time whose name does not say its unit: a limit has to. */
  readonly needsUnit: boolean;
  value(entry: Pooled, cells: readonly CellRecord[]): number;
}

/** What metrics of the summary read off it. */
export interface Pooled extends Pick<SummaryEntry, 'attempts' | 'fullScanMs'> {
  readonly failureRate: Pick<SummaryEntry['failureRate'], 'mean'>;
  readonly latencyMs: Pick<SummaryEntry['latencyMs'], 'mean' | 'p50' | 'p90' | 'p99'>;
}

type FromSummary = Omit<Metric, 'name' | 'lowerIsWorse'>;

const latency = (of: (entry: Pooled) => number): FromSummary => ({
  unit: 'ms',
  share: false,
  needsUnit: true,
  value: of,
});

/** Pooled over seeds, as the summary shows them. */
const OF_SUMMARY: Readonly<Record<string, FromSummary>> = {
  failureRate: { unit: '', share: true, needsUnit: false, value: (entry) => entry.failureRate.mean },
  mean_latency: latency((entry) => entry.latencyMs.mean),
  p50_latency: latency((entry) => entry.latencyMs.p50),
  p90_latency: latency((entry) => entry.latencyMs.p90),
  p99_latency: latency((entry) => entry.latencyMs.p99),
  full_scan: latency((entry) => entry.fullScanMs.p50),
  retries: { unit: '', share: false, needsUnit: false, value: (entry, cells) => retriesPerAttempt(entry, cells) },
  wakeups_per_second: { unit: '', share: false, needsUnit: false, value: (_entry, cells) => wakeupsPerSecond(cells) },
};

/** Of these less is worse; of everything else more. */
const LOWER_IS_WORSE = [
  'cma.attempts',
  'deviceSeconds',
  'ksm.fullScans',
  'ksm.merges',
  'ksm.pagesScanned',
  'ksm.pagesShared',
  'ksm.pagesSharing',
  'ksm.savedBytes',
];

/** Other spellings: `failure_rate`, and `cpu_share` for `cpuShare`. */
const ALIASES: Readonly<Record<string, string>> = {
  failure_rate: 'failureRate',
  ...SHORT_NAMES,
  ...Object.fromEntries(Object.entries(SHORT_NAMES).map(([name, path]) => [snakeCase(name), path])),
};

/** The metric of that name, short name or path; null when there is none. */
export function metricNamed(name: string): Metric | null {
  const full = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  const lowerIsWorse = LOWER_IS_WORSE.includes(full);
  if (Object.hasOwn(OF_SUMMARY, full)) return { name: full, lowerIsWorse, ...OF_SUMMARY[full] };
  if (!metricPaths().includes(full) && !full.startsWith('cma.byClient.')) return null;
  return {
    name: full,
    unit: unitOf(full),
    share: /\.(?:cpuShare|shareOf\w+)$/.test(full),
    lowerIsWorse,
    needsUnit: false,
    value: (_entry, cells) => meanOver(cells, full),
  };
}

/** What to try instead of `name`, which is no metric. */
export function metricHint(name: string): string {
  const known = [...Object.keys(OF_SUMMARY), ...Object.keys(ALIASES), ...metricPaths()];
  return nearestHint(name, known, 'docs/reference/metrics.md lists all of them');
}

/** Units are in the names of the fields. */
function unitOf(path: string): Unit {
  if (/Us(?:\.|$)/.test(path)) return 'us';
  if (/Ms(?:\.|$)/.test(path)) return 'ms';
  if (/Seconds$/.test(path)) return 's';
  return /[bB]ytes$/.test(path) ? 'B' : '';
}

function meanOver(cells: readonly CellRecord[], path: string): number {
  let total = 0;
  for (const cell of cells) total += metricOf(cell, path) ?? 0;
  return cells.length === 0 ? 0 : total / cells.length;
}

/** All four levels together. */
function retriesPerAttempt(entry: Pooled, cells: readonly CellRecord[]): number {
  let total = 0;
  for (const { cma } of cells) {
    const { migratePasses, contigTries, ranges, caller } = cma.retries;
    total += migratePasses + contigTries + ranges + caller;
  }
  return entry.attempts === 0 ? 0 : total / entry.attempts;
}

/** ksmd's, in simulated time. */
function wakeupsPerSecond(cells: readonly CellRecord[]): number {
  let wakeups = 0;
  let seconds = 0;
  for (const { ksm, deviceSeconds } of cells) {
    wakeups += ksm.wakeups;
    seconds += deviceSeconds;
  }
  return seconds === 0 ? 0 : wakeups / seconds;
}
