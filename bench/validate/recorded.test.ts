/** Measures of the shipped recordings against the figures that were published with them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { binomial } from '../stats/failureRate.ts';
import { groupRecordings } from './groups.ts';
import type { Group } from './groups.ts';
import { measuresOf } from './measures/index.ts';
import { isRatio, valueOf } from './measures/measure.ts';
import type { Ratio } from './measures/measure.ts';
import { readRecordings, shippedRecordings } from './recording.ts';

const groups = new Map(groupRecordings(readRecordings([shippedRecordings()])).map((group) => [group.name, group]));

/** The measure of each recording of a group. */
function seen(name: string, measure: string) {
  const group: Group | undefined = groups.get(name);
  assert.ok(group, `no group ${name} among ${[...groups.keys()].join(' ')}`);
  return group.recordings.map(({ record }) => {
    const found = measuresOf(record).find((one) => one.name === measure);
    assert.ok(found, measure);
    return found.of(record);
  });
}

function pooled(name: string, measure: string): Ratio {
  const ratios = seen(name, measure).filter((one): one is Ratio => one !== null && isRatio(one));
  const add = (pick: (ratio: Ratio) => number): number => ratios.reduce((sum, ratio) => sum + pick(ratio), 0);
  return { hits: add(({ hits }) => hits), of: add(({ of }) => of) };
}

function values(name: string, measure: string): (number | null)[] {
  return seen(name, measure).map((one) => (one === null ? null : valueOf(one)));
}

test('as many groups and repeats as there are', () => {
  assert.is(groups.size, 60);
  assert.is(groups.get('gnat_s20_p100')?.recordings.length, 8);
  assert.is(groups.get('det_gdet_ctl1')?.recordings.length, 5);
});

test('requests under load: failed of attempts, met, retries, failed migrations', () => {
  const table = {
    heavy_s20_p100: [67, 7, 13.4, 9.01, 0.26],
    heavy_s20_p1000: [103, 3, 4.9, 2.0, 0.14],
    heavy_s100_p100: [116, 2, 5.2, 1.86, 0.02],
    heavy_s2000_p100: [149, 0, 2.0, 0.44, 0.02],
    heavy_s2000_p1000: [127, 4, 4.7, 2.13, 0.07],
    heavyhold_s20_p100: [141, 3, 35.5, 3.36, 0.34],
    heavyhold_s20_p1000: [186, 5, 30.6, 4.02, 0.49],
    free_s20_p100_r0: [95, 0, 0, 0, 0],
    cma16_heavy_s20_p1000: [58, 11, 20.7, 0.57, 0.34],
  };
  for (const [name, [attempts, failed, met, retries, migrations]] of Object.entries(table)) {
    assert.equal(pooled(name, 'CMA failure rate'), { hits: failed, of: attempts }, name);
    assert.is(
      (100 * valueOf(pooled(name, 'attempts that met an unfindable KSM page'))).toFixed(1),
      met.toFixed(1),
      name,
    );
    assert.is(valueOf(pooled(name, 'busy retries per attempt')).toFixed(2), retries.toFixed(2), name);
    assert.is((100 * valueOf(pooled(name, 'failed page migrations'))).toFixed(2), migrations.toFixed(2), name);
  }
});

test('Wilson intervals of the published table', () => {
  const { low, high } = binomial(7 / 67, 67);
  assert.equal([(100 * low).toFixed(1), (100 * high).toFixed(1)], ['5.2', '20.0']);
});

test('natural: first requests that failed, failures in all, runs without success', () => {
  const table = {
    gexitnat_s20_p100: [2, 5, 2, 0],
    gexitnat_s100_p100: [4, 5, 19, 0],
    gexitnat_s2000_p100: [5, 5, 47, 2],
    gnat_s20_p100: [6, 8, 28, 0],
    gnat_s20_p1000: [0, 8, 0, 0],
    gnat_s100_p100: [6, 8, 25, 0],
    gnat_s2000_p100: [8, 8, 125, 8],
    lnat_par0_s20_p100: [4, 4, 33, 4],
    lnat_par2_s20_p100: [2, 4, 14, 1],
  };
  for (const [name, [first, runs, all, censored]] of Object.entries(table)) {
    assert.equal(pooled(name, 'first request failed'), { hits: first, of: runs }, name);
    assert.is(pooled(name, 'no request succeeded').hits, censored, name);
    assert.is(
      values(name, 'failed requests').reduce<number>((sum, each) => sum + (each ?? 0), 0),
      all,
      name,
    );
  }
});

test('natural: unfindable KSM pages in the area before the first request, mean', () => {
  const table = {
    gnat_s20_p100: 1379,
    gnat_s100_p100: 184,
    gnat_s2000_p100: 93,
    lnat_par0_s20_p100: 1222,
    gexitnat_s100_p100: 427,
  };
  for (const [name, mean] of Object.entries(table)) {
    const found = values(name, 'before: unfindable KSM pages in the area');
    const actual = found.reduce<number>((sum, each) => sum + (each ?? 0), 0) / found.length;
    assert.ok(Math.abs(actual - mean) <= 0.5, `${name}: ${actual} is not ${mean}`);
  }
});

test('scripted stages', () => {
  const same = (name: string, measure: string, value: number): void => {
    assert.equal(values(name, measure), Array(5).fill(value), `${name}, ${measure}`);
  };
  same('det_gdet', 'forked: ptes of KSM pages', 16384);
  same('det_gdet', 'parent_scanned: pages_shared', 0);
  same('det_gdet', 'parent_scanned: unfindable ptes', 8192);
  same('det_gdet', 'child_scanned: unfindable ptes', 0);
  same('det_gdet', 'attempt 3, whole area: failed', 1);
  same('det_gdet', 'attempt 6, whole area: failed', 0);
  same('det_gexit', 'parent_scanned: unfindable ptes', 8191);
  same('det_gexit', 'parent_scanned: pages_shared', 1);
  same('det_gdet_ctl1', 'attempt 1, whole area: failed', 0);
  same('det_ldet1', 'first_mm_scanned_twice: unfindable ptes', 4096);
  same('det_ldet1', 'later_scans: pages_sharing', 12288);
});

test('costs', () => {
  assert.is(values('cost_r0', 'first touch of a page')[0]?.toFixed(3), (12.165 / 14.426).toFixed(3));
  // Two requests: 57623 and 63702 us.
  assert.is(Math.round(values('cost_r0', 'cma_alloc of 4096: anon')[0]!), 4205);
});

test.run();
