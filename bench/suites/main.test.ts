/** `npm run bench` as its user types it, without the build before it. */
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listWorkloads } from '../plan/index.ts';
import { startProgram, type Finished } from '../testing/command.ts';
import type { BenchDocument } from './document.ts';

const test = suite('npm run bench');
const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

function bench(...words: string[]): Promise<Finished> {
  return startProgram(process.execPath, [MAIN, ...words], process.cwd()).finished;
}

test('a chosen suite: everything the contract promises, nothing else on stdout', async () => {
  const { code, stdout, stderr } = await bench(
    'visits',
    'contiguous',
    'events',
    '--quick',
    '--iterations',
    '1',
    '--json',
  );
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as BenchDocument;
  assert.is(document.schema, 'cma-stress/bench/1');
  for (const key of ['tool', 'model']) assert.type(document[key], 'string', key);
  for (const key of ['cpu', 'processors', 'memoryBytes', 'caches', 'system', 'node', 'v8', 'loadAverage'])
    assert.ok(key in document.machine, key);
  assert.equal(document.ratios, { visitsJsOverC: null, twoWorkersOverOne: null });
  const workloads = listWorkloads().map(({ name }) => name);
  assert.equal(Object.keys(document.deviceSecondsPerWallSecond), workloads);
  for (const name of ['visitsJsOverC', 'twoWorkersOverOne', 'deviceSecondsPerWallSecond'])
    assert.type(document.missing[name], 'string', `why there is no ${name}`);
  assert.equal(
    document.suites.map(({ name }) => name),
    ['page visits', 'contiguous ranges', 'event loop'],
  );
  for (const { timings } of document.suites) {
    for (const { name, samples, perUnit } of timings) {
      assert.ok(samples >= 1, name);
      assert.ok(perUnit !== undefined && perUnit.ns > 0, name);
      assert.ok(perUnit.lowNs <= perUnit.ns && perUnit.ns <= perUnit.highNs, name);
    }
  }
  assert.match(stderr, 'measuring visits');
});

test('what there is, and how to ask for it', async () => {
  const { stdout } = await bench('--list');
  for (const name of ['visits', 'sharers', 'speed', 'workers']) assert.match(stdout, name);
  const listed = JSON.parse((await bench('--list', '--json')).stdout) as { suites: { name: string }[] };
  const names = listed.suites.map(({ name }) => name);
  assert.ok(names.includes('visits'));
  assert.is(new Set(names).size, names.length, `each suite has a name of its own: ${names.join(' ')}`);
  assert.match((await bench('--help')).stdout, 'Examples:');
});

/** Words, and what stderr has to say; of an unknown suite the list too. */
const BAD: readonly (readonly [readonly string[], string | RegExp])[] = [
  [['visit'], /did you mean `visits`\?[^]*alloc_contig_range/],
  [['--iterations', '0'], 'from 1 to 1000'],
  [['--pairs', '3'], '--pairs belongs to --compare'],
  [['--compare', 'HEAD', '--pairs', '1'], 'from 2 to 100'],
  [['visits', '--compare', './nowhere'], 'neither a revision of this repository nor a checkout'],
  [['--bogus'], "unknown option '--bogus'"],
];

for (const [words, message] of BAD) {
  test(`bad usage: ${words.join(' ')}`, async () => {
    const { code, stdout, stderr } = await bench(...words);
    assert.is(code, 2);
    assert.is(stdout, '');
    assert.match(stderr, message);
  });
}

test.run();
