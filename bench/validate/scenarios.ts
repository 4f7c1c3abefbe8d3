/**
 * All recordings of a scenario together, for rates and shares: a single run has too few failures to tell much apart,
 * all of them have some. The model's runs of each group weigh as much as the group's recorded runs do. Whole runs are
 * the unit on both sides, since the attempts of one depend on each other.
 */
import { testbedKeys } from '../../sim/index.ts';
import { clusterRatio, stratifiedRatio } from '../stats/clusters.ts';
import type { Cluster, Stratum } from '../stats/clusters.ts';
import { groupBy } from '../stats/sums.ts';
import { compareIntervals, estimate } from './compare.ts';
import { seenOf } from './compared.ts';
import type { ComparedGroup } from './compared.ts';
import type { Effects } from './effects.ts';
import { familyOf, measuresOf } from './measures/index.ts';
import { isPooled, isRatio } from './measures/measure.ts';
import type { Measure, Observation } from './measures/measure.ts';
import { scenarioOf } from './recordCheck.ts';
import type { Row } from './rows.ts';

/** What rows of all recordings of a scenario are called. */
const nameOf = (scenario: string): string => `all ${scenario}`;
const NAMES: ReadonlySet<string> = new Set(testbedKeys.SCENARIOS.map(nameOf));

export function isOfScenario({ group }: Pick<Row, 'group'>): boolean {
  return NAMES.has(group);
}

/** One row a scenario with at least two groups, and a measure that is a rate or a share. */
export function compareScenarios(groups: readonly ComparedGroup[], effects: Effects): Row[] {
  const scenarios = groupBy(groups, ({ group }) => scenarioOf(group.recordings[0].record));
  return [...scenarios].flatMap(([scenario, members]) => {
    if (members.length < 2 || familyOf(members[0].group.recordings[0].record) === 'scripted') return [];
    const measures = measuresOf(members[0].group.recordings[0].record).filter(isPooled);
    return measures.flatMap((measure) => rowOf(nameOf(scenario), measure, members, effects) ?? []);
  });
}

function rowOf(name: string, measure: Measure, members: readonly ComparedGroup[], effects: Effects): Row | null {
  const pairs = members
    .map(({ recorded, modelled }) => ({
      theirs: runsOf(seenOf(measure, recorded)),
      ours: runsOf(seenOf(measure, modelled)),
    }))
    .filter(({ theirs, ours }) => theirs.length > 0 && ours.length > 1);
  if (pairs.length < 2) return null;
  const share = measure.rule !== 'mean';
  const { runEffect } = effects(measure);
  const theirs = pairs.flatMap((pair) => pair.theirs);
  const ours = pairs.flatMap((pair) => pair.ours);
  const recorded = estimate(clusterRatio(theirs, { share, further: null, designEffect: runEffect }));
  const strata = pairs.map((pair): Stratum => ({ clusters: pair.ours, further: pair.theirs.length }));
  const modelled =
    stratifiedRatio(strata, share) ?? estimate(clusterRatio(ours, { share, further: null, designEffect: runEffect }));
  return {
    recording: name,
    measure: measure.name,
    ...compareIntervals(recorded, modelled, share),
    group: name,
    family: familyOf(members[0].group.recordings[0].record),
    rule: measure.rule,
    unit: measure.unit,
    repeats: theirs.length,
    runs: ours.length,
  };
}

function runsOf(observations: readonly Observation[]): Cluster[] {
  return observations.filter(isRatio).map(({ hits, of }): Cluster => [hits, of]);
}
