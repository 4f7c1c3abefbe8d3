/**
 * The comparison of all recordings with all modelled runs: one row a recording and measure, and one a group of repeats.
 */
import { compare, NO_CONTEXT } from './compare.ts';
import type { Comparison, Estimate, Tells } from './compare.ts';
import { seenOf } from './compared.ts';
import type { ComparedGroup } from './compared.ts';
import { designEffects } from './effects.ts';
import { familyOf, measuresOf } from './measures/index.ts';
import type { Family } from './measures/index.ts';
import type { Measure, Observation, Rule, Unit } from './measures/measure.ts';
import type { Reduced } from './reduce.ts';
import { compareScenarios } from './scenarios.ts';
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
  readonly tells: Tells;
}

export interface Comparisons {
  readonly rows: readonly Row[];
  /** Measures of recordings that could not be compared: nothing was observed on one side. */
  readonly notComparable: number;
}

/** All rows, group by group, measure by measure: the repeats together, then each recording by itself. */
export function compareAll(groups: readonly ComparedGroup[], tolerances: Tolerances): Comparisons {
  const effects = designEffects(groups);
  const found = groups.flatMap((compared) => {
    const { group, recorded, modelled } = compared;
    const { record } = group.recordings[0];
    return measuresOf(record).flatMap((measure) => {
      const ours = seenOf(measure, modelled);
      const context = { ...effects(measure), tolerance: tolerances.of(measure, group) };
      const row = (recording: string, chosen: readonly Reduced[]): Row | null => {
        const theirs = seenOf(measure, chosen);
        if (theirs.length === 0) return null;
        const result = compare(measure, theirs, ours, context) ?? missing(measure, theirs, ours);
        if (result === null) return null;
        const about = { recording, measure: measure.name, group: group.name, family: familyOf(record) };
        return {
          ...about,
          ...result,
          rule: measure.rule,
          unit: measure.unit,
          repeats: theirs.length,
          runs: ours.length,
        };
      };
      const single = recorded.map((one, index) => row(group.recordings[index].record.name, [one]));
      return recorded.length > 1 ? [row(group.name, recorded), ...single] : single;
    });
  });
  const rows = found.filter((row) => row !== null);
  return { rows: [...compareScenarios(groups, effects), ...rows], notComparable: found.length - rows.length };
}

/** A stage, an attempt or a cost that no modelled run has, though the recorded program does: the model is wrong. */
function missing(
  measure: Measure,
  theirs: readonly Observation[],
  ours: readonly Observation[],
): (Omit<Comparison, 'modelled'> & Pick<Row, 'modelled'>) | null {
  const scripted = measure.rule === 'exact' || measure.rule === 'outcome' || measure.rule === 'factor';
  if (!scripted || ours.length > 0) return null;
  const found = compare({ ...measure, rule: 'exact' }, theirs, theirs, NO_CONTEXT);
  return found === null ? null : { ...found, modelled: NOTHING, agree: false };
}

const NOTHING = { value: null, low: null, high: null } as const;
