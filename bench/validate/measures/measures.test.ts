/** Each measure gives of a small record what can be counted in it by hand, and nothing where there was no chance. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestbedRecord } from '../../../sim/index.ts';
import { attempt, census, occupancy, tinyRecord } from '../testing.ts';
import { measuresOf } from './index.ts';
import { valueOf } from './measure.ts';

/** Values of all measures of a record by name; null where there was no chance. */
function measured(record: TestbedRecord): Map<string, number | null> {
  return new Map(
    measuresOf(record).map((measure) => {
      const seen = measure.of(record);
      return [measure.name, seen === null ? null : valueOf(seen)];
    }),
  );
}

function expect(record: TestbedRecord, wanted: Readonly<Record<string, number | null>>): void {
  const found = measured(record);
  for (const [name, value] of Object.entries(wanted)) {
    assert.ok(found.has(name), `no measure '${name}' among: ${[...found.keys()].join('; ')}`);
    const actual = found.get(name);
    if (value === null || actual === null || actual === undefined) assert.is(actual, value, name);
    else assert.ok(Math.abs(actual - value) < 1e-9, `${name}: ${actual} is not ${value}`);
  }
}

test('requests: failures, retries, pages that failed and why', () => {
  expect(tinyRecord(), {
    'CMA failure rate': 1 / 4,
    'attempts that met an unfindable KSM page': 2 / 4,
    'busy retries per attempt': 8 / 4,
    'failed page migrations': 9 / (80 + 20 + 90 + 9),
    'failed pages: KSM, ptes not found': (6 - 2 + 1) / 10,
    'failed pages: KSM without stable_node': 2 / 10,
    'failed pages: anonymous, ptes not found': 1 / 10,
    'failed pages: extra reference': 1 / 10,
    'failed pages: never tried, still in use': 1 / 10,
  });
});

test('a timeout is a failure', () => {
  expect(tinyRecord({ attempts: [attempt({ outcome: 'timeout' }), attempt({})] }), { 'CMA failure rate': 1 / 2 });
});

test('nothing asked for, nothing failed: no chance to show it', () => {
  expect(tinyRecord({ attempts: [], causes: [] }), {
    'CMA failure rate': null,
    'failed page migrations': null,
    'unfindable ptes: parent_itself': null,
  });
  expect(tinyRecord({ attempts: [attempt({ mig_ok: 5 })] }), {
    'failed page migrations': 0,
    'failed pages: extra reference': null,
  });
});

test('counters after settling and at the end', () => {
  expect(tinyRecord(), {
    'after settling: pages_shared': 100,
    'after settling: pages_sharing': 300,
    'after settling: pages_unshared': 7,
    'at the end: pages_shared': 90,
    'at the end: pages_sharing': 200,
    'at the end: pages_volatile': 2,
    'full scans': 5,
  });
  expect(tinyRecord({ settle: { ok: 0, s: 90 } }), { 'after settling: pages_shared': null });
  expect(tinyRecord({ ksm_before: null }), { 'after settling: pages_shared': null, 'full scans': null });
});

test('looks at the stable tree count from when measuring began', () => {
  expect(tinyRecord(), {
    'ptes of KSM pages, mean': 400,
    'ptes of KSM pages at the end': 300,
    'KSM pages with unfindable ptes, mean': 0.05,
    'KSM pages with unfindable ptes, most': 0.1,
    'unfindable ptes of KSM pages, mean': 0.02,
    'unfindable ptes of KSM pages, most': 0.04,
    'KSM pages in the area, mean': 20,
    'unfindable KSM pages in the area, mean': 2,
  });
  expect(tinyRecord({ census: [census({ t: 6 })] }), { 'KSM pages with unfindable ptes, mean': null });
});

test('what the area holds: before measuring, at the end, on average since', () => {
  expect(tinyRecord(), {
    'CMA area, anon, before': 0.5,
    'CMA area, ksm, before': 0.125,
    'CMA area, other, before': 0.0625,
    'CMA area, buddy, before': 0.3125,
    'CMA area, ksm, at the end': 0,
    'CMA area, other, at the end': 0.03125,
    'CMA area, anon, mean': 0.25,
    'CMA area, ksm, mean': 0.03125,
  });
});

test('the load itself, and saved pages over the measured time', () => {
  expect(tinyRecord(), {
    'saved pages, mean': (280 + 240 + 200) / 3,
    'pages written by mergeable processes': 50,
    'pages written by children': 60,
    forks: 3,
    'children alive, most': 2,
    'unfindable ptes: parent_itself': 0.05,
    'unfindable ptes: child_parent_has_other_page': 0.9,
  });
  const free = measured(tinyRecord({ params: { scen: 'fork_free' } }));
  assert.ok(free.has('full scans') && !free.has('forks') && !free.has('unfindable ptes: parent_itself'));
});

