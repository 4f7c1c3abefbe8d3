/** Each scenario of the program on a small machine: what it is there to show. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestbedRecord } from '../record.ts';
import { runTestbed, startProgram } from '../run.ts';
import { Testbed } from '../testbed.ts';
import { stages, testMachine } from '../testing.ts';
import { GRAB, Grabber } from './costProcesses.ts';

const run = (params: Record<string, string>, description = testMachine()): TestbedRecord =>
  runTestbed({ description, params: { ballast: '0', copies: '2', sizes: 'whole', ...params }, seed: 1 });

/** 8 MB and a ballast of 24 MB: part of the mergeable pages lies in the area. ksmd runs by itself. */
const natural = (params: Record<string, string>): TestbedRecord =>
  run({ pages_fixed: '2048', ballast: '24', T: '3', ...params });

const outcomes = (record: TestbedRecord): readonly string[] => record.attempts.map(({ outcome }) => outcome);
const stage = (record: TestbedRecord, name: string): string => stages(record).find((one) => one.startsWith(name))!;

for (const scen of ['greater_nat', 'greater_exit_nat']) {
  test(`${scen}: requests fail until ksmd has been at the child`, () => {
    const record = natural({ scen, t0max: '0.05' });
    assert.match(stage(record, 'before_first'), /missing [1-9]/);
    assert.is(outcomes(record)[0], 'fail');
    assert.is(outcomes(record).at(-1), 'ok');
    assert.ok(record.attempts[0].bad_ksm_unfound > 0);
  });
}

test('greater_nat: the map is what ksmd scans in the given time, within limits', () => {
  const pagesOf = (params: Record<string, string>): unknown =>
    run({ scen: 'greater_nat', T: '1', ...params }).notes.find((note) => 'pages' in note)!['pages'];
  assert.is(pagesOf({ scan: '100', sleep: '100', zscan_s: '1' }), 1000);
  assert.is(pagesOf({ scan: '100', sleep: '1000', zscan_s: '1' }), 512, 'the least');
  assert.is(pagesOf({ sleep: '0', zscan_s: '1' }), 8192, 'the most');
});

test('lesser_nat: beside a parent that never asks for merging every request fails', () => {
  const record = natural({ scen: 'lesser_nat', par: '0' });
  assert.match(stage(record, 'end'), /missing [1-9]/);
  assert.equal([...new Set(outcomes(record))], ['fail']);
});

test('lesser_nat: a parent that asks is found, one that has rewritten its pages is not missed for long', () => {
  for (const par of ['1', '2']) {
    const record = natural({ scen: 'lesser_nat', par });
    assert.match(stage(record, 'end'), /missing 0\/0/);
    assert.is(outcomes(record).at(-1), 'ok');
  }
});

test('lesser_det2: the parent is missed until it rewrites its pages', () => {
  const record = run({ scen: 'lesser_det2', mb: '1' });
  assert.match(stage(record, 'later_scans'), /maps 384 items 256 missing 128\/128/);
  assert.match(stage(record, 'parent_rewrote'), /maps 256 items 256 missing 0\/0/);
});

test('greater_det: before ksmd has scanned the parent nothing is missed, after the fork and after the rewrite', () => {
  for (const [control, name] of [
    ['1', 'control_attempt_after_fork'],
    ['2', 'control_attempt_before_scan'],
  ]) {
    const record = run({ scen: 'greater_det', mb: '1', control });
    assert.match(stage(record, name), /missing 0\/0/);
    assert.match(stage(record, 'parent_scanned'), /missing 128\/256/);
    assert.is(outcomes(record)[0], 'ok');
  }
});

test('cost: what is measured is in the order that the work is', () => {
  const { notes, attempts, occupancy } = run({ scen: 'cost' }, testMachine(131072, 16384));
  const of = (about: Record<string, unknown>): Record<string, number> =>
    notes.find((note) => Object.entries(about).every(([key, value]) => note[key] === value)) as Record<string, number>;
  const fork = of({ cost: 'fork' });
  assert.ok(fork['us_32768p'] > fork['us_8192p'] && fork['us_8192p'] > fork['us_0p']);
  const fault = of({ cost: 'fault' });
  assert.ok(fault['cow_break_us'] > fault['cow_reuse_us'] && fault['cow_reuse_us'] > fault['write_again_us']);
  const merged = of({ cost: 'ksm_cow_break' });
  assert.ok(merged['us_per_page'] > merged['rewrite_only_us_per_page']);
  const passes = [0, 1, 2].map((pass) => of({ kind: 'copies2', pass }));
  assert.equal(
    passes.map((pass) => pass['shared']),
    [0, 8192, 8192],
    'the first pass takes checksums, the second merges',
  );
  assert.ok(passes[2]['cpu_us_per_page'] < passes[0]['cpu_us_per_page'], 'what is merged is only looked at');
  const request = (range: string): Record<string, number> => of({ cost: 'cma_alloc', range, size: 4096 });
  assert.is(request('free')['migrated_per_alloc'], 0);
  assert.ok(request('anon')['mean_us'] > request('free')['mean_us']);
  assert.ok(request('ksm_k8_fork')['mean_us'] > request('ksm_k4_fork')['mean_us'], 'more mappings, more to unmap');
  assert.ok(attempts.every(({ outcome }) => outcome === 'ok'));
  for (const range of ['k2_copies', 'k4_copies', 'k8_copies', 'k4_fork', 'k8_fork']) {
    const [k, via] = [Number(range[1]), range.slice(3)];
    const { kept, shared, sharing, occ_idx: look } = of({ grab: 'ksm', k, via });
    assert.is(occupancy[look].ksm_maps, k * kept, `${range}: each page has as many mappings as wanted`);
    assert.is(shared, kept, range);
    const most = (k - 1) * shared;
    if (via === 'copies') assert.is(sharing, most, range);
    else assert.ok(sharing >= shared && sharing <= most, `${range}: as far as ksmd has been at the children`);
  }
});

