/**
 * A run in one line, for the subject of a mail or the title of a pull request: computed from its summary. It claims
 * what the signed-rank test confirms; what only the interval shows it tells as an observation, with the number of
 * seeds.
 */
import type { SummaryEntry } from '../stats/summarize.ts';
import { baselineIn } from '../stats/summarize.ts';
import { groupBy } from '../stats/sums.ts';
import { seedsText } from './closing.ts';
import { isConfirmed, verdictOf } from './findings.ts';
import { percent } from './units.ts';

/** `fork-heavy: heir-items cuts CMA failures from 13.3% to 0%`: of the strategy and workload with the largest gain. */
export function headline(summary: readonly SummaryEntry[], width = Infinity): string {
  return claims(summary).find((claim) => claim.length <= width) ?? 'CMA failures under several strategies';
}

/** The same claim, the shorter ones for want of room. */
function claims(summary: readonly SummaryEntry[]): string[] {
  const workloads = [...groupBy(summary, ({ workload }) => workload)];
  if (workloads.length === 0) return ['no cell finished'];
  const changes = workloads.flatMap(([, entries]) =>
    entries.map((entry): Change => ({ baseline: baselineIn(entries), entry })),
  );
  const lower = largest(changes.filter(({ entry }) => verdictOf(entry) === 'lower'));
  if (lower !== null) return changeClaims(lower, 'cuts');
  const [[workload, entries]] = workloads;
  const { strategy } = baselineIn(entries);
  const where = workloads.length === 1 ? workload : `${workloads.length} workloads`;
  const short = (claim: string): string[] => [`${where}: ${claim}`, claim];
  if (summary.every((entry) => entry.failures === 0)) return short('no CMA allocation fails under any strategy');
  if (summary.every((entry) => entry.strategy === strategy)) {
    const [worst] = [...summary].sort((a, b) => rate(b) - rate(a));
    return [
      `${worst.workload}: ${percent(rate(worst))}% of CMA allocations fail under ${strategy}`,
      `${percent(rate(worst))}% of CMA allocations fail`,
    ];
  }
  const higher = largest(changes.filter(({ entry }) => verdictOf(entry) === 'higher'));
  if (higher !== null) return changeClaims(higher, 'raises');
  return [...short(`no strategy differs from ${strategy} beyond chance`), 'no difference beyond chance'];
}

/** A strategy against the baseline of its workload. */
interface Change {
  readonly baseline: SummaryEntry;
  readonly entry: SummaryEntry;
}

/** Confirmed ones first. */
function largest(changes: readonly Change[]): Change | null {
  const size = ({ baseline, entry }: Change): number => Math.abs(rate(baseline) - rate(entry));
  const confirmed = changes.filter(({ entry }) => isConfirmed(entry));
  const among = confirmed.length > 0 ? confirmed : [...changes];
  return among.sort((a, b) => size(b) - size(a)).at(0) ?? null;
}

function changeClaims({ baseline, entry }: Change, verb: string): string[] {
  const { workload, strategy } = entry;
  const [from, to] = [`${percent(rate(baseline))}%`, `${percent(rate(entry))}%`];
  const rates = `CMA failures from ${from} to ${to}`;
  if (isConfirmed(entry)) return [`${workload}: ${strategy} ${verb} ${rates}`, `${strategy} ${verb} ${rates}`, rates];
  const seeds = seedsText([entry]);
  return [
    `${workload}: ${rates} under ${strategy}, ${seeds}`,
    `${workload}: CMA failures ${from} -> ${to}, ${strategy}, ${seeds}`,
    `${rates} under ${strategy}, ${seeds}`,
    `${rates}, ${seeds}`,
  ];
}

/** The strategy of a workload with the fewest failures, of several the fastest; null when there is but the baseline. */
export function bestOf(entries: readonly SummaryEntry[]): SummaryEntry | null {
  const others = entries.filter(({ strategy, baseline, attempts }) => strategy !== baseline && attempts > 0);
  return others.sort((a, b) => rate(a) - rate(b) || a.latencyMs.mean - b.latencyMs.mean).at(0) ?? null;
}

/** `(33% reduction)`, `(0.4% increase)`; '' where nothing changed or there is nothing to compare with. */
export function change(value: number, before: number): string {
  if (value === before || before === 0) return '';
  const share = Math.abs(value - before) / before;
  const points = share < 0.01 ? percent(share) : (share * 100).toFixed(0);
  return `(${points}% ${value < before ? 'reduction' : 'increase'})`;
}

function rate(entry: SummaryEntry): number {
  return entry.failureRate.mean;
}
