/** Recordings are read, or refused with what is wrong and its line; equal parameters make a group. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import { scratchDirectory } from '../testing/command.ts';
import { groupRecordings, modelRuns } from './groups.ts';
import { readRecording, readRecordings, shippedRecordings } from './recording.ts';
import { tinyRecord } from './testing.ts';

const scratch = scratchDirectory();
test.after(() => scratch.remove());

let files = 0;
function written(text: string | Uint8Array): string {
  const file = join(scratch.path, `${files++}.json`);
  writeFileSync(file, text);
  return file;
}

function problemsOf(read: () => unknown): readonly Problem[] {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.problems;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

/** The one problem of a record with these fields replaced, on lines of their own. */
function refused(fields: Record<string, unknown>): Problem {
  const file = written(JSON.stringify({ ...tinyRecord(), ...fields }, null, 1));
  const problems = problemsOf(() => readRecording(file));
  assert.is(problems.length, 1, JSON.stringify(problems));
  return problems[0];
}

test('a record made by hand is read, and unknown fields with it', () => {
  const record = readRecording(written(JSON.stringify({ ...tinyRecord(), clocksource: 'hpet', who: [1, 'x'] })));
  assert.is(record.attempts.length, 4);
});

test('all shipped recordings are read', () => {
  assert.is(readRecordings([shippedRecordings()]).length, 160);
});

test('malformed JSON: line and column of the fault', () => {
  const [problem] = problemsOf(() => readRecording(written('{\n  "name": "x",\n  "params": {"scen": }\n}')));
  assert.is(problem.line, 3);
  assert.is(problem.column, 22);
  assert.match(problem.message, /is not JSON: value expected/);
  const [cut] = problemsOf(() => readRecording(written('{"name": "x", "census": [')));
  assert.is(cut.line, 1);
  assert.ok(cut.column! >= 24);
});

test('nested without end, not UTF-8, empty, another kind of JSON', () => {
  const deep = problemsOf(() => readRecording(written('['.repeat(200_000))));
  assert.match(deep[0].message, /not JSON/);
  assert.match(problemsOf(() => readRecording(written(Uint8Array.of(0x7b, 0xff))))[0].message, /UTF-8/);
  assert.match(problemsOf(() => readRecording(written('')))[0].message, /not JSON/);
  assert.match(problemsOf(() => readRecording(written('[]')))[0].message, /expected an object, found a list/);
  assert.match(problemsOf(() => readRecording(written('null')))[0].message, /expected an object/);
});

test('missing fields are named, and where they belong', () => {
  const problem = refused({ t_measure: undefined });
  assert.is(problem.path, 't_measure');
  assert.match(problem.message, /is missing; expected a number/);
  assert.is(refused({ ksm_after: undefined }).path, 'ksm_after');
  const census = tinyRecord().census.map((look) => ({ ...look, maps_missing: undefined }));
  assert.is(problemsOf(() => readRecording(written(JSON.stringify({ ...tinyRecord(), census })))).length, 3);
});

test('a wrong type points at its line', () => {
  const file = written('{"name": "x",\n"t_measure": "5"}');
  const problem = problemsOf(() => readRecording(file)).find(({ path }) => path === 't_measure')!;
  assert.equal([problem.line, problem.column], [2, 14]);
  assert.match(problem.message, /expected a number from 0 to \d+, found `5`/);
});

test('hostile numbers', () => {
  const record = JSON.stringify(tinyRecord());
  for (const number of ['1e999', '-1', '0.5', '1e300', 'true', 'null', '"NaN"']) {
    const file = written(record.replace('"forks":3', `"forks":${number}`));
    assert.is(problemsOf(() => readRecording(file))[0].path, 'workload.forks', number);
  }
});

test('an unknown scenario, with the nearest one', () => {
  const problem = refused({ params: { scen: 'fork_hevy', seed: '1' } });
  assert.is(problem.path, 'params.scen');
  assert.match(problem.message, /did you mean `fork_heavy`/);
  assert.is(refused({ params: { scen: 'cost', seed: '-3' } }).path, 'params.seed');
  assert.is(refused({ params: { scen: 'cost', mb: 4 } }).path, 'params.mb');
});

