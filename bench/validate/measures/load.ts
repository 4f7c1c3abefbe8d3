/** `fork_heavy` and `fork_free`: a load for some seconds, with ksmd and requests running at their own pace. */
import type { TestbedCensus, TestbedOccupancy, TestbedRecord } from '../../../sim/index.ts';
import { requests } from './attempts.ts';
import { endCounters, FEW_PAGES, settledCounters } from './counters.ts';
import { level, mean, ratio, value } from './measure.ts';
import type { Measure } from './measure.ts';

/** Looks at the stable tree during the measured time, while there were KSM pages. */
function looks(record: TestbedRecord): TestbedCensus[] {
  return record.census.filter((look) => look.t >= record.t_measure && look.maps > 0);
}

function unfindablePages(record: TestbedRecord): number[] {
  return looks(record).map((look) => look.pages_missing / look.pages);
}

function unfindablePtes(record: TestbedRecord): number[] {
  return looks(record).map((look) => look.maps_missing / look.maps);
}

function most(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.max(...numbers);
}

const reverseWalk: readonly Measure[] = [
  level('ptes of KSM pages, mean', 'ptes', (record) => mean(looks(record).map((look) => look.maps))),
  level('ptes of KSM pages at the end', 'ptes', (record) => looks(record).at(-1)?.maps),
  level('KSM pages with unfindable ptes, mean', 'share', (record) => mean(unfindablePages(record))),
  level('KSM pages with unfindable ptes, most', 'share', (record) => most(unfindablePages(record))),
  level('unfindable ptes of KSM pages, mean', 'share', (record) => mean(unfindablePtes(record))),
  level('unfindable ptes of KSM pages, most', 'share', (record) => most(unfindablePtes(record))),
  level(
    'KSM pages in the area, mean',
    'pages',
    (record) => mean(looks(record).map((look) => look.cma_pages)),
    FEW_PAGES,
  ),
  level('unfindable KSM pages in the area, mean', 'pages', (record) =>
    mean(looks(record).map((look) => look.cma_pages_missing)),
  ),
];

const CAUSES = ['parent_itself', 'child_parent_has_other_page', 'child_parent_same_page', 'child_parent_gone'] as const;

/** Why ptes were unfindable, of those that were classified. */
const causes: readonly Measure[] = CAUSES.map((cause) => ({
  name: `unfindable ptes: ${cause}`,
  rule: 'share',
  unit: 'share',
  of: (record) => ratio(record.causes.map((look) => [look[cause], look.classified])),
}));

const KINDS: Readonly<Record<string, (look: TestbedOccupancy) => number>> = {
  anon: (look) => look.anon,
  ksm: (look) => look.ksm,
  buddy: (look) => look.buddy,
  other: (look) => look.file + look.other,
};

/** What the CMA area holds, as shares of its frames: when measuring begins, at the end, on average. */
const area: readonly Measure[] = Object.entries(KINDS).flatMap(([kind, frames]) => {
  const share = (name: string, of: (record: TestbedRecord) => readonly TestbedOccupancy[]): Measure => ({
    name: `CMA area, ${kind}, ${name}`,
    rule: 'level',
    unit: 'share',
    of: (record) => {
      const found = mean(of(record).map((look) => frames(look) / record.cma.count));
      return value(found);
    },
  });
  return [
    share('before', (record) => record.occupancy.filter((look) => look.t <= record.t_measure).slice(-1)),
    share('at the end', (record) => record.occupancy.slice(-1)),
    share('mean', (record) => record.occupancy.filter((look) => look.t > record.t_measure)),
  ];
});

const scans: readonly Measure[] = [
  level('full scans', 'scans', ({ ksm_before: before, ksm_after: after }) =>
    before === null ? null : after['full_scans'] - before['full_scans'],
  ),
  level('saved pages, mean', 'pages', (record) => {
    const time = record.series_cols.indexOf('t');
    const sharing = record.series_cols.indexOf('pages_sharing');
    return mean(record.series.filter((sample) => sample[time] >= record.t_measure).map((sample) => sample[sharing]));
  }),
];

/** Not about the kernel: whether the modelled program does as much as the recorded one. */
const forks: readonly Measure[] = [
  level('forks', 'count', ({ workload }) => workload.forks),
  level('children alive, most', 'count', ({ workload }) => workload.max_live),
  level('pages written by children', 'pages', ({ workload }) => workload.child_writes),
];
const writes = level('pages written by mergeable processes', 'pages', ({ workload }) => workload.parent_writes);

const common: readonly Measure[] = [
  ...requests,
  ...settledCounters,
  ...endCounters(['pages_shared', 'pages_sharing', 'pages_unshared', 'pages_volatile']),
  ...reverseWalk,
  ...area,
  ...scans,
  writes,
];

export const forkFree: readonly Measure[] = common;
export const forkHeavy: readonly Measure[] = [...common, ...causes, ...forks];