test('cost: a process that is to fork waits itself while ksmd holds its mmap_sem', () => {
  const sizes = { processes: 8, pages: GRAB.most, forks: 0, classes: 1, share: 0, tmpfsInArea: false };
  const testbed = new Testbed(testMachine(12288, 2048), sizes, 1);
  const { scheduler, measures, kernel } = testbed;
  const runFor = (ms: number): void => scheduler.run(scheduler.now + ms * 1e6);
  const grabber = new Grabber(testbed, 16);
  grabber.begin(scheduler.now);
  while (!grabber.isDone) runFor(10);
  assert.ok(kernel.locks.tryReadMm(grabber.mm));
  grabber.askToFork(1);
  runFor(20);
  assert.equal([grabber.isDone, grabber.children.length], [false, 0]);
  kernel.locks.readUnlockMm(grabber.mm);
  // The step of whoever unlocks wakes who waits.
  scheduler.wake(grabber.who);
  runFor(5);
  assert.equal([grabber.isDone, grabber.children.length], [true, 1]);
  assert.ok(measures.fork.toArray()[0] > 20e6, 'the wait is part of the fork');
});

const HEAVY = { scen: 'fork_heavy', mb: '2', T: '2', warm: '1', frate: '4', life: '1000', sizes: '1,256' };

test('fork_heavy: held requests add up to what may be held, then all are given back', () => {
  const { attempts, occupancy } = run({ ...HEAVY, sizes: '128,256', hold: '512', gap: '50', census_ms: '0' });
  const round = [0, 128, 256, 384, 0, 256];
  assert.equal(
    attempts.slice(0, 12).map(({ hold }) => hold),
    [...round, ...round],
  );
  assert.is(Math.max(...occupancy.map(({ cma_used }) => cma_used)), 384, 'looked at before each request');
});

test('fork_heavy: what is held when time is over is given back, too', () => {
  const record = run({ ...HEAVY, sizes: '64', hold: '100000', gap: '50', align: '6' });
  assert.ok(record.attempts.at(-1)!.hold > 0);
  assert.ok(record.attempts.every(({ align }) => align === 6));
  assert.is(record.occupancy.at(-1)!.cma_used, 0);
});

test('fork_heavy: some children fork a grandchild', () => {
  const { exits, forks } = run({ ...HEAVY, gp: '0' }).workload;
  const doubled = run({ ...HEAVY, gp: '100' }).workload;
  assert.ok(forks > 0 && exits > 0);
  assert.ok(doubled.exits > exits, `${doubled.exits} exits, without grandchildren ${exits}`);
});

/** Pages that the ballast has when the program ends. */
function ballastLeft(params: Record<string, string>): number {
  const input = { description: testMachine(), params: { ...HEAVY, T: '1', ...params }, seed: 1 };
  const { testbed, controller } = startProgram(input);
  while (!controller.isDone) testbed.scheduler.run(testbed.scheduler.now + 1e9);
  return testbed.ballast!.pages;
}

test('the ballast gives back what it is asked for, and fills memory only as far as it is told', () => {
  const aged = ballastLeft({ ballast: 'aged' });
  assert.is(aged - ballastLeft({ ballast: 'aged', brelease: '2' }), 512);
  assert.is(ballastLeft({ ballast: '8' }), 2048);
  const auto = ballastLeft({ ballast: 'auto' });
  assert.ok(auto > 0 && auto < aged, `auto ${auto}, aged ${aged}`);
});

test('a map larger than memory: the OOM killer takes the process, and the program goes on', () => {
  const record = run({ ...HEAVY, mb: '90', settle: '0' });
  assert.is(record.vmstat_delta['oom_kill'], 1);
  assert.ok(outcomes(record).includes('ok'));
});

test('memory runs short: the OOM killer takes the largest process, which is the ballast', () => {
  const { notes, vmstat_delta, workload } = run({ ...HEAVY, mb: '40', ballast: '45', settle: '0' });
  assert.equal(notes[0], { ballast_pages: 45 * 256 });
  assert.is(vmstat_delta['oom_kill'], 1);
  assert.ok(workload.forks > 0, 'the worker goes on');
});

test.run();
