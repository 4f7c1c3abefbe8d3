/** Failure rates of two sets of cells over the same seeds, and their difference. */
import type { Cause } from '../../sim/index.ts';
import { predictMean } from '../stats/clusters.ts';
import { failureRate } from '../stats/failureRate.ts';
import type { RateEstimate, SeedCounts } from '../stats/failureRate.ts';
import { pairedDifference } from '../stats/paired.ts';
import type { PairedDifference } from '../stats/paired.ts';
import { sum } from '../stats/sums.ts';
import type { CellResult } from './check.ts';

/** Causes that are KSM's, in the order of the tables. */
export const KSM_CAUSES: readonly Cause[] = ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6'];

/** Name of the resamples that intervals of differences are made of. */
const RESAMPLES = 'self-check';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function countsOf(cells: readonly CellResult[]): SeedCounts[] {
  return cells.map(({ record: { seed, cma } }) => ({ seed, attempts: cma.attempts, failures: cma.failures }));
}

/** Failed requests / requests, with its 95 % interval. */
export function rateOf(cells: readonly CellResult[]): RateEstimate {
  return failureRate(countsOf(cells));
}

/** Failure rate of `cells` minus that of `baseline`, paired by seed. */
export function differenceOf(cells: readonly CellResult[], baseline: readonly CellResult[]): PairedDifference {
  return pairedDifference(countsOf(cells), countsOf(baseline), RESAMPLES);
}

/** Mean over seeds of the difference of a quantity, with its 95 % interval; at least two seeds. */
export function meanDifference(
  cells: readonly CellResult[],
  baseline: readonly CellResult[],
  of: (cell: CellResult) => number,
): Interval {
  // Infinitely many further seeds: the interval of the mean itself.
  return predictMean(
    cells.map((cell, index) => of(cell) - of(baseline[index])),
    Infinity,
  );
}

export function total(cells: readonly CellResult[], of: (cell: CellResult) => number): number {
  return sum(cells, of);
}

export function mean(cells: readonly CellResult[], of: (cell: CellResult) => number): number {
  return sum(cells, of) / cells.length;
}

/** Pages that failed to migrate for one of the causes, a page once an attempt. */
export function failedPages(cells: readonly CellResult[], causes: readonly Cause[]): number {
  return total(cells, ({ record }) => sum(causes, (cause) => record.migration.failedByCause[cause]));
}

/** Mappings that became unfindable for one of the causes. */
export function opened(cells: readonly CellResult[], causes: readonly Cause[]): number {
  return total(cells, ({ record }) => sum(causes, (cause) => record.unfindable.openedByCause[cause]));
}

/** `1/10 0/10`: failures and requests of each seed. */
export function bySeed(cells: readonly CellResult[]): string {
  return cells.map(({ record: { cma } }) => `${cma.failures}/${cma.attempts}`).join(' ');
}
