/**
 * Whether the model agrees with a recording: the rules, one a kind of measure (docs/reference/validate.md).
 *
 * A verdict is a function of the two intervals alone (and, for scripted stages, of the single runs), so that it can be
 * asked what it would have been had the model given twice as much: a row that agrees with that too says little.
 */
import { clusterRatio, predictMean } from '../stats/clusters.ts';
import type { Cluster } from '../stats/clusters.ts';
import { binomial } from '../stats/failureRate.ts';
import { sum } from '../stats/sums.ts';
import { isRatio, mean, median, valueOf } from './measures/measure.ts';
import type { Measure, Observation, Ratio, Rule } from './measures/measure.ts';

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Comparison {
  readonly recorded: Estimate;
  readonly modelled: Estimate;
  readonly agree: boolean;
  /** Which the row would have noticed, had the model given it: twice what was recorded, half of it. */
  readonly tells: Tells;
}

export type Tells = 'both' | 'twice' | 'half' | 'neither';

/** What the runs at hand show together, for counts that show nothing themselves. */
export interface Context {
  /** Variance over that of independent chances: of attempts within modelled runs, of pages within recorded clusters. */
  readonly runEffect: number;
  readonly clusterEffect: number;
  /** Largest difference between recorded repeats of such a stage, in the measure's unit. */
  readonly tolerance: number;
}

/** Independent chances, no difference between repeats. */
export const NO_CONTEXT: Context = { runEffect: 1, clusterEffect: 1, tolerance: 0 };

/** Levels, and counters after settling: this much of the recorded value is never held against the model. */
const RELATIVE = 0.05;
/** Of the modelled runs of a scripted stage so many give the recorded outcome. */
const MOST_RUNS = 0.9;

/**
 * Compares the recorded runs (one, or the repeats of a group) with the modelled ones; null when there is nothing to
 * compare: nobody observed anything, or fewer than two modelled runs where a spread is needed.
 */
export function compare(
  measure: Measure,
  recorded: readonly Observation[],
  modelled: readonly Observation[],
  context: Context,
): Comparison | null {
  const least = needsSpread(measure.rule) ? 2 : 1;
  if (recorded.length === 0 || modelled.length < least) return null;
  switch (measure.rule) {
    case 'rate':
    case 'share':
    case 'mean':
      return compareRatios(measure, recorded.filter(isRatio), modelled.filter(isRatio), context);
    case 'outcome':
      return compareOutcomes(measure, recorded.filter(isRatio), modelled.filter(isRatio), context);
    case 'level':
      return compareLevels(measure, recorded.map(valueOf), modelled.map(valueOf));
    case 'settled':
      return compareSettled(measure, recorded.map(valueOf), modelled.map(valueOf));
    case 'exact':
      return compareExact(recorded.map(valueOf), modelled.map(valueOf), context.tolerance);
    case 'factor':
      return compareFactor(measure.factor ?? 1, recorded.map(valueOf), modelled.map(valueOf));
  }
}

function needsSpread(rule: Rule): boolean {
  return rule !== 'exact' && rule !== 'settled' && rule !== 'factor';
}

/** The chances that a ratio was counted over, as independent as they are: attempts, pages by attempt, runs. */
export function clustersOf(observations: readonly Ratio[]): Cluster[] {
  return observations.flatMap((seen) => seen.clusters ?? [[seen.hits, seen.of]]);
}

/** Intervals overlap. Of the modelled ones: what as many runs as were recorded would give. */
function compareRatios(
  measure: Measure,
  recorded: readonly Ratio[],
  modelled: readonly Ratio[],
  context: Context,
): Comparison {
  const share = measure.rule !== 'mean';
  const theirs = recordedRatio(measure.rule, recorded, context.clusterEffect);
  // One recorded run: runs count alike, however many attempts they had time for.
  const runs: Cluster[] = modelled.map(({ hits, of }) => (recorded.length === 1 ? [hits / of, 1] : [hits, of]));
  const spread = clusterRatio(runs, { share, further: recorded.length, designEffect: 1 });
  const pooled = modelled.map(({ hits, of }): Cluster => [hits, of]);
  const ours =
    spread.designEffect === null
      ? clusterRatio(pooled, { share, further: recorded.length, designEffect: context.runEffect })
      : spread;
  return compareIntervals(theirs, estimate(ours), share);
}

/** Whether two 95 % intervals overlap. */
export function compareIntervals(recorded: Estimate, modelled: Estimate, share: boolean): Comparison {
  return judged(recorded, modelled, share, (one) => one.low <= recorded.high && recorded.low <= one.high);
}

