/** The library: the same results as the command, devices that steps do not change, errors that say what to do. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import type { ComparedRuns, DeviceOptions, RunDocument, Workload } from './index.ts';
import { compare, defineStrategy, Device, readRun, run, UsageError } from './index.ts';

const test = suiteInScratch('api');

test.before(({ dir }) => {
  writeTinyWorkload(dir);
  // What a workload that lies in no file names lies here.
  process.chdir(dir);
});

const TINY = './tiny.yaml';
const SHORT = { duration: '2s', settings: { warm_up: '1s' } };

/** Without what depends on the machine, the place, and how it was asked for. */
function comparable(document: RunDocument): unknown {
  const cells = document.cells.map((cell) => ({ ...cell, wallSeconds: 0 }));
  return { ...document, cells, run: null, command: '', reproduce: '' };
}

test('run gives the document of the command, digest included, in memory and in a directory', async ({ dir }) => {
  const words = ['./tiny.yaml', '--strategy', 'stock,heir-items', '--seeds', '2', '--duration', '2s'];
  const set = ['--set', 'warm_up=1s', '--threads', '1', '--no-report', '--json', '--out', 'by-command'];
  const { code, stdout, stderr } = await command(['run', ...words, ...set], dir);
  assert.is(code, 0, stderr);
  const expected = JSON.parse(stdout) as RunDocument;
  const plan = {
    ...SHORT,
    workloads: join(dir, 'tiny.yaml'),
    strategies: ['stock', 'heir-items'],
    seeds: 2,
    threads: 1,
  };
  const told: string[] = [];
  const inMemory = await run({ ...plan, onCell: ({ id }, { done, total }) => told.push(`${id} ${done}/${total}`) });
  assert.is(inMemory.path, null);
  assert.is(inMemory.digest, expected.digest);
  assert.equal(comparable(inMemory.toJSON()), comparable(expected));
  assert.is(told.length, 4);
  assert.match(told[3], / 4\/4$/);
  const out = join(dir, 'by-library');
  const kept = await run({ ...plan, out });
  assert.equal(comparable(kept.toJSON()), comparable(expected));
  assert.is(readFileSync(join(out, 'cells.ndjson'), 'utf8'), readFileSync('by-command/cells.ndjson', 'utf8'));
  assert.match(readFileSync(join(out, 'summary.txt'), 'utf8'), 'heir-items');
  assert.not(existsSync(join(out, 'lock')));
  assert.is(JSON.stringify(await readRun(out)), JSON.stringify(kept));
  const compared = await command(['compare', 'by-command', '--json'], dir);
  const rows = (JSON.parse(compared.stdout) as { rows: unknown }).rows;
  assert.equal((await compare(inMemory)).rows, rows);
  assert.equal((await compare(out)).rows, rows);
});

test('a device in odd steps is the cell of a run, byte by byte', async () => {
  const options = { ...SHORT, seed: 2 };
  const own = { name: 'tiny', content: readFileSync(TINY, 'utf8') };
  const [cell] = (await run({ ...SHORT, workloads: own, strategies: 'stock', seeds: 1, firstSeed: 2, threads: 1 }))
    .cells;
  const stepped = new Device(TINY, options);
  while (stepped.now < stepped.end) stepped.runUntil(Math.min(stepped.end, stepped.now + 77_777_777));
  assert.is(JSON.stringify(stepped.results()), JSON.stringify(cell));
  const kinds = new Set<string>();
  const watched = new Device(TINY, { ...options, onEvent: ({ kind }) => kinds.add(kind) });
  watched.run();
  assert.is(JSON.stringify(watched.results()), JSON.stringify(cell));
  for (const kind of ['measuring', 'request', 'fork', 'scan']) assert.ok(kinds.has(kind), kind);
});

test('a device is asked for memory and written to by hand, and has no results of its workload then', () => {
  const device = new Device(TINY, SHORT);
  device.runFor('500ms');
  assert.is(device.now, 5e8);
  assert.throws(() => device.observations(), /measuring begins at 1 s/);
  const answer = device.allocate('1MB', { hold: Infinity });
  assert.is(answer.pages, 256);
  assert.is(answer.client, 'by hand');
  assert.ok(device.now >= 5e8 + answer.latency);
  assert.equal(device.requests, [], 'it was asked for in the warm-up');
  device.writeKsm({ run: 0 });
  device.runUntil('1500ms');
  const { full_scans } = device.state();
  const state = device.run();
  assert.is(state.now, device.end);
  assert.is(state.full_scans, full_scans, 'ksmd was stopped');
  assert.throws(() => device.results(), /changed by hand/);
  assert.is(device.samples.length, 2);
  assert.throws(() => device.allocate(1), /life is over/);
});

