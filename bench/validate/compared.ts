/** A group of recordings with the modelled runs it is compared with, all reduced to their observations. */
import type { Group } from './groups.ts';
import { measuresOf } from './measures/index.ts';
import type { Measure, Observation } from './measures/measure.ts';
import { reduceRecord } from './reduce.ts';
import type { Reduced } from './reduce.ts';

export interface ComparedGroup {
  readonly group: Group;
  /** In the order of the group's recordings. */
  readonly recorded: readonly Reduced[];
  /** Runs that broke down are left out. */
  readonly modelled: readonly Reduced[];
}

export function reduceRecorded(group: Group): Reduced[] {
  return group.recordings.map(({ record }) => reduceRecord(record, measuresOf(record), true));
}

/** What these runs show of a measure; those that had no chance to are left out. */
export function seenOf(measure: Measure, reduced: readonly Reduced[]): Observation[] {
  return reduced.flatMap(({ observations }) => observations[measure.name] ?? []);
}
