/**
 * The same defects with ksmd at its own pace: a request for the whole area some time after the event (the parent
 * rewrote its pages, or exited), then again until one succeeds or the time is over.
 */
import type { TestbedAttempt, TestbedCensus, TestbedRecord } from '../../../sim/index.ts';
import { failed, failedPages } from './attempts.ts';
import { endCounters, settledCounters } from './counters.ts';
import { level, once } from './measure.ts';
import type { Measure } from './measure.ts';
import { stagesOf } from './stages.ts';

function firstAttempt(record: TestbedRecord): TestbedAttempt | undefined {
  return record.attempts.at(0);
}

/** No attempt ever succeeded: the time to success is only known to be longer. */
function censored(record: TestbedRecord): boolean {
  return record.attempts.every(failed);
}

/** The look at the stable tree right before the first request. */
function lookBefore(record: TestbedRecord): TestbedCensus | undefined {
  const stage = stagesOf(record).find((note) => note.stage === 'before_first');
  return stage === undefined ? undefined : record.census.at(stage.census_idx);
}

/** s that ksmd needs for all mergeable pages at its settings, as the program reckons it. */
function nominalScan(record: TestbedRecord): number | null {
  for (const note of record.notes) {
    const seconds = note['nominal_zscan_s'] ?? note['nominal_scan_s'];
    if (typeof seconds === 'number' && seconds > 0) return seconds;
  }
  return null;
}

/** From the first request to the success, in nominal scans; where there was none, to the last request. */
function timeToSuccess(record: TestbedRecord): number | null {
  const nominal = nominalScan(record);
  const first = firstAttempt(record);
  if (nominal === null || first === undefined) return null;
  return (record.attempts.at(-1)!.t - first.t) / nominal;
}

export const natural: readonly Measure[] = [
  {
    name: 'first request failed',
    rule: 'rate',
    unit: 'share',
    of: (record) => (firstAttempt(record) === undefined ? null : once(failed(firstAttempt(record)!))),
  },
  {
    name: 'no request succeeded',
    rule: 'rate',
    unit: 'share',
    of: (record) => (firstAttempt(record) === undefined ? null : once(censored(record))),
  },
  level('failed requests', 'attempts', ({ attempts }) => attempts.filter(failed).length),
  level('time to success over nominal scan', 'ratio', timeToSuccess),
  level('before: unfindable KSM pages in the area', 'pages', (record) => lookBefore(record)?.cma_pages_missing),
  level('before: KSM pages in the area', 'pages', (record) => lookBefore(record)?.cma_pages),
  level('before: KSM pages', 'pages', (record) => lookBefore(record)?.pages),
  level('before: unfindable KSM pages', 'pages', (record) => lookBefore(record)?.pages_missing),
  level('before: ptes of KSM pages', 'ptes', (record) => lookBefore(record)?.maps),
  level('before: unfindable ptes', 'ptes', (record) => lookBefore(record)?.maps_missing),
  ...failedPages,
  ...settledCounters,
  ...endCounters(['pages_shared', 'pages_sharing']),
];