const PATIENT = {
  name: 'patient',
  group: 'cma',
  about: 'sleeps and tries once more',
  origin: 'a test',
  claims: [],
  costs: 'time',
} as const;

test('a device takes a strategy as it is, and tells its errors as its own', () => {
  let asked = 0;
  const patient = defineStrategy({
    ...PATIENT,
    attach: () => ({ forked: () => (asked++, 0) }),
  });
  const device = new Device(TINY, { ...SHORT, strategy: ['root-search', patient] });
  device.run();
  assert.is(device.strategy, 'root-search+patient');
  assert.ok(asked > 0);
  assert.is(device.results().id, '', 'nobody knows what the functions do');
  const broken = defineStrategy({ ...PATIENT, attach: () => ({ forked: () => NaN }) });
  assert.throws(
    () => new Device(TINY, { ...SHORT, strategy: broken }).run(),
    (error: Error) => error.name === 'StrategyError' && /returned NaN/.test(error.message),
  );
});

for (const [what, workload, options, expected] of [
  ['a workload', 'fork-hevy', {}, /unknown workload `fork-hevy`/],
  ['a file', './nope.yaml', {}, /nope.yaml: cannot be read: there is no such file/],
  ['content', { name: 'mine', content: { abuot: 1 } }, {}, /mine:1:1: .*device/],
  ['a name', { name: 'a/b', content: {} }, {}, /cannot be a workload's name/],
  ['no workload', null, {}, /a workload is a name/],
  ['a strategy', TINY, { strategy: 'stok' }, /unknown strategy `stok`; did you mean `stock`/],
  ['a path', TINY, { strategy: './my-fix.ts' }, /takes no path of a strategy/],
  ['an object', TINY, { strategy: { name: 'x' } }, /strategy: group: expected one of/],
  ['an option', TINY, { stratgy: 'stock' }, /unknown option `stratgy`; did you mean `strategy`/],
  ['a setting', TINY, { settings: { 'ksm.sleep': 1 } }, /unknown key `sleep` in `ksm`/],
  ['a duration', TINY, { duration: '2' }, /expected a duration/],
  ['a seed', TINY, { seed: -1 }, /seed/],
] as const)
  test(`an error says what is wrong with ${what}`, () => {
    assert.throws(() => new Device(workload as Workload, options as DeviceOptions), expected);
  });

test('run refuses what it cannot do before anything is done, and stops when it is told to', async ({ dir }) => {
  const refused = async (plan: object, expected: RegExp): Promise<void> => {
    try {
      await run({ workloads: TINY, ...SHORT, ...plan });
    } catch (thrown) {
      assert.match((thrown as Error).message, expected);
      return;
    }
    assert.unreachable(String(expected));
  };
  await refused({ seeds: 0 }, /expected 1 to/);
  await refused({ threads: 0 }, /threads: expected a whole number from 1/);
  await refused({ strategies: defineStrategy({ ...PATIENT }) }, /goes to other threads as a file/);
  await refused({ maxSeeds: 5 }, /maxSeeds is for untilCi/);
  await refused({ seds: 5 }, /unknown option `seds`/);
  await refused({ out: join(dir, 'by-command') }, /already holds a run/);
  await refused({ signal: AbortSignal.abort(new Error('enough')) }, /enough/);
  await refused(
    { strategies: 'stock', seeds: 3, threads: 1, onCell: () => assert.unreachable('of onCell') },
    /of onCell/,
  );
  try {
    await compare({ before: 'nowhere', after: join(dir, 'by-command') });
    assert.unreachable('compared');
  } catch (thrown) {
    assert.match((thrown as Error).message, /there is no run in this directory/);
  }
  for (const nothing of [{}, undefined as unknown as ComparedRuns]) {
    const thrown = await compare(nothing).then(
      () => null,
      (error: unknown) => error,
    );
    assert.instance(thrown, UsageError);
  }
});

test.run();
