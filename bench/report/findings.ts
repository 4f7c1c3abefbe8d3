/** What was found, in plain sentences computed from the summary: nothing here is known beforehand. */
import { ALPHA } from '../stats/level.ts';
import { fewestPairs } from '../stats/seedsNeeded.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { baselineIn } from '../stats/summarize.ts';
import { groupBy } from '../stats/sums.ts';
import { listed } from './listed.ts';
import { digits3, percent } from './units.ts';

/** Strategies of which it is said how many seeds would do. */
const MOST_WANTED = 6;

/** How a strategy compares with the baseline, judged by whether the 95 % interval of the difference leaves out 0. */
export type Verdict = 'baseline' | 'lower' | 'higher' | 'no difference';

export function verdictOf(entry: SummaryEntry): Verdict {
  if (entry.strategy === entry.baseline) return 'baseline';
  if (entry.vsBaseline.high < 0) return 'lower';
  return entry.vsBaseline.low > 0 ? 'higher' : 'no difference';
}

/** Whether the signed-rank test, corrected for the number of comparisons, bears out what the interval says. */
export function isConfirmed({ vsBaseline }: SummaryEntry): boolean {
  return vsBaseline.pHolm < ALPHA;
}

/** One or two sentences for each workload. */
export function findings(summary: readonly SummaryEntry[]): string[] {
  return [...groupBy(summary, (entry) => entry.workload)].map(([workload, entries]) => {
    const baseline = baselineIn(entries);
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
    const equal = better.filter((entry) => rate(entry) === rate(best)).map(({ strategy }) => strategy);
    const rest = better.slice(equal.length).map((entry) => `${entry.strategy} (${percent(rate(entry))} %)`);
    const also = rest.length === 0 ? '' : `; also fewer failures: ${rest.join(', ')}`;
    const remove = equal.length === 1 ? 'removes' : 'each remove';
    sentences.push(`${listed(equal)} ${remove} ${removed} % of the failures (${percent(rate(best))} % left)${also}.`);
  }
  if (worse.length > 0) {
    const names = worse.map((entry) => `${entry.strategy} (${percent(rate(entry))} %)`);
    sentences.push(`More failures than ${baseline.strategy}: ${names.join(', ')}.`);
  }
  sentences.push(...confirmation([...better, ...worse], others.length));
  if (best === undefined && worse.length === 0) {
    const who =
      others.length === 1 ? `${others[0].strategy} does not differ` : `none of the ${others.length} others differs`;
    sentences.push(`With these seeds ${who} from it beyond chance.`);
  }
  return [...sentences, ...wanted(others)];
}

/** What the signed-rank test does not bear out. */
function confirmation(told: readonly SummaryEntry[], comparisons: number): string[] {
  const doubtful = told.filter((entry) => !isConfirmed(entry));
  if (doubtful.length === 0) return [];
  const [{ vsBaseline }] = doubtful;
  if (vsBaseline.tooFewSeeds) {
    const few = `${vsBaseline.pairs} ${vsBaseline.pairs === 1 ? 'seed is' : 'seeds are'} too few`;
    const enough = fewestPairs(comparisons);
    return [`${few} for the signed-rank test to confirm that (p after Holm below 0.05); ${enough} can.`];
  }
  const names = doubtful.map((entry) => `${entry.strategy} (p after Holm ${digits3(entry.vsBaseline.pHolm)})`);
  return [`The signed-rank test does not confirm it for ${names.join(', ')}.`];
}

/** How many seeds would do for differences that were seen but cannot be told from chance. */
function wanted(others: readonly SummaryEntry[]): string[] {
  const open = others.filter((entry) => entry.vsBaseline.seedsNeeded !== null);
  if (open.length === 0) return [];
  const names = open.map((entry) => {
    const points = digits3(entry.vsBaseline.difference * 100);
    return `${entry.strategy} (${entry.vsBaseline.difference > 0 ? '+' : ''}${points} points) about ${entry.vsBaseline.seedsNeeded!}`;
  });
  return [`Seeds that would do to tell a difference as seen: ${listed(names, MOST_WANTED)}.`];
}

function rate(entry: SummaryEntry): number {
  return entry.failureRate.mean;
}
