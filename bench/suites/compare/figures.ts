/**
 * The figures of two versions side by side: which are the same by name, and what their ratio is over all pairs of runs.
 */
import { ratioLimits } from '../../stats/ratioLimits.ts';
import type { Figure, SuiteResult, Timing } from '../wall.ts';

/**
 * A document of `npm run bench` as far as it is compared: of this version, or of one before `perUnit` and `figures`.
 */
export interface Measured {
  readonly suites: readonly {
    readonly name: string;
    readonly timings: readonly Pick<Timing, 'name' | 'p50Ms' | 'minMs' | 'perUnit'>[];
    readonly figures?: SuiteResult['figures'];
  }[];
}

/** Which call of a run stands for it: on a busy machine the fastest is the one that was disturbed least. */
export type Call = 'median' | 'fastest';

/** One run of each version, made one right after the other. */
export interface Pair {
  readonly old: Measured;
  readonly new: Measured;
}

export interface ComparedFigure {
  readonly suite: string;
  readonly name: string;
  readonly unit: string;
  /** Which way is better. */
  readonly better: Figure['better'];
  /** Geometric means over the pairs. */
  readonly old: number;
  readonly new: number;
  /** new / old, with the 95 % interval of the mean of its logarithm. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** What the interval says when it lies clear of 1. */
  readonly verdict: 'better' | 'worse' | null;
}

export interface Comparison {
  readonly figures: readonly ComparedFigure[];
  /** `suite: figure` that one version reports and the other does not, or in another unit. */
  readonly onlyOld: readonly string[];
  readonly onlyNew: readonly string[];
}

interface Value {
  readonly unit: string;
  readonly better: Figure['better'];
  readonly value: number;
}

/** By `suite: name` what a document says about it: the same in several units, the one to prefer first. */
type Values = ReadonlyMap<string, { readonly suite: string; readonly name: string; readonly values: readonly Value[] }>;

/** At least two pairs. */
export function compareFigures(pairs: readonly Pair[], by: Call): Comparison {
  const olds = pairs.map((pair) => valuesOf(pair.old, by));
  const news = pairs.map((pair) => valuesOf(pair.new, by));
  const figures: ComparedFigure[] = [];
  const compared = new Set<string>();
  for (const [key, { suite, name, values }] of news[0]) {
    const same = values.find(({ unit }) => valueIn(olds[0], key, unit) > 0);
    if (same === undefined) continue;
    const { unit, better } = same;
    const both = pairs
      .map((_, index) => ({ old: valueIn(olds[index], key, unit), new: valueIn(news[index], key, unit) }))
      .filter((pair) => pair.old > 0 && pair.new > 0);
    if (both.length < 2) continue;
    const limits = ratioLimits(both.map((pair) => pair.new / pair.old));
    const means = {
      old: geometricMean(both.map((pair) => pair.old)),
      new: geometricMean(both.map((pair) => pair.new)),
    };
    figures.push({
      suite,
      name,
      unit,
      better,
      ...means,
      ...limits,
      pairs: both.length,
      verdict: verdictOf(limits, better),
    });
    compared.add(key);
  }
  const others = (values: Values): string[] => [...values.keys()].filter((key) => !compared.has(key));
  return { figures, onlyOld: others(olds[0]), onlyNew: others(news[0]) };
}

/** A timing is there per piece of work, where it says what those are, and per call. */
function valuesOf({ suites }: Measured, by: Call): Values {
  const found = new Map<string, { suite: string; name: string; values: Value[] }>();
  const add = (suite: string, name: string, values: Value[]): unknown =>
    found.set(`${suite}: ${name}`, { suite, name, values });
  for (const { name: suite, timings, figures = [] } of suites) {
    for (const { name, p50Ms, minMs, perUnit } of timings) {
      const ms = by === 'median' ? p50Ms : minMs;
      const call: Value = { unit: 'ms', better: 'less', value: ms };
      const piece: Value[] =
        perUnit === undefined
          ? []
          : [{ unit: `ns/${perUnit.unit}`, better: 'less', value: (ms * 1e6) / perUnit.count }];
      add(suite, name, [...piece, call]);
    }
    for (const { name, ...value } of figures) add(suite, name, [value]);
  }
  return found;
}

/** 0 where there is none: no figure of a suite is 0. */
function valueIn(values: Values, key: string, unit: string): number {
  return values.get(key)?.values.find((value) => value.unit === unit)?.value ?? 0;
}

function verdictOf({ low, high }: { low: number; high: number }, better: Figure['better']): ComparedFigure['verdict'] {
  if (low <= 1 && high >= 1) return null;
  return high < 1 === (better === 'less') ? 'better' : 'worse';
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
