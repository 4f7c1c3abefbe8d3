/** Cells of the recorded program: what the record of the same run says, under strategies, with audits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellInput, DeviceDescription, ProgramDescription } from '../description.ts';
import { runCell, runCellBySeconds } from '../device.ts';
import { strategies } from '../strategies/index.ts';
import { programInput } from './cell.ts';
import { runTestbed } from './run.ts';
import { testMachine } from './testing.ts';

const LOAD = {
  scen: 'fork_heavy',
  ballast: '0',
  mb: '8',
  T: '2',
  warm: '1',
  sizes: '1,256,1024',
  frate: '4',
  life: '500',
};
const SCRIPTED = { scen: 'greater_det', ballast: '24', mb: '8', sizes: 'whole' };

function device(params: Record<string, string>, more: Partial<ProgramDescription> = {}): DeviceDescription {
  return { ...testMachine(), program: { params, seeds: [1], ...more } };
}

function cell(params: Record<string, string>, more: Partial<CellInput> = {}): CellInput {
  return { description: device(params), strategies: ['stock'], seed: 1, auditEveryNs: 0, ...more };
}

test('a cell tells of the run that the record is of', () => {
  for (const params of [LOAD, SCRIPTED]) {
    const seen = runCell(cell(params));
    const record = runTestbed(programInput(device(params), 1));
    assert.ok(record.attempts.length > 1);
    assert.equal(
      seen.attempts.map((one) => [one.pages, one.latency / 1e3, -one.errno, one.failed]),
      record.attempts.map((one) => [one.size, one.lat_us, one.errno, one.bad_pages]),
    );
    assert.equal(
      seen.attempts.map((one) => one.at),
      record.attempts.map((one) => Math.round((one.t - record.t_measure) * 1e9)),
    );
    assert.is(seen.counts.forks, seen.fork.length);
    // The record counts up to a second more.
    assert.ok(seen.counts.forks > 0 && seen.counts.forks <= record.workload.forks);
    assert.is(seen.ksm.atStart.pages_sharing, record.ksm_before!['pages_sharing']);
    assert.is(seen.samples.length, Math.floor(seen.duration / 1e9));
  }
});

test('a census keeps ksmd waiting once, however long: it is no more wake-ups', () => {
  const { wakeups, idleWakeups, wake } = runCell(cell({ ...LOAD, gap: '20', census_ms: '0' })).ksm;
  assert.ok(wake.length > 50 && wakeups >= wake.length, `${wakeups} wake-ups, ${wake.length} batches`);
  assert.ok(wakeups < 1.1 * wake.length, `${wakeups} wake-ups, ${wake.length} batches`);
  assert.ok(idleWakeups <= wakeups);
});

test('a failed request has its cause', () => {
  const { attempts, migration } = runCell(cell(SCRIPTED));
  const failed = attempts.filter(({ errno }) => errno !== 0);
  assert.ok(failed.length > 0);
  assert.ok(failed.every(({ blocked, failed: pages }) => blocked.B1 === pages));
  assert.is(migration.failedByCause.unknown, 0);
});

test('no strategy breaks the machine, and the one that leaves no gap leaves none', () => {
  for (const { name } of strategies) {
    for (const params of [LOAD, SCRIPTED]) {
      const seen = runCell(cell({ ...params, mb: '2', T: '1' }, { strategies: [name], auditEveryNs: 1e9 }));
      assert.ok(seen.attempts.length > 0, name);
      assert.is(seen.migration.failedByCause.unknown, 0, name);
      if (name === 'heir-items') assert.is(seen.unfindable.ptesMax, 0);
    }
  }
});

test('without KSM nothing merges, and nobody waits for ksmd', () => {
  const off = device(SCRIPTED);
  const described = { ...off, ksm: { ...off.ksm, run: 0 as const } };
  for (const input of [cell(SCRIPTED, { description: described }), cell(SCRIPTED, { strategies: ['ksm-off'] })]) {
    const seen = runCell(input);
    assert.is(seen.ksm.atEnd.pages_sharing, 0);
    assert.is(seen.ksm.cpu, 0);
    assert.ok(seen.duration < 10e9);
  }
});

test('runs take the own seeds of the program in turn, and the settings of ksmd where it runs by itself', () => {
  const own = (seed: number) => programInput(device(LOAD, { seeds: [7, 8, 9] }), seed).params['seed'];
  assert.equal([0, 1, 2, 3, 4].map(own), ['9', '7', '8', '9', '7']);
  const heavy = programInput(device(LOAD), 1).params;
  assert.equal([heavy['sleep'], heavy['scan']], ['20', '100']);
  assert.is(programInput(device(SCRIPTED), 1).params['scan'], undefined);
});

test('a program whose process did not fit is a failed cell, no quiet one', () => {
  assert.throws(() => runCell(cell({ ...LOAD, mb: '120' })), /killed for want of memory/);
});

test('second by second it is the same, and a watch is refused', () => {
  const seconds = runCellBySeconds(cell(LOAD));
  let last = seconds.next();
  for (let before = -1; last.done !== true; last = seconds.next()) {
    assert.ok(last.value > before);
    before = last.value;
  }
  assert.equal(last.value, runCell(cell(LOAD)));
  assert.throws(() => runCell(cell(LOAD), [], {}), /cannot be watched/);
});

test('a description without a program is not run as one', () => {
  assert.throws(() => programInput(testMachine(), 1), /has no program/);
});

test.run();
