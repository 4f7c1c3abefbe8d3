/**
 * Every recording of the package as a workload: it resolves, and what runs is what `validate` runs for the recording.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { programInput, runCell, runTestbed } from '../../sim/index.ts';
import type { TestbedInput } from '../../sim/index.ts';
import { InputError, UsageError } from '../errors.ts';
import { loadWorkload } from '../plan/resolve.ts';
import { AS_IS, loadText } from '../plan/testing.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { groupRecordings, modelRuns } from '../validate/groups.ts';
import type { Group } from '../validate/groups.ts';
import { readRecordings, shippedRecordings } from '../validate/recording.ts';
import type { Recording } from '../validate/recording.ts';
import { workloadSource } from '../validate/source.ts';
import { draftOfRecordings } from './recording.ts';
import { recording as recordingFile } from './recordingFile.ts';
import { workloadYaml } from './workloadYaml.ts';

const test = suiteInScratch('recordings');
const ALL = readRecordings([shippedRecordings()]);
const GROUPS = groupRecordings(ALL);
/** Of tracing. */
const LEFT_OUT = ['raw', 'rawkb', 'rawmax', 'rawrmap'];

const workloadOfRecordings = (recordings: readonly Recording[]): string => workloadYaml(draftOfRecordings(recordings));

function group(name: string): Group {
  return GROUPS.find((one) => one.name === name)!;
}

function known({ params, ...input }: TestbedInput): Omit<TestbedInput, 'description'> {
  const kept = Object.entries(params).filter(([key]) => !LEFT_OUT.includes(key));
  return { params: Object.fromEntries(kept), seed: input.seed };
}

/** The first recording of a group with other parameters. */
function changed(name: string, params: Record<string, string>, more: object = {}): Recording {
  const { file, record } = group(name).recordings[0];
  return { file, record: { ...record, ...more, params: { ...record.params, ...params } } };
}

test('all 160, one by one and as repeats, say what the recorded program was given', () => {
  assert.is(ALL.length, 160);
  const alone = ALL.map((recording): Group => ({ name: recording.record.name, recordings: [recording] }));
  for (const one of [...GROUPS.filter(({ recordings }) => recordings.length > 1), ...alone]) {
    const workload = loadText(workloadOfRecordings(one.recordings));
    const ours = workloadSource(workload, 'w.yaml', [one]).runsOf(one, 7);
    const theirs = modelRuns(one, 7);
    assert.equal(ours.map(known), theirs.map(known), one.name);
    const { load, program, durationNs, settleScans, warmupNs, ksm, device, ...machine } = workload.description;
    for (const [key, value] of Object.entries(machine)) {
      assert.equal(value, theirs[0].description[key as keyof typeof machine], `${one.name}: ${key}`);
    }
    assert.equal(load.groups, []);
    assert.is(ksm.run, 1);
    assert.ok(
      program !== undefined && durationNs === 0 && settleScans === 0 && warmupNs === 0 && device === 'testbed-512',
    );
  }
});

for (const name of ['raw_gexit', 'raw_ldet3', 'raw_gnat', 'lnat_par2_s20_p100', 'raw_heavy_small_full']) {
  test(`${name}: the record of a run is that of validate, and its cell tells of the same requests`, () => {
    const one = group(name);
    const workload = loadText(workloadOfRecordings(one.recordings));
    const [ours] = workloadSource(workload, 'w.yaml', [one]).runsOf(one, 1);
    const { params, ...record } = runTestbed(ours);
    const { params: recorded, ...validated } = runTestbed(modelRuns(one, 1)[0]);
    assert.equal(record, validated);
    assert.equal({ ...recorded, ...params }, recorded);
    const { description } = workload;
    const seen = runCell({ description, strategies: ['stock'], seed: 1, auditEveryNs: 0 });
    assert.equal(
      seen.attempts.map(({ pages, errno }) => [pages, -errno]),
      record.attempts.map(({ size, errno }) => [size, errno]),
    );
    assert.equal(programInput(description, 1).params['seed'], recorded['seed']);
  });
}

