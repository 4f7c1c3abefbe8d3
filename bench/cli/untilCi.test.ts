/** `cma-stress run --until-ci` from outside: rounds, limits, threads, interruption. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunDocument } from '../run/document.ts';
import type { RunManifest } from '../run/folder.ts';
import { command, suiteInScratch, interruptWhen, start } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('until-ci');

/** One thread: most of the time goes into warming threads up. */
const TINY = [
  'run',
  './tiny.yaml',
  '--no-report',
  '--strategy',
  'stock,keep-forever',
  '--duration',
  '2s',
  '--threads',
  '1',
];

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

function manifestOf(dir: string, name: string): RunManifest {
  return JSON.parse(readFileSync(join(dir, name, 'run.json'), 'utf8')) as RunManifest;
}

test('seeds double until the limit; it says what was not reached; the same bytes on any number of threads', async ({
  dir,
}) => {
  const words = [...TINY, '--seeds', '2', '--until-ci', '1%', '--max-seeds', '7', '--json'];
  const documents = [];
  for (const threads of ['1', '2']) {
    const { code, stdout, stderr } = await command([...words, '--threads', threads, '--out', `on${threads}`], dir);
    assert.is(code, 0, stderr);
    documents.push(JSON.parse(stdout) as RunDocument);
  }
  const [one, two] = documents;
  assert.is(one.digest, two.digest);
  assert.is(one.untilCi?.width, 0.01);
  assert.equal(
    one.cells.map(({ strategy, seed }) => `${strategy} ${seed}`),
    ['stock', 'keep-forever'].flatMap((name) => [1, 2, 3, 4, 5, 6, 7].map((seed) => `${name} ${seed}`)),
  );
  for (const { seeds, reached } of one.untilCi!.intervals) assert.equal([seeds, reached], [7, false]);
  const manifest = manifestOf(dir, 'on1');
  assert.equal(manifest.untilCi, { width: 0.01, maxSeeds: 7, seeds: { tiny: 7 } });
  assert.is(manifest.cells, 14);
  assert.match(manifest.reproduce, '--until-ci 1% --max-seeds 7');
  const fixed = await command([...TINY, '--seeds', '7', '--out', 'fixed', '--json'], dir);
  assert.is((JSON.parse(fixed.stdout) as RunDocument).digest, one.digest);
});

test('ends as soon as every interval is narrow enough', async ({ dir }) => {
  const { code, stdout } = await command([...TINY, '--seeds', '2', '--until-ci', '0.999', '--out', 'wide'], dir);
  assert.is(code, 0);
  assert.match(stdout, /Every interval of a failure rate is at most 99\.9 points\s+wide/);
  assert.is(manifestOf(dir, 'wide').cells, 4);
});

test('interrupted in a later round and continued: the same as without', async ({ dir }) => {
  const words = [...TINY, '--duration', '10s', '--seeds', '2', '--until-ci', '1%', '--max-seeds', '6'];
  const cells = join(dir, 'stopped', 'cells.ndjson');
  const started = start([...words, '--out', 'stopped', '--json'], dir);
  // The first round has four cells.
  const { code, stdout, stderr } = await interruptWhen(started, cells, (text) => text.split('\n').length > 5);
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  const stopped = manifestOf(dir, 'stopped');
  assert.is(stopped.digest, null);
  assert.ok(stopped.cells > 4 && stopped.cells <= 12, `${stopped.cells}`);
  const resumed = await command(['run', '--resume', 'stopped', '--no-report', '--json'], dir);
  assert.is(resumed.code, 0, resumed.stderr);
  const whole = await command([...words, '--out', 'whole', '--json'], dir);
  assert.is((JSON.parse(resumed.stdout) as RunDocument).digest, (JSON.parse(whole.stdout) as RunDocument).digest);
  assert.is(manifestOf(dir, 'stopped').cells, 12);
  const again = await command(['run', '--resume', 'stopped', '--no-report'], dir);
  assert.is(again.code, 0);
  assert.is(again.stderr, '');
});

/** Words, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [['--until-ci', '0'], '--until-ci expects a width such as 1%'],
  [['--until-ci', '100%'], '--until-ci expects'],
  [['--until-ci', 'narrow'], '--until-ci expects'],
  [['--max-seeds', '50'], '--max-seeds is for --until-ci'],
  [['--until-ci', '1%', '--max-seeds', '200000'], '--max-seeds expects a whole number from 2 to 1000'],
  [['--until-ci', '1%', '--seeds', '20', '--max-seeds', '10'], 'less than the 20 seeds to begin with'],
  [['--resume', 'nowhere', '--until-ci', '1%'], '--resume takes'],
];

for (const [words, message] of BAD) {
  test(`bad usage: run ${words.join(' ')}`, async ({ dir }) => {
    const { code, stderr } = await command(['run', ...words], dir);
    assert.is(code, 2, stderr);
    assert.match(stderr, message);
  });
}

test.run();
