/** Scripted scenarios on a small machine: stages as on the recorded kernel (with 16 times the pages), determinism. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runTestbed } from './run.ts';
import { stages, testMachine } from './testing.ts';

const run = (params: Record<string, string>, seed = 1) =>
  runTestbed({ description: testMachine(), params: { ballast: '0', copies: '2', sizes: 'whole', ...params }, seed });

test('greater_det: the parent rewrites and is scanned before the child', () => {
  const record = run({ scen: 'greater_det', mb: '2' });
  assert.equal(stages(record), [
    'settled 256/256 pages 256 maps 512 items 512 missing 0/0',
    'forked 256/256 pages 256 maps 1024 items 512 missing 0/0',
    'parent_rewrote 256/256 pages 256 maps 512 items 512 missing 0/0',
    'parent_scanned 0/0 pages 256 maps 512 items 0 missing 256/512',
    'attempted 0/0 pages 256 maps 512 items 0 missing 256/512',
    'child_scanned 256/256 pages 256 maps 512 items 512 missing 0/0',
    'end 256/256 pages 256 maps 512 items 512 missing 0/0',
  ]);
});

test('greater_exit_det: one batch of one page cleans the dead parent and visits one page of the child', () => {
  const record = run({ scen: 'greater_exit_det', mb: '2' });
  assert.is(stages(record)[3], 'parent_scanned 1/0 pages 256 maps 512 items 1 missing 256/511');
  assert.is(stages(record).at(-1), 'end 256/256 pages 256 maps 512 items 512 missing 0/0');
});

test('lesser_det1: upgrades through the child miss the parent until it is visited', () => {
  const record = run({ scen: 'lesser_det1', mb: '2' });
  assert.is(stages(record)[2], 'first_mm_scanned_twice 256/256 pages 256 maps 768 items 512 missing 256/256');
  assert.is(stages(record)[4], 'later_scans 256/768 pages 256 maps 1024 items 1024 missing 0/0');
});

test('lesser_det3: the parent that never asks for merging is missed for ever', () => {
  const record = run({ scen: 'lesser_det3', mb: '2', later: '10' });
  assert.is(stages(record)[4], 'later_scans 256/768 pages 256 maps 1280 items 1024 missing 256/256');
  assert.is(stages(record)[6], 'parent_exited 256/768 pages 256 maps 1024 items 1024 missing 0/0');
});

test('a request fails exactly while the area holds an unfindable page', () => {
  const { attempts, notes, census } = run({ scen: 'greater_det', mb: '8', ballast: '24' });
  const [before, after] = attempts;
  const scanned = notes.find((note) => note['stage'] === 'parent_scanned')!;
  assert.ok(census[scanned['census_idx'] as number].cma_pages_missing > 0);
  assert.is(before.outcome, 'fail');
  assert.ok(before.bad_ksm_unfound > 0);
  assert.is(before.bad_ksm_unfound, before.bad_pages);
  assert.is(after.outcome, 'ok');
});

test('the same input gives the same record, another seed another one', () => {
  const params = { scen: 'fork_heavy', mb: '4', T: '2', warm: '1', sizes: '1,256,1024', frate: '4', life: '1000' };
  const text = (seed: number) => JSON.stringify(run(params, seed));
  assert.is(text(5), text(5));
  assert.is.not(text(5), text(6));
});

test('fork_free has no unfindable pte and no failed request', () => {
  const record = run({ scen: 'fork_free', mb: '4', nw: '4', T: '2', warm: '1', sizes: '1,256,1024' });
  assert.ok(record.attempts.length > 10);
  assert.is(
    record.attempts.every((attempt) => attempt.outcome === 'ok'),
    true,
  );
  assert.is(record.census.at(-1)!.maps_missing, 0);
});

test('parameters that do not fit are refused, not run', () => {
  assert.throws(() => run({ scen: 'greater_det', mb: '0' }), /mb=0/);
  assert.throws(() => run({ scen: '' }), /no scenario/);
});

test('a run that does not end is a fault, no complaint about parameters', () => {
  // Between two rounds of held requests it sleeps four times the gap, here 4000 s.
  const idle = { nw: '1', sleep: '10000000', gap: '1000000', hold: '1', sizes: '1' };
  let thrown: unknown;
  try {
    run({ scen: 'fork_free', mb: '1', T: '1', ...idle });
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, Error);
  assert.not.instance(thrown, RangeError);
  assert.match((thrown as Error).message, /did not end in 1204 s/);
});

test.run();
