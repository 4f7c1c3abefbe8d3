/** A finished validation: what every report is made of. */
import type { ComparedGroup } from './compared.ts';
import type { FailedRun } from './execute.ts';
import type { Totals } from './report/totals.ts';
import type { Comparisons } from './rows.ts';

export interface Validation {
  readonly groups: readonly ComparedGroup[];
  readonly comparisons: Comparisons;
  readonly totals: Totals;
  /** The workload that the modelled runs are of; null: the recordings' own parameters. */
  readonly workload: string | null;
  /** Modelled runs of each group. */
  readonly seeds: number;
  /** Recordings compared. */
  readonly recordings: number;
  /** Modelled runs that broke down. */
  readonly failed: readonly FailedRun[];
}