function recordedRatio(rule: Rule, recorded: readonly Ratio[], designEffect: number): Estimate {
  if (rule === 'rate' || rule === 'outcome') {
    const of = sum(recorded, (seen) => seen.of);
    const value = sum(recorded, (seen) => seen.hits) / of;
    return { value, ...binomial(value, of) };
  }
  return estimate(clusterRatio(clustersOf(recorded), { share: rule === 'share', further: null, designEffect }));
}

/** All repeats went one way: so do the modelled runs. Where the repeats differ there is only a rate. */
function compareOutcomes(
  measure: Measure,
  recorded: readonly Ratio[],
  modelled: readonly Ratio[],
  context: Context,
): Comparison | null {
  if (context.tolerance > 0) {
    return modelled.length < 2 ? null : compareRatios(measure, recorded, modelled, context);
  }
  return compareExact(recorded.map(valueOf), modelled.map(valueOf), 0);
}

/** The recorded value is one that the model gives, or within 5 % of it. */
function compareLevels(measure: Measure, recorded: readonly number[], modelled: readonly number[]): Comparison {
  const value = mean(recorded)!;
  const predicted = predictMean(modelled, recorded.length);
  const share = measure.unit === 'share';
  const slack = Math.max(RELATIVE * value, measure.floor ?? 0);
  const within = (one: Estimate): boolean => one.low - slack <= value && value <= one.high + slack;
  const high = share ? Math.min(1, predicted.high) : predicted.high;
  return judged(point(value), { value: predicted.value, low: Math.max(0, predicted.low), high }, share, within);
}

/** The mean of the modelled runs lies within 5 %, but a few pages are nothing. */
function compareSettled(measure: Measure, recorded: readonly number[], modelled: readonly number[]): Comparison {
  const value = mean(recorded)!;
  const slack = Math.max(RELATIVE * value, measure.floor ?? 0);
  const theirs = { value, low: value - slack, high: value + slack };
  return judged(theirs, meanAndRange(modelled), false, (one) => Math.abs(one.value - value) <= slack);
}

/** Nearly all modelled runs give the recorded value, but for what the recorded repeats differ in. */
function compareExact(recorded: readonly number[], modelled: readonly number[], tolerance: number): Comparison {
  const theirs = { value: median(recorded)!, low: Math.min(...recorded), high: Math.max(...recorded) };
  const low = theirs.low - tolerance;
  const high = theirs.high + tolerance;
  const right = modelled.filter((each) => low <= each && each <= high).length;
  const ours = { value: median(modelled)!, low: Math.min(...modelled), high: Math.max(...modelled) };
  const tells = theirs.value > 0 ? tellsOf(2 * theirs.value > high, theirs.value / 2 < low) : 'neither';
  return { recorded: theirs, modelled: ours, agree: right >= MOST_RUNS * modelled.length, tells };
}

function compareFactor(factor: number, recorded: readonly number[], modelled: readonly number[]): Comparison {
  const value = mean(recorded)!;
  const theirs = { value, low: value / factor, high: value * factor };
  return judged(theirs, meanAndRange(modelled), false, (one) => theirs.low <= one.value && one.value <= theirs.high);
}

/** The verdict, and whether it would stand had the model given twice or half of what was recorded. */
function judged(
  recorded: Estimate,
  modelled: Estimate,
  share: boolean,
  agrees: (modelled: Estimate) => boolean,
): Comparison {
  const { value } = recorded;
  // Above one half a share's distance from 1 is what doubles.
  const [half, twice] = share && value > 0.5 ? [1 - 2 * (1 - value), 1 - (1 - value) / 2] : [value / 2, 2 * value];
  const tells =
    half < value && value < twice
      ? tellsOf(!agrees(movedTo(modelled, twice)), !agrees(movedTo(modelled, half)))
      : 'neither';
  return { recorded, modelled, agree: agrees(modelled), tells };
}

function tellsOf(twice: boolean, half: boolean): Tells {
  return twice && half ? 'both' : twice ? 'twice' : half ? 'half' : 'neither';
}

/** The interval with its width in proportion, around another value. */
function movedTo(one: Estimate, value: number): Estimate {
  if (one.value <= 0 || value <= 0)
    return { value, low: value + one.low - one.value, high: value + one.high - one.value };
  const scale = value / one.value;
  return { value, low: one.low * scale, high: one.high * scale };
}

function point(value: number): Estimate {
  return { value, low: value, high: value };
}

/** An estimate and nothing else that it may bring along. */
export function estimate({ value, low, high }: Estimate): Estimate {
  return { value, low, high };
}

function meanAndRange(values: readonly number[]): Estimate {
  const low = Math.min(...values);
  const high = Math.max(...values);
  // The mean of equal numbers may be off by a rounding.
  return { value: Math.min(high, Math.max(low, mean(values)!)), low, high };
}