test('lists that do not fit each other', () => {
  assert.match(refused({ series: [[4, 1, 2]] }).message, /has 3 values, but series_cols names 4/);
  assert.match(
    refused({ series_cols: ['t', 'pages_shared', 'pages_sharing', 'x'] }).message,
    /expected a column `full_scans`/,
  );
  const stage = {
    stage: 'end',
    t: 1,
    full_scans: 1,
    pages_shared: 1,
    pages_sharing: 1,
    census_idx: 3,
    attempt_idx: 4,
    occ_idx: 2,
  };
  assert.match(refused({ notes: [stage] }).message, /points past the end of census, which has 3/);
  const [first, ...rest] = tinyRecord().occupancy;
  assert.match(
    refused({ occupancy: [{ ...first, anon: 500 }, ...rest] }).message,
    /sum to 1012, but the area has 1024/,
  );
  const [look, ...looks] = tinyRecord().census;
  assert.match(
    refused({ census: [{ ...look, maps_missing: 500 }, ...looks] }).message,
    /is a part of maps, but larger/,
  );
  assert.match(refused({ census: [...looks, look] }).message, /earlier than the entry before/);
});

test('a CMA area that is no area, or has no room on the testbed', () => {
  assert.is(refused({ cma: { base_pfn: 97280, count: 1000 }, occupancy: [] }).path, 'cma.count');
  assert.is(refused({ cma: { base_pfn: 97280, count: 0 }, occupancy: [] }).path, 'cma.count');
  const record = tinyRecord({ cma: { base_pfn: 131072, count: 1024 }, occupancy: [] });
  const [group] = groupRecordings([{ file: 'far.json', record }]);
  const [problem] = problemsOf(() => modelRuns(group, 1));
  assert.is(problem.file, 'far.json');
  assert.match(problem.message, /ends at frame 132096/);
});

test('a prototype is a name like any other', () => {
  const text = JSON.stringify(tinyRecord()).replace('"mb":"4"', '"__proto__":"4","constructor":"5"');
  const { params } = readRecording(written(text));
  assert.is(params['constructor'], '5');
  assert.is(({} as Record<string, unknown>)['4'], undefined);
});

test('control characters are neither read nor printed', () => {
  const problem = refused({ name: 'x\u001b[31m' });
  assert.is(problem.path, 'name');
  assert.not.match(problem.message, /\u001b/);
});

test('files that are not there, directories without recordings, the same recording twice', () => {
  assert.match(problemsOf(() => readRecordings([join(scratch.path, 'none.json')]))[0].message, /no such file/);
  const empty = join(scratch.path, 'empty');
  mkdirSync(empty);
  assert.match(problemsOf(() => readRecordings([empty]))[0].message, /no \*\.json file/);
  const file = written(JSON.stringify(tinyRecord()));
  assert.match(problemsOf(() => readRecordings([file, file]))[0].message, /same name/);
});

test('groups: the same parameters but for name and seed, and the same area', () => {
  const make = (name: string, params: Record<string, string>, count = 1024) => {
    const record = tinyRecord({ name, params: { name, scen: 'cost', ...params }, cma: { base_pfn: 97280, count } });
    return { file: `${name}.json`, record };
  };
  const groups = groupRecordings([
    make('gnat_s20_r0', { seed: '1', scan: '100' }),
    make('other', { seed: '1', scan: '200' }),
    make('gnat_s20_r1', { scan: '100', seed: '2' }),
    make('small', { seed: '1', scan: '100' }, 2048),
  ]);
  assert.equal(
    groups.map(({ name, recordings }) => [name, recordings.length]),
    [
      ['gnat_s20', 2],
      ['other', 1],
      ['small', 1],
    ],
  );
  const runs = modelRuns(groups[0], 5);
  assert.equal(
    runs.map(({ params }) => params['seed']),
    ['1', '2', '1', '2', '1'],
  );
  assert.equal(
    runs.map(({ seed }) => seed),
    [1, 2, 3, 4, 5],
  );
  assert.equal(runs[0].description.memory.cma, [{ name: 'reserved', first: 97280, pages: 1024, isDefault: true }]);
});

test.run();