test('each line says where it comes from, and guesses are marked', () => {
  const text = workloadOfRecordings(group('raw_gdet').recordings);
  const lines = text.split('\n').filter((line) => /^\s*[a-zA-Z_]+: \S/.test(line) && !line.startsWith('about:'));
  assert.ok(lines.length > 5);
  for (const line of lines) assert.match(line, / # (?:guess: |from \S+\.json: (?:kernel: |params\.))/);
  const { notes } = draftOfRecordings(group('raw_gdet').recordings);
  assert.match(notes.join('\n'), /left out: params\.raw; .* guessed/);
  assert.match(
    workloadOfRecordings([changed('cost_r0', {}, { kernel: '5.10.1 #1 SMP' })]),
    /guess: there is no profile of it/,
  );
  assert.match(workloadOfRecordings([changed('cost_r0', {}, { kernel: 510 })]), /guess: the recording does not say/);
});

test('numbers as the program reads them', () => {
  const text = workloadOfRecordings([changed('heavy_s20_p100', { mb: '32.9', frate: '0.0000005', sizes: '1,whole' })]);
  const { params } = loadText(text).description.program!;
  assert.equal([params['mb'], Number(params['frate']), params['sizes']], ['32', 5e-7, '1,whole']);
});

const REFUSED: readonly [Record<string, string>, string, RegExp][] = [
  [{ mb: '99999' }, 'params.mb', /expected a number from 1 to 384, found `99999`/],
  [{ frate: 'fast' }, 'params.frate', /found `fast`/],
  [{ gap: '' }, 'params.gap', /expected a number/],
  [{ scan: '2000000' }, 'params.scan', /from 1 to 1000000/],
  [{ sizes: '1,-4' }, 'params.sizes', /found `-4`/],
  [{ sizes: '1,'.repeat(40) }, 'params.sizes', /at most 32/],
  [{ ballast: 'lead' }, 'params.ballast', /found `lead`/],
];

for (const [params, path, message] of REFUSED) {
  test(`refused: ${JSON.stringify(params).slice(0, 40)}`, () => {
    const recording = changed('heavy_s20_p100', params);
    assert.throws(
      () => workloadOfRecordings([recording]),
      (thrown: unknown) =>
        thrown instanceof InputError &&
        thrown.problems[0].file === recording.file &&
        thrown.problems[0].path === path &&
        message.test(thrown.problems[0].message),
    );
  });
}

test('a name cannot break out of its line', () => {
  const name = 'x"\n  mb: 1 # \u001b[31m';
  const recording = changed('det_gdet', { 'a\nb: c': '1' }, { name, kernel: '6.1\nhz: 100' });
  const workload = loadText(workloadOfRecordings([recording]));
  assert.match(workload.about, /x"\?/);
  assert.is(workload.description.program!.params['mb'], '32');
});

test('recordings of different runs, or none, are no workload', () => {
  const several = [...group('det_gdet').recordings, ...group('det_gexit').recordings];
  for (const recordings of [several, []]) {
    assert.throws(
      () => workloadOfRecordings(recordings),
      (thrown: unknown) => thrown instanceof UsageError,
    );
  }
});

test('recordings are told from other JSON', () => {
  assert.ok(recordingFile.sniff(readFileSync(ALL[0].file, 'utf8').slice(0, 16_384), ''));
  const others = [
    '',
    '3',
    '[]',
    '{}',
    '{"params":null}',
    '{"params":{"a":{"scen":1}}}',
    '{"traceEvents":[]}',
    'params scen',
  ];
  for (const other of others) assert.not(recordingFile.sniff(other, ''), other);
});

interface Validated {
  readonly runs: readonly unknown[];
  readonly workload?: string;
}

test('on the command line: import, run, and validate with and without it', async ({ dir }) => {
  const files = group('raw_ldet3').recordings.map(({ file }) => file);
  const made = await command(['import', ...files, '-o', 'ldet3.yaml'], dir);
  assert.is(made.code, 0, made.stderr);
  const ran = await command(
    ['run', './ldet3.yaml', '--strategy', 'stock,heir-items', '--seeds', '1', '--no-report', '--json', '--out', 'run'],
    dir,
  );
  assert.is(ran.code, 0, ran.stderr);
  const { cells } = JSON.parse(ran.stdout) as { cells: { strategy: string; cma: { attempts: number } }[] };
  assert.is(cells.length, 2);
  assert.ok(cells.every(({ cma }) => cma.attempts > 0));
  const words = ['validate', ...files, '--seeds', '2', '--json'];
  const plain = JSON.parse((await command(words, dir)).stdout) as Validated;
  const ours = await command([...words, '--workload', 'ldet3.yaml'], dir);
  const document = JSON.parse(ours.stdout) as Validated;
  assert.is(ours.code, 0, ours.stderr);
  assert.equal(document.runs, plain.runs);
  assert.is(document.workload, 'ldet3');
  assert.is(plain.workload, undefined);
  for (const replay of [
    ['explain', 'run'],
    ['trace', 'run', '--cell', 'ldet3/stock/1', '-o', 'x.json'],
  ]) {
    const { code, stderr } = await command(replay, dir);
    assert.is(code, 2);
    assert.match(stderr, /cannot be watched/);
  }
  const page = await command(['report', 'run', '-o', 'page.html'], dir);
  assert.is(page.code, 0, page.stderr);
  assert.match(readFileSync(join(dir, 'page.html'), 'utf8'), /There is no frame map of ldet3/);
});

test('what cannot be compared is refused', async ({ dir }) => {
  const [one, other] = [group('raw_ldet3'), group('raw_gdet')];
  const workload = loadText(workloadOfRecordings(one.recordings));
  const refused: [readonly Group[], ResolvedWorkload, RegExp][] = [
    [[one], loadWorkload('fork-heavy', AS_IS), /w.yaml runs no recorded program/],
    [[other], workload, /w.yaml is lesser_det3, but raw_gdet is a recording of greater_det/],
    [[one, other], workload, /these recordings are of 2: raw_ldet3, raw_gdet/],
  ];
  for (const [groups, compared, message] of refused) {
    assert.throws(
      () => workloadSource(compared, 'w.yaml', groups),
      (thrown: unknown) => thrown instanceof UsageError && message.test(thrown.message),
    );
  }
  const { code, stderr } = await command(['validate', '--workload', 'ldet3.yaml'], dir);
  assert.is(code, 2);
  assert.match(stderr, /needs the recordings/);
});

test.run();
