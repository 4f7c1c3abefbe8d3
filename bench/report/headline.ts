/** A run in one line, for the subject of a mail or the title of a pull request: computed from its summary. */
import type { SummaryEntry } from '../stats/summarize.ts';
import { groupBy } from '../stats/summarize.ts';
import { verdictOf } from './findings.ts';
import { percent } from './units.ts';

/** `fork-heavy: heir-items cuts CMA failures from 13.3% to 0%`: of the strategy and workload with the clearest gain. */
export function headline(summary: readonly SummaryEntry[], width = Infinity): string {
  return claims(summary).find((claim) => claim.length <= width) ?? 'CMA failures under several strategies';
}

/** The same claim, the shorter ones for want of room. */
function claims(summary: readonly SummaryEntry[]): string[] {
  const workloads = [...groupBy(summary, ({ workload }) => workload)];
  if (workloads.length === 0) return ['no cell finished'];
  const gains = workloads.flatMap(([, entries]) => {
    const baseline = baselineIn(entries);
    const better = entries.filter((entry) => verdictOf(entry) === 'lower');
    return better.map((entry) => ({ baseline, entry, gain: rate(baseline) - rate(entry) }));
  });
  gains.sort((a, b) => b.gain - a.gain);
  if (gains.length > 0) {
    const { baseline, entry } = gains[0];
    const rates = `CMA failures from ${percent(rate(baseline))}% to ${percent(rate(entry))}%`;
    return [`${entry.workload}: ${entry.strategy} cuts ${rates}`, `${entry.strategy} cuts ${rates}`, rates];
  }
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
  const worse = summary.find((entry) => verdictOf(entry) === 'higher');
  if (worse !== undefined) {
    return [`${worse.workload}: more CMA failures under ${worse.strategy} than ${strategy}`, 'more CMA failures'];
  }
  return [...short(`no strategy differs from ${strategy} beyond chance`), 'no difference beyond chance'];
}

/** Of the entries of one workload. */
export function baselineIn(entries: readonly SummaryEntry[]): SummaryEntry {
  return entries.find(({ strategy, baseline }) => strategy === baseline)!;
}

/** The strategy of a workload with the fewest failures, of several the fastest; null when there is but the baseline. */
export function bestOf(entries: readonly SummaryEntry[]): SummaryEntry | null {
  const others = entries.filter(({ strategy, baseline, attempts }) => strategy !== baseline && attempts > 0);
  return others.sort((a, b) => rate(a) - rate(b) || a.latencyMs.mean - b.latencyMs.mean).at(0) ?? null;
}

/** `(33% reduction)`, `(12% increase)`; '' where nothing changed or there is nothing to compare with. */
export function change(value: number, before: number): string {
  if (value === before || before === 0) return '';
  const share = Math.abs(value - before) / before;
  return `(${(share * 100).toFixed(0)}% ${value < before ? 'reduction' : 'increase'})`;
}

function rate(entry: SummaryEntry): number {
  return entry.failureRate.mean;
}
