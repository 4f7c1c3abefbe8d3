/** The comparison of all recordings with all modelled runs: one row a recording and measure, and one a group of repeats. */
import { clusterRatio } from '../stats/clusters.ts';
import type { Cluster } from '../stats/clusters.ts';
import { clustersOf, compare } from './compare.ts';
import type { Context, Estimate } from './compare.ts';
import type { Group } from './groups.ts';
import { median } from './measures/costs.ts';
import { familyOf, measuresOf } from './measures/index.ts';
import type { Family } from './measures/index.ts';
import { isRatio } from './measures/measure.ts';
import type { Measure, Observation, Rule, Unit } from './measures/measure.ts';
import { reduceRecord } from './reduce.ts';
import type { Reduced } from './reduce.ts';
import type { Tolerances } from './tolerance.ts';

/** Estimates are null where the model has no such stage or cost at all. */
export interface Row {
  readonly recording: string;
  readonly measure: string;
  readonly recorded: Estimate;
  readonly modelled: Estimate | { readonly value: null; readonly low: null; readonly high: null };
  readonly agree: boolean;
  readonly group: string;
  readonly family: Family;
  readonly rule: Rule;
  readonly unit: Unit;
  /** Recorded runs in this row: 1, or the repeats of a group. */
  readonly repeats: number;
  /** Modelled runs that had a chance to show the measure. */
  readonly runs: number;
  readonly tellsFactorTwo: boolean;
}

export interface Comparisons {
  readonly rows: readonly Row[];
  /** Measures of recordings that could not be compared: nothing was observed on one side. */
  readonly notComparable: number;
}

/** A group, what was recorded, and what the model gave (runs that broke down are left out). */
export interface ComparedGroup {
  readonly group: Group;
  readonly recorded: readonly Reduced[];
  readonly modelled: readonly Reduced[];
}

export function reduceRecorded(group: Group): Reduced[] {
  return group.recordings.map(({ record }) => reduceRecord(record, measuresOf(record), true));
}

/** All rows, group by group; the pooled row of a group before those of its recordings, measure by measure. */
export function compareAll(groups: readonly ComparedGroup[], tolerances: Tolerances): Comparisons {
  const effects = designEffects(groups);
  const rows: Row[] = [];
  let notComparable = 0;
  for (const compared of groups) {
    const { group, recorded, modelled } = compared;
    const { record } = group.recordings[0];
    for (const measure of measuresOf(record)) {
      const ours = seenOf(measure, modelled);
      const context = { ...effects(measure), tolerance: tolerances.of(measure, group) };
      const judge = (name: string, chosen: readonly Reduced[]): void => {
        const theirs = seenOf(measure, chosen);
        const found =
          theirs.length === 0 ? null : (compare(measure, theirs, ours, context) ?? missing(measure, theirs, ours));
        if (found === null) notComparable++;
        else {
          const about = { group: group.name, family: familyOf(record), rule: measure.rule, unit: measure.unit };
          const counts = { repeats: theirs.length, runs: ours.length, tellsFactorTwo: found.tellsFactorTwo };
          const { agree } = found;
          rows.push({
            recording: name,
            measure: measure.name,
            recorded: found.recorded,
            modelled: found.modelled,
            agree,
            ...about,
            ...counts,
          });
        }
      };
      if (recorded.length > 1) judge(group.name, recorded);
      for (const [index, one] of recorded.entries()) judge(group.recordings[index].record.name, [one]);
    }
  }
  return { rows, notComparable };
}

/** A stage, an attempt or a cost that no modelled run has, though the recorded program does: the model is wrong. */
function missing(measure: Measure, theirs: readonly Observation[], ours: readonly Observation[]) {
  const scripted = measure.rule === 'exact' || measure.rule === 'outcome' || measure.rule === 'factor';
  if (!scripted || ours.length > 0) return null;
  const found = compare({ ...measure, rule: 'exact' }, theirs, theirs, {
    runEffect: 1,
    clusterEffect: 1,
    tolerance: 0,
  });
  return found === null ? null : { ...found, modelled: NOTHING, agree: false };
}

const NOTHING = { value: null, low: null, high: null } as const;

function seenOf(measure: Measure, reduced: readonly Reduced[]): Observation[] {
  return reduced.flatMap(({ observations }) => observations[measure.name] ?? []);
}

/** Design effects by measure: the median of those that groups show, at least 1. */
function designEffects(groups: readonly ComparedGroup[]): (measure: Measure) => Omit<Context, 'tolerance'> {
  const seen = new Map<string, { runs: number[]; clusters: number[] }>();
  for (const { group, recorded, modelled } of groups) {
    for (const measure of measuresOf(group.recordings[0].record)) {
      if (measure.rule !== 'rate' && measure.rule !== 'share' && measure.rule !== 'mean') continue;
      const entry = seen.get(measure.name) ?? { runs: [], clusters: [] };
      seen.set(measure.name, entry);
      const options = { share: measure.rule !== 'mean', further: null, designEffect: 1 };
      const effect = (clusters: readonly Cluster[]): number[] => {
        const found = clusters.some(([, of]) => of > 0) ? clusterRatio(clusters, options).designEffect : null;
        return found === null ? [] : [found];
      };
      entry.runs.push(
        ...effect(
          seenOf(measure, modelled)
            .filter(isRatio)
            .map(({ hits, of }): Cluster => [hits, of]),
        ),
      );
      entry.clusters.push(...effect(clustersOf(seenOf(measure, recorded).filter(isRatio))));
    }
  }
  return (measure) => {
    const entry = seen.get(measure.name);
    return { runEffect: atLeastOne(entry?.runs), clusterEffect: atLeastOne(entry?.clusters) };
  };
}

function atLeastOne(effects: readonly number[] | undefined): number {
  return Math.max(1, median(effects ?? []) ?? 1);
}
