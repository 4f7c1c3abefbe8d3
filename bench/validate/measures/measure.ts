/**
 * What is compared: a measure is one function of a record, applied to the recorded run and to each modelled run alike,
 * so that the two cannot differ by how they were read.
 */
import type { TestbedRecord } from '../../../sim/index.ts';

/**
 * How a measure of a recorded run is held against the modelled runs (bench/validate/compare.ts).
 *
 * - `rate`: how many of the attempts; `share`: how many of the pages, in clusters by attempt or by look;
 *   `mean`: events per attempt. Intervals must overlap.
 * - `level`: a state of the machine or an amount of work: the recorded value lies in what the model gives, or within 5
 *   %.
 * - `settled`: a counter after ksmd came to rest, within 5 %.
 * - `exact`: a scripted stage, but for the pages that the recorded repeats differ in. `outcome`: the same for yes or
 *   no.
 * - `factor`: a cost as a ratio to another of the same run, within a factor.
 */
export type Rule = 'rate' | 'share' | 'mean' | 'level' | 'settled' | 'exact' | 'outcome' | 'factor';

export type Unit = 'share' | 'pages' | 'ptes' | 'scans' | 'retries' | 'attempts' | 'count' | 'times' | 'ratio';

/** Hits among a number of chances, in clusters that are not independent inside; or a plain number. */
export type Observation = Ratio | { readonly value: number };

export interface Ratio {
  readonly hits: number;
  readonly of: number;
  /** Clusters as [hits, of]; kept of recorded runs only. */
  readonly clusters?: readonly (readonly [number, number])[];
}

export interface Measure {
  readonly name: string;
  readonly rule: Rule;
  readonly unit: Unit;
  /** Difference that is never held against the model, in the measure's unit; only where a few units mean nothing. */
  readonly floor?: number;
  /** The factor of rule `factor`. */
  readonly factor?: number;
  /** null: the record had no chance to show it (0 of 0, no such note). */
  readonly of: (record: TestbedRecord) => Observation | null;
}

/** Hits of chances that can be added up over runs: not what is held against each run by itself. */
export function isPooled({ rule }: Measure): boolean {
  return rule === 'rate' || rule === 'share' || rule === 'mean';
}

export function isRatio(observation: Observation): observation is Ratio {
  return 'of' in observation;
}

/** The observation as one number. `of` is never 0. */
export function valueOf(observation: Observation): number {
  return isRatio(observation) ? observation.hits / observation.of : observation.value;
}

/** Sums clusters; null when they hold no chance at all. */
export function ratio(clusters: readonly (readonly [number, number])[]): Ratio | null {
  let hits = 0;
  let of = 0;
  for (const [some, all] of clusters) {
    hits += some;
    of += all;
  }
  return of === 0 ? null : { hits, of, clusters };
}

/** Yes or no, once a run. */
export function once(yes: boolean): Ratio {
  return { hits: yes ? 1 : 0, of: 1 };
}

/** A plain number, or null for one that does not exist. */
export function value(number: number | null | undefined): { readonly value: number } | null {
  return number === null || number === undefined || !Number.isFinite(number) ? null : { value: number };
}

/** A state of the machine, or an amount of work, as a measure. `floor`: as of a measure. */
export function level(
  name: string,
  unit: Unit,
  of: (record: TestbedRecord) => number | null | undefined,
  floor?: number,
): Measure {
  return { name, rule: 'level', unit, ...(floor === undefined ? {} : { floor }), of: (record) => value(of(record)) };
}

/** Mean of numbers; null of none. */
export function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** Middle of numbers; null of none. */
export function median(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
