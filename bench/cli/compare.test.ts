/** `cma-stress compare` from outside: runs made by the real command, what it prints, and its exit codes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CompareDocument } from '../compare/document.ts';
import type { RunManifest } from '../run/folder.ts';
import { command, scratchDirectory } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suite<{ dir: string; remove: () => void }>('compare', { dir: '', remove: () => undefined });

const TINY = ['run', './tiny.yaml', '--no-report', '--duration', '2s', '--seeds', '2', '--threads', '1'];

test.before(async (context) => {
  const scratch = scratchDirectory();
  context.dir = scratch.path;
  context.remove = scratch.remove;
  writeTinyWorkload(context.dir);
  const runs: readonly (readonly string[])[] = [
    ['--strategy', 'stock,keep-forever', '--out', 'before'],
    ['--strategy', 'stock,keep-forever', '--out', 'after', '--set', 'ksm.sleep_millisecs=500'],
    ['--strategy', 'stock', '--out', 'other', '--set', 'ksm.sleep_millisecs=500', '--set', 'ksm.pages_to_scan=50'],
  ];
  for (const words of runs) {
    const { code, stderr } = await command([...TINY, ...words], context.dir);
    assert.is(code, 0, stderr);
  }
});
test.after((context) => context.remove());

test('two runs: text on stdout, 0', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['compare', 'before', 'after'], dir);
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  assert.match(stdout, 'what differs: ksm.sleep_millisecs, 20 in before, 500 in after');
  assert.match(stdout, 'tiny/stock: 2 seeds on every side');
  assert.match(stdout, 'tiny/keep-forever: 2 seeds on every side');
  assert.match(stdout, 'warning: tiny/stock, tiny/keep-forever: 2 seeds cannot give p < 0.05');
});

test('--json: one document, warnings on stderr too', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['compare', 'before', '--json'], dir);
  assert.is(code, 0, stderr);
  assert.is(stdout.trim().split('\n').length, 1);
  const document = JSON.parse(stdout) as CompareDocument;
  assert.is(document.schema, 'cma-stress/compare/1');
  assert.equal(document.factor, { name: 'strategy', values: ['stock', 'keep-forever'] });
  assert.equal(
    document.rows.map(({ workload, side, seeds }) => [workload, side, seeds]),
    [
      ['tiny', 'stock', 2],
      ['tiny', 'keep-forever', 2],
    ],
  );
  const keys = 'failureRate vsBaseline latencyMs p99Change cpuShare savedBytes attempts failures baseline';
  for (const key of keys.split(' ')) assert.ok(key in document.rows[1], key);
  assert.ok(document.warnings.some(({ kind }) => kind === 'few-seeds'));
  assert.equal(document.crossings, []);
  const manifest = JSON.parse(readFileSync(join(dir, 'before', 'run.json'), 'utf8')) as RunManifest;
  assert.is(document.runs[0].digest, manifest.digest);
  assert.match(stderr, 'warning: ');
});

test('more than one difference: 2, each with both values; --force compares', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['compare', 'before', 'other'], dir);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'ksm.pages_to_scan: 100 in before, 50 in other');
  assert.match(stderr, 'ksm.sleep_millisecs: 20 in before, 500 in other');
  assert.match(stderr, '--force');
  const forced = await command(['compare', 'before', 'other', '--factor', 'ksm.pages_to_scan', '--force'], dir);
  assert.is(forced.code, 0, forced.stderr);
  assert.match(forced.stdout, '--force lets pass that they differ in ksm.sleep_millisecs');
});

test('--fail-if: 3 when crossed, 2 when it cannot be read', async ({ dir }) => {
  const words = ['compare', 'before:stock', 'after:stock'];
  const crossed = await command(
    [...words, '--fail-if', 'saved_bytes regresses 0.001%', '--fail-if', 'attempts < 0'],
    dir,
  );
  assert.is(crossed.code, 3, crossed.stderr);
  assert.match(crossed.stdout, 'threshold crossed: saved_bytes regresses 0.001%: tiny/after has');
  assert.is((await command([...words, '--fail-if', 'attempts < 0'], dir)).code, 0);
  const bad = await command([...words, '--fail-if', 'p99_latency > 5'], dir);
  assert.is(bad.code, 2);
  assert.match(bad.stderr, 'p99_latency needs a unit');
});

test('a run that is not complete is refused, with the command that completes it', async ({ dir }) => {
  const file = join(dir, 'other', 'run.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(text) as RunManifest), digest: null }));
  const { code, stderr } = await command(['compare', 'before', 'other', '--force'], dir);
  assert.is(code, 2);
  assert.match(stderr, 'other is not complete');
  assert.match(stderr, 'cma-stress run --resume other');
});

/** Words, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [['compare'], 'missing required argument'],
  [['compare', 'nowhere', 'before'], 'nowhere/run.json: there is no run in this directory'],
  [['compare', 'before:stock'], 'nothing to compare it with'],
  [['compare', 'before', 'before'], 'given twice'],
  [['compare', 'before', 'after:stok'], "did you mean 'stock'?"],
  [['compare', 'before', 'after', '--factor', 'kernel'], "do not differ in 'kernel'"],
  [['compare', 'before', 'after', '--baseline', 'afte'], "did you mean 'after'?"],
  [['compare', 'before', 'after', '--jsn'], 'Did you mean --json?'],
];

for (const [words, message] of BAD) {
  test(`bad usage: ${words.join(' ')}`, async ({ dir }) => {
    const { code, stdout, stderr } = await command(words, dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
  });
}

test.run();