function stage(name: string, shared: number, index: number, attempts: number) {
  return {
    stage: name,
    t: index,
    full_scans: 4 + index,
    pages_shared: shared,
    pages_sharing: 2 * shared,
    census_idx: index,
    attempt_idx: attempts,
    occ_idx: 0,
  };
}

test('scripted: stages and attempts', () => {
  const record = tinyRecord({
    params: { scen: 'greater_det', mb: '4' },
    notes: [{ ballast_pages: 5 }, stage('settled', 50, 0, 0), stage('parent_scanned', 0, 1, 0)],
    attempts: [attempt({ size: 1024, outcome: 'fail', bad_pages: 2, bad_ksm_unfound: 2 }), attempt({ size: 1 })],
  });
  expect(record, {
    'settled: pages_shared': 50,
    'settled: pages_sharing': 100,
    'settled: ptes of KSM pages': 400,
    'parent_scanned: pages_shared': 0,
    'parent_scanned: KSM pages': 100,
    'parent_scanned: unfindable ptes': 20,
    'parent_scanned: full scans since the first stage': 1,
    'attempt 1, whole area: failed': 1,
    'attempt 1, whole area: met an unfindable KSM page': 1,
    'attempt 2, 1 page: failed': 0,
  });
  assert.not.ok(measured(record).has('settled: full scans since the first stage'));
});

test('a run of another kind has no such stage', () => {
  const pattern = tinyRecord({ params: { scen: 'greater_det' }, notes: [stage('settled', 50, 0, 0)] });
  const measure = measuresOf(pattern).find(({ name }) => name === 'settled: pages_shared')!;
  assert.is(measure.of(tinyRecord({ notes: [stage('asked', 50, 0, 0)] })), null);
});

test('without instrumentation a stage has no census', () => {
  const notes = [{ ...stage('settled', 50, 0, 0), census_idx: -1 }];
  expect(tinyRecord({ params: { scen: 'greater_det' }, notes, census: [] }), {
    'settled: pages_shared': 50,
    'settled: ptes of KSM pages': null,
  });
});

test('natural: first request, time to success, what lay in the area before', () => {
  const notes = [{ pages: 512, nominal_zscan_s: 2, t0: 1, t_event: 5 }, stage('before_first', 90, 1, 0)];
  const failing = [attempt({ t: 6, outcome: 'fail' }), attempt({ t: 6.5, outcome: 'fail' }), attempt({ t: 9 })];
  const params = { scen: 'greater_nat' };
  expect(tinyRecord({ params, notes, attempts: failing }), {
    'first request failed': 1,
    'no request succeeded': 0,
    'failed requests': 2,
    'time to success over nominal scan': 1.5,
    'before: unfindable KSM pages in the area': 4,
    'before: unfindable ptes': 20,
  });
  expect(tinyRecord({ params, notes, attempts: failing.slice(0, 2) }), {
    'no request succeeded': 1,
    'time to success over nominal scan': 0.25,
  });
  expect(tinyRecord({ params, notes, attempts: [] }), { 'first request failed': null, 'no request succeeded': null });
});

test('costs: ratios to a copy-on-write break of the same run', () => {
  const notes = [
    { cost: 'fork', us_8192p: 1157, us_32768p: 3622, us_0p: 400, us_per_page: 0.1 },
    { cost: 'fault', first_touch_us: 8, write_again_us: 0.1, cow_break_us: 10, cow_reuse_us: 2 },
    { cost: 'ksmd_scan', kind: 'copies2', pass: 1, pages: 16384, cpu_us_per_page: 20 },
    { cost: 'ksmd_scan', kind: 'fork_copy_attach', pages: 16384, cpu_us_per_page_both: 1 },
    { cost: 'cma_alloc', range: 'free', size: 1, n: 3, fail: 1, mean_us: 99 },
    { cost: 'cma_alloc', range: 'anon', size: 1024, n: 2, fail: 0, mean_us: 99 },
  ];
  const attempts = [20, 5, 900, 40, 300, 500].map((lat_us, index) =>
    attempt({ t: index, lat_us, outcome: index === 2 ? 'fail' : 'ok' }),
  );
  expect(tinyRecord({ params: { scen: 'cost' }, notes, attempts }), {
    'fork, per mapped page': 0.01,
    'fork, of an empty mapping': 40,
    'first touch of a page': 0.8,
    'copy-on-write fault that reuses the page': 0.2,
    'ksmd per page: copies2, pass 1': 2,
    'ksmd per page: fork_copy_attach': 0.1,
    'cma_alloc of 1: free': 2,
    'cma_alloc of 1024: anon': 40,
  });
});

test('the area is counted over its own frames', () => {
  const record = tinyRecord({ cma: { base_pfn: 0, count: 2048 }, occupancy: [occupancy({ t: 4, anon: 1024 })] });
  expect(record, { 'CMA area, anon, before': 0.5 });
});

test.run();
