/** For the tests of this folder: a small record made by hand, and models that answer with recordings. */
import type { TestbedAttempt, TestbedCensus, TestbedOccupancy, TestbedRecord } from '../../sim/index.ts';

const NO_CENSUS: TestbedCensus = {
  t: 0,
  nodes: 0,
  stale: 0,
  pages: 0,
  items: 0,
  maps: 0,
  found: 0,
  pages_missing: 0,
  maps_missing: 0,
  orphan: 0,
  orphan_maps: 0,
  cma_pages: 0,
  cma_maps: 0,
  cma_pages_missing: 0,
  cma_maps_missing: 0,
  max_mapcount: 0,
};

const SUCCESS: TestbedAttempt = {
  t: 0,
  size: 16,
  align: 4,
  hold: 0,
  outcome: 'ok',
  errno: 0,
  lat_us: 100,
  busy_retry: 0,
  mig_calls: 1,
  mig_ok: 0,
  mig_fail: 0,
  iso_fail: 0,
  bad_pages: 0,
  bad_ksm_unfound: 0,
  bad_ksm_null_node: 0,
  bad_anon_unfound: 0,
  bad_extra_ref: 0,
};

export function census(fields: Partial<TestbedCensus>): TestbedCensus {
  return { ...NO_CENSUS, ...fields };
}

export function attempt(fields: Partial<TestbedAttempt>): TestbedAttempt {
  const errno = fields.outcome === 'fail' ? 12 : 0;
  return { ...SUCCESS, errno, ...fields };
}

/** 1024 frames: what is not said is free. */
export function occupancy(fields: Partial<TestbedOccupancy>): TestbedOccupancy {
  const kinds = { anon: 0, ksm: 0, file: 0, other: 0, ...fields };
  const buddy = 1024 - kinds.anon - kinds.ksm - kinds.file - kinds.other;
  return { t: 0, ksm_maps: 0, ksm_all: 0, cma_used: 0, buddy, ...kinds };
}

function sysfs(shared: number, sharing: number, scans: number): Record<string, number> {
  return { pages_shared: shared, pages_sharing: sharing, pages_unshared: 7, pages_volatile: 2, full_scans: scans };
}

/** A load of four attempts, one of which failed; measuring began at 5 s. */
export function tinyRecord(fields: Partial<TestbedRecord> = {}): TestbedRecord {
  return {
    name: 'tiny_r0',
    params: { name: 'tiny_r0', scen: 'fork_heavy', mb: '4', seed: '1' },
    cma: { base_pfn: 97280, count: 1024 },
    settle: { ok: 1, s: 1 },
    t_measure: 5,
    ksm_before: sysfs(100, 300, 4),
    ksm_after: sysfs(90, 200, 9),
    workload: { forks: 3, exits: 2, fork_fail: 0, fork_s: 0.1, parent_writes: 50, child_writes: 60, max_live: 2 },
    notes: [],
    series_cols: ['t', 'pages_shared', 'pages_sharing', 'full_scans'],
    series: [
      [4, 100, 300, 4],
      [5, 100, 280, 4],
      [6, 95, 240, 6],
      [8, 90, 200, 9],
    ],
    occupancy: [
      occupancy({ t: 4, anon: 512, ksm: 128, other: 64 }),
      occupancy({ t: 6, anon: 256, ksm: 64 }),
      occupancy({ t: 8, anon: 256, file: 32 }),
    ],
    census: [
      census({ t: 4, pages: 100, maps: 400, found: 400 }),
      census({
        t: 6,
        pages: 100,
        maps: 500,
        found: 480,
        pages_missing: 10,
        maps_missing: 20,
        cma_pages: 30,
        cma_pages_missing: 4,
      }),
      census({ t: 8, pages: 90, maps: 300, found: 300, cma_pages: 10 }),
    ],
    attempts: [
      attempt({
        t: 6,
        outcome: 'fail',
        busy_retry: 6,
        mig_ok: 80,
        bad_pages: 8,
        bad_ksm_unfound: 6,
        bad_ksm_null_node: 2,
        bad_extra_ref: 1,
      }),
      attempt({ t: 6.5, mig_ok: 20, busy_retry: 2, bad_pages: 2, bad_ksm_unfound: 1, bad_anon_unfound: 1 }),
      attempt({ t: 7 }),
      attempt({ t: 7.5, mig_ok: 90 }),
    ],
    causes: [
      {
        t: 6,
        pages: 10,
        orphan_pages: 0,
        declared_missing: 20,
        classified: 20,
        parent_itself: 1,
        child_parent_has_other_page: 18,
        child_parent_same_page: 1,
        child_parent_gone: 0,
      },
    ],
    vmstat_delta: {},
    ...fields,
  };
}

/**
 * The text of a module that stands in for the model: run k gives the k-th of those recordings that have its parameters,
 * changed by `change`.
 */
export function echoModel(files: readonly string[], change = ''): string {
  return `import { readFileSync } from 'node:fs';
const key = ({ name, seed, ...params }) => JSON.stringify(Object.entries(params).sort());
const records = ${JSON.stringify(files)}.map((file) => JSON.parse(readFileSync(file, 'utf8')));
export function runTestbed({ params, seed }) {
  const like = records.filter((one) => key(one.params) === key(params));
  const record = structuredClone(like[seed % like.length]);
  ${change}
  return record;
}
`;
}
