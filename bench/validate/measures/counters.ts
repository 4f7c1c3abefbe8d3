/** KSM's counters in sysfs: after ksmd came to rest, and at the end. */
import type { TestbedRecord } from '../../../sim/index.ts';
import { level, value } from './measure.ts';
import type { Measure } from './measure.ts';

/** Pages that a counter may always be off: a merge lost to a page lock or an isolated page. */
export const FEW_PAGES = 4;

export const settledCounters: readonly Measure[] = ['pages_shared', 'pages_sharing', 'pages_unshared'].map(
  (counter) => ({
    name: `after settling: ${counter}`,
    rule: 'settled',
    unit: 'pages',
    floor: FEW_PAGES,
    of: (record) => value(settled(record) ? record.ksm_before?.[counter] : null),
  }),
);

export function endCounters(counters: readonly string[]): readonly Measure[] {
  return counters.map((counter) =>
    level(`at the end: ${counter}`, 'pages', (record) => record.ksm_after[counter], FEW_PAGES),
  );
}

/** Some scenarios never wait for ksmd. */
function settled(record: TestbedRecord): boolean {
  return record.settle.ok === 1;
}
