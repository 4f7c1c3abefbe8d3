/**
 * The scripted scenarios: ksmd moves batch by batch, so each stage has one right answer. Only merges that lose a page
 * to a lock or to a per-cpu list differ between repeats.
 */
import type { TestbedAttempt, TestbedRecord } from '../../../sim/index.ts';
import { failed } from './attempts.ts';
import { once, value } from './measure.ts';
import type { Measure, Unit } from './measure.ts';

interface Stage {
  readonly stage: string;
  readonly full_scans: number;
  readonly pages_shared: number;
  readonly pages_sharing: number;
  readonly census_idx: number;
  readonly attempt_idx: number;
}

export function stagesOf(record: TestbedRecord): Stage[] {
  return record.notes.filter((note) => note['stage'] !== undefined) as unknown as Stage[];
}

/** The measures of the stages and attempts that `record` has. */
export function stageMeasures(record: TestbedRecord): Measure[] {
  const stages = stagesOf(record);
  return [
    ...stages.flatMap(({ stage }, index) => ofStage(stage, index)),
    ...record.attempts.flatMap((_, index) => ofAttempt(index, record)),
  ];
}

function ofStage(stage: string, index: number): Measure[] {
  const at = (record: TestbedRecord): Stage | undefined => stagesOf(record).find((note) => note.stage === stage);
  const look = (record: TestbedRecord) => record.census.at(at(record)?.census_idx ?? NaN);
  const exact = (name: string, unit: Unit, of: (record: TestbedRecord) => number | undefined): Measure => ({
    name: `${stage}: ${name}`,
    rule: 'exact',
    unit,
    of: (record) => (at(record) === undefined ? null : value(of(record))),
  });
  const scans = exact('full scans since the first stage', 'scans', (record) => {
    return at(record)!.full_scans - stagesOf(record)[0].full_scans;
  });
  return [
    exact('pages_shared', 'pages', (record) => at(record)!.pages_shared),
    exact('pages_sharing', 'pages', (record) => at(record)!.pages_sharing),
    exact('KSM pages', 'pages', (record) => look(record)?.pages),
    exact('ptes of KSM pages', 'ptes', (record) => look(record)?.maps),
    exact('unfindable ptes', 'ptes', (record) => look(record)?.maps_missing),
    ...(index === 0 ? [] : [scans]),
  ];
}

function ofAttempt(index: number, record: TestbedRecord): Measure[] {
  const { size } = record.attempts[index];
  const pages = size === record.cma.count ? 'whole area' : size === 1 ? '1 page' : `${size} pages`;
  const outcome = (name: string, of: (attempt: TestbedAttempt) => boolean): Measure => ({
    name: `attempt ${index + 1}, ${pages}: ${name}`,
    rule: 'outcome',
    unit: 'share',
    of: ({ attempts }) => (index < attempts.length ? once(of(attempts[index])) : null),
  });
  return [outcome('failed', failed), outcome('met an unfindable KSM page', (attempt) => attempt.bad_ksm_unfound > 0)];
}
