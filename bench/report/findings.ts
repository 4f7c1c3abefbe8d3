/** What was found, in plain sentences computed from the summary: nothing here is known beforehand. */
import type { SummaryEntry } from '../stats/summarize.ts';
import { groupBy } from '../stats/summarize.ts';
import { percent } from './units.ts';

/** How a strategy compares with the baseline, judged by whether the 95 % interval of the difference leaves out 0. */
export type Verdict = 'baseline' | 'lower' | 'higher' | 'no difference';

export function verdictOf(entry: SummaryEntry): Verdict {
  if (entry.strategy === entry.baseline) return 'baseline';
  if (entry.vsBaseline.high < 0) return 'lower';
  return entry.vsBaseline.low > 0 ? 'higher' : 'no difference';
}

/** One or two sentences for each workload. */
export function findings(summary: readonly SummaryEntry[]): string[] {
  return [...groupBy(summary, (entry) => entry.workload)].map(([workload, entries]) => {
    const baseline = entries.find((entry) => entry.strategy === entry.baseline)!;
    return [`${workload}: ${baselineSentence(baseline)}`, ...comparison(baseline, entries)].join(' ');
  });
}

function baselineSentence(entry: SummaryEntry): string {
  if (entry.attempts === 0) return `under ${entry.strategy} nobody asked for contiguous memory.`;
  const interval = `[${percent(entry.failureRate.low)}, ${percent(entry.failureRate.high)}]`;
  return `${entry.strategy} fails ${percent(entry.failureRate.mean)} % ${interval} of ${entry.attempts} allocations.`;
}

function comparison(baseline: SummaryEntry, entries: readonly SummaryEntry[]): string[] {
  const others = entries.filter((entry) => entry !== baseline && entry.attempts > 0);
  if (others.length === 0 || baseline.attempts === 0) return [];
  const better = others.filter((entry) => verdictOf(entry) === 'lower').sort((a, b) => rate(a) - rate(b));
  const worse = others.filter((entry) => verdictOf(entry) === 'higher').sort((a, b) => rate(b) - rate(a));
  const sentences: string[] = [];
  const best = better.at(0);
  if (best !== undefined) {
    const removed = percent((rate(baseline) - rate(best)) / rate(baseline));
    const rest = better.slice(1).map((entry) => `${entry.strategy} (${percent(rate(entry))} %)`);
    const also = rest.length === 0 ? '' : `; also fewer failures: ${rest.join(', ')}`;
    sentences.push(`${best.strategy} removes ${removed} % of the failures (${percent(rate(best))} % left)${also}.`);
  }
  if (worse.length > 0) {
    const names = worse.map((entry) => `${entry.strategy} (${percent(rate(entry))} %)`);
    sentences.push(`More failures than ${baseline.strategy}: ${names.join(', ')}.`);
  }
  if (best === undefined && worse.length === 0) {
    const who =
      others.length === 1 ? `${others[0].strategy} does not differ` : `none of the ${others.length} others differs`;
    sentences.push(`With these seeds ${who} from it beyond chance.`);
  }
  return sentences;
}

function rate(entry: SummaryEntry): number {
  return entry.failureRate.mean;
}
