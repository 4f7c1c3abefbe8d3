/** Which measures a recording is compared by: decided by its scenario, and by the stages and costs it has. */
import type { TestbedRecord } from '../../../sim/index.ts';
import { scenarioOf } from '../recordCheck.ts';
import { costMeasures } from './costs.ts';
import { forkFree, forkHeavy } from './load.ts';
import type { Measure } from './measure.ts';
import { natural } from './natural.ts';
import { stageMeasures } from './stages.ts';

/** Kinds of recordings, for totals. */
export type Family = 'load' | 'scripted' | 'natural' | 'cost';

export function familyOf(record: TestbedRecord): Family {
  switch (scenarioOf(record)) {
    case 'fork_heavy':
    case 'fork_free':
      return 'load';
    case 'greater_nat':
    case 'greater_exit_nat':
    case 'lesser_nat':
      return 'natural';
    case 'cost':
      return 'cost';
    default:
      return 'scripted';
  }
}

/** Measures in the order of a report, each name once. */
export function measuresOf(record: TestbedRecord): readonly Measure[] {
  return [...new Map(all(record).map((measure) => [measure.name, measure])).values()];
}

function all(record: TestbedRecord): readonly Measure[] {
  switch (familyOf(record)) {
    case 'load':
      return scenarioOf(record) === 'fork_heavy' ? forkHeavy : forkFree;
    case 'natural':
      return natural;
    case 'cost':
      return costMeasures(record);
    case 'scripted':
      return stageMeasures(record);
  }
}
