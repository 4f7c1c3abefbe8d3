/**
 * What the recorded repeats of a scripted stage differ in: a merge now and then loses a page to a lock or to a page
 * that is still in a per-cpu list. That is a race of the machine, so how many pages it took in one group of repeats
 * bounds what it may take in another of the same scenario.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { TestbedRecord } from '../../sim/index.ts';
import { PAGE_BYTES } from '../plan/units.ts';
import { measuresOf } from './measures/index.ts';
import { valueOf } from './measures/measure.ts';
import type { Measure } from './measures/measure.ts';
import { scenarioOf } from './recordCheck.ts';
import type { Group } from './groups.ts';

/** Pages of one mapping of a scripted scenario. */
function mappedPages(record: TestbedRecord): number {
  const mb = Number(record.params['mb'] ?? testbedKeys.DEFAULT_MB.scripted);
  return Number.isFinite(mb) && mb > 0 ? (mb * 1024 ** 2) / PAGE_BYTES : 0;
}

/** `unfindable ptes` of `child_scanned: unfindable ptes`. */
function whatOf(measure: Measure): string {
  return measure.name.slice(measure.name.indexOf(': ') + 2);
}

/** `lesser` of `lesser_det3`. */
function kindOf(record: TestbedRecord): string {
  return scenarioOf(record).split('_')[0];
}

function isPages(measure: Measure): boolean {
  return measure.rule === 'exact' && (measure.unit === 'pages' || measure.unit === 'ptes');
}

export class Tolerances {
  /** Largest difference between repeats in any stage, over the pages of a mapping; by scenario or kind, and measure. */
  readonly #shares = new Map<string, number>();

  /** @param groups every recording at hand; those without repeats say nothing */
  constructor(groups: readonly Group[]) {
    for (const { recordings } of groups) {
      if (recordings.length < 2) continue;
      const { record } = recordings[0];
      const pages = mappedPages(record);
      for (const measure of measuresOf(record).filter(isPages)) {
        const share =
          difference(
            measure,
            recordings.map((one) => one.record),
          ) / pages;
        for (const scenario of [scenarioOf(record), kindOf(record)]) {
          const key = `${scenario}: ${whatOf(measure)}`;
          this.#shares.set(key, Math.max(share, this.#shares.get(key) ?? 0));
        }
      }
    }
  }

  /** Units by which a modelled run may differ from the recorded one; 0 where the repeats agree. */
  of(measure: Measure, group: Group): number {
    const records = group.recordings.map(({ record }) => record);
    if (!isPages(measure)) return difference(measure, records);
    const known = (scenario: string): number | undefined => this.#shares.get(`${scenario}: ${whatOf(measure)}`);
    const share = known(scenarioOf(records[0])) ?? known(kindOf(records[0])) ?? 0;
    return Math.floor(share * mappedPages(records[0]));
  }
}

function difference(measure: Measure, records: readonly TestbedRecord[]): number {
  const values = records.flatMap((record) => {
    const seen = measure.of(record);
    return seen === null ? [] : [valueOf(seen)];
  });
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}
