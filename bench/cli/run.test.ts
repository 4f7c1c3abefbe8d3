/** `cma-stress run` from outside: documents, folders, exit codes, interruption. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CAUSES } from '../../sim/index.ts';
import { digestOf, parseLine } from '../run/lines.ts';
import type { RunManifest } from '../run/folder.ts';
import type { RunDocument } from '../run/document.ts';
import { command, suiteInScratch, interruptWhen, start } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('run');

/** One thread: most of the time goes into warming threads up. */
const TINY = ['run', './tiny.yaml', '--no-report', '--duration', '2s', '--threads', '1'];
/** Of the run that is interrupted: enough that it cannot finish before the signal comes. */
const SEEDS = 12;
const PAIR = [...TINY, '--strategy', 'stock,keep-until-rescanned', '--seeds', '2'];

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

test('--docs wants a page with its two comments, before anything runs, and fills it in', async ({ dir }) => {
  writeFileSync(join(dir, 'page.md'), 'mine\n');
  const refused = await command([...PAIR, '--docs', 'page.md', '--out', 'docs'], dir);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, 'page.md: expected a line <!-- cma-stress strategies: begin -->');
  assert.not(existsSync(join(dir, 'docs')));
  writeFileSync(
    join(dir, 'page.md'),
    'mine\n<!-- cma-stress strategies: begin -->\n<!-- cma-stress strategies: end -->\n',
  );
  assert.is((await command([...PAIR, '--docs', 'page.md', '--out', 'docs'], dir)).code, 0);
  assert.match(
    read(dir, 'page.md'),
    /^mine\n<!-- .* begin -->\n\nWritten by .*\n[^]*\| keep-until-rescanned [^]*<!-- .* end -->\n$/,
  );
});

test('one JSON document on stdout with every field of the contract', async ({ dir }) => {
  const { code, stdout, stderr } = await command([...PAIR, '--json', '--out', 'json'], dir);
  assert.is(code, 0, stderr);
  assert.is(stdout.trim().split('\n').length, 1);
  const document = JSON.parse(stdout) as RunDocument;
  assert.is(document.schema, 'cma-stress/run/1');
  assert.is(document.run, 'json');
  assert.match(document.command, 'cma-stress run ./tiny.yaml');
  assert.is(document.cells.length, 4);
  const [cell] = document.cells;
  const keys =
    'id workload strategy kernel device seed settings deviceSeconds wallSeconds cma migration ksm unfindable';
  for (const key of [...keys.split(' '), 'rmapItems', 'forkUs', 'cowFaultUs']) assert.ok(key in cell, key);
  assert.is(cell.deviceSeconds, 2);
  assert.equal(Object.keys(cell.migration.failedByCause).sort(), [...CAUSES].sort());
  for (const key of ['p50', 'p90', 'p99', 'max'] as const) assert.type(cell.cma.latencyUs[key], 'number');
  assert.equal(Object.keys(cell.cma.retries), ['migratePasses', 'contigTries', 'ranges', 'caller']);
  assert.equal(Object.keys(cell.cma.errors), ['EBUSY', 'ENOMEM']);
  assert.not.match(JSON.stringify(document.cells), ':null');
  assert.equal(
    document.summary.map(({ workload, strategy, seeds }) => [workload, strategy, seeds]),
    [
      ['tiny', 'stock', 2],
      ['tiny', 'keep-until-rescanned', 2],
    ],
  );
  for (const { failureRate, vsBaseline } of document.summary) {
    for (const value of [failureRate.mean, failureRate.low, failureRate.high]) assert.type(value, 'number');
    for (const value of [vsBaseline.difference, vsBaseline.low, vsBaseline.high, vsBaseline.p])
      assert.type(value, 'number');
  }
});

test('CMA_STRESS_THREADS stands in for --threads', async ({ dir }) => {
  const short = ['run', './tiny.yaml', '--no-report', '--duration', '1s', '--strategy', 'stock', '--seeds', '2'];
  const told = async (value: string, words: readonly string[]): Promise<string> => {
    const env = { CMA_STRESS_THREADS: value };
    const { code, stderr } = await command([...short, ...words], dir, env);
    assert.is(code, 0, stderr);
    return stderr;
  };
  assert.match(await told('2', ['--out', 'usual']), 'running 2 cells on 2 threads');
  assert.match(await told('2', ['--threads', '1', '--out', 'said']), 'running 2 cells on 1 thread');
  const { code, stderr } = await command([...short, '--out', 'none'], dir, { CMA_STRESS_THREADS: 'all' });
  assert.is(code, 2);
  assert.match(stderr, "CMA_STRESS_THREADS expects a whole number from 1 to 256, not 'all'");
  assert.not.ok(existsSync(join(dir, 'none')));
});

test('the same bytes and digest for any number of threads', async ({ dir }) => {
  const digests = [];
  for (const threads of ['1', '2']) {
    const { code, stdout } = await command(
      [...PAIR, '--threads', threads, '--out', `threads${threads}`, '--json'],
      dir,
    );
    assert.is(code, 0);
    digests.push((JSON.parse(stdout) as RunDocument).digest);
  }
  assert.is(digests[0], digests[1]);
  const bytes = read(dir, 'threads1', 'cells.ndjson');
  assert.is(bytes, read(dir, 'threads2', 'cells.ndjson'));
  const lines = bytes
    .trimEnd()
    .split('\n')
    .map((line, index) => parseLine(line, 'cells.ndjson', index + 1));
  assert.is(digestOf(lines), digests[0]);
  const manifest = JSON.parse(read(dir, 'threads1', 'run.json')) as RunManifest;
  assert.is(manifest.digest, digests[0]);
  assert.is(manifest.workloads[0].name, 'tiny');
  assert.is(read(dir, 'threads1', 'timings.ndjson').trimEnd().split('\n').length, 4);
});

test('the summary on stdout and in the folder, plain when piped', async ({ dir }) => {
  const words = ['run', 'fork-heavy', '--strategy', 'stock', '--seeds', '1', '--duration', '2s', '--quick'];
  const { code, stdout, stderr } = await command([...words, '--no-report'], dir, { FORCE_COLOR: '' });
  assert.is(code, 0, stderr);
  const [name] = readdirSync(join(dir, 'results'));
  assert.match(name, /^\d{8}-\d{6}-fork-heavy$/);
  assert.is(read(dir, 'results', name, 'summary.txt'), stdout);
  assert.match(stdout, 'n=1 seed');
  assert.match(stdout, `results    results/${name}`);
  assert.match(stdout, /^reproduce .*run fork-heavy --strategy stock --seeds 1 --duration 2s --quick$/m);
  assert.match(stderr, '1 of 1 cell in');
});

test('a file of KSM that nobody reads is refused before anything runs; one that is read is in the settings', async ({
  dir,
}) => {
  const set = ['--set', 'ksm.max_page_sharing=64', '--set', 'kernel=linux-3.10.49'];
  const words = [...TINY, '--seeds', '1', ...set, '--json', '--out'];
  const refused = await command([...words, 'unread', '--strategy', 'stock'], dir);
  assert.is(refused.code, 2);
  assert.is(refused.stdout, '');
  assert.match(refused.stderr, 'ksm.max_page_sharing: linux-3.10.49 has no such file; it came with Linux 4.13');
  assert.match(
    refused.stderr,
    'add --strategy stock+max-page-sharing, take --set kernel=linux-6.1, or leave the key out',
  );
  assert.not(existsSync(join(dir, 'unread')));
  const { code, stdout, stderr } = await command([...words, 'read', '--strategy', 'stock,max-page-sharing'], dir);
  assert.is(code, 0, stderr);
  for (const { settings } of (JSON.parse(stdout) as RunDocument).cells) assert.is(settings['ksm.max_page_sharing'], 64);
});

test('a directory that holds another run is refused', async ({ dir }) => {
  const words = [...TINY, '--seeds', '1', '--strategy', 'stock', '--out', 'taken'];
  assert.is((await command(words, dir)).code, 0);
  const before = read(dir, 'taken', 'run.json');
  const { code, stdout, stderr } = await command(words, dir);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'taken already holds a run');
  assert.is(read(dir, 'taken', 'run.json'), before);
});

test('bad input leaves nothing behind', async ({ dir }) => {
  assert.is((await command([...TINY, '--strategy', 'stok', '--out', 'never'], dir)).code, 2);
  assert.not.ok(existsSync(join(dir, 'never')));
});

test('--fail-if', async ({ dir }) => {
  const words = [...TINY, '--seeds', '1', '--strategy', 'stock'];
  const crossed = await command([...words, '--out', 'crossed', '--fail-if', 'tiny/stock:deviceSeconds>1'], dir);
  assert.is(crossed.code, 3, crossed.stderr);
  assert.match(crossed.stdout, 'threshold crossed: tiny/stock:deviceSeconds>1');
  const held = await command([...words, '--out', 'held', '--fail-if', 'deviceSeconds>2'], dir);
  assert.is(held.code, 0, held.stderr);
});

test('--fail-if ... regresses: against the baseline strategy', async ({ dir }) => {
  const words = [...PAIR, '--json', '--fail-if', 'rmap_items_peak regresses 0%', '--fail-if', 'ksm.cpuShare > 90%'];
  const { code, stdout, stderr } = await command([...words, '--out', 'regresses'], dir);
  assert.is(code, 3, stderr);
  const { crossings, warnings } = JSON.parse(stdout) as RunDocument;
  assert.equal(
    crossings.map(({ threshold, strategy }) => [threshold, strategy]),
    [['rmap_items_peak regresses 0%', 'keep-until-rescanned']],
  );
  assert.ok(crossings[0].value > crossings[0].baseline!);
  assert.match(stderr, 'threshold crossed: rmap_items_peak regresses 0%');
  assert.ok(warnings.some(({ kind, message }) => kind === 'few-seeds' && message.includes('--seeds 6')));
});

test('--audit runs the invariant checks', async ({ dir }) => {
  const { code, stderr } = await command(
    [...TINY, '--seeds', '1', '--strategy', 'stock', '--audit', '--out', 'audit'],
    dir,
  );
  assert.is(code, 0, stderr);
});

test('Ctrl-C keeps finished cells, and --resume completes to the same digest', async ({ dir }) => {
  const words = [...TINY, '--strategy', 'stock', '--seeds', `${SEEDS}`, '--duration', '10s'];
  const cells = join(dir, 'stopped', 'cells.ndjson');
  const started = start([...words, '--out', 'stopped', '--json'], dir);
  const { code, stdout, stderr } = await interruptWhen(started, cells, (text) => text.includes('\n'));
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, 'run --resume stopped');
  const kept = readFileSync(cells, 'utf8').trimEnd().split('\n');
  assert.ok(kept.length >= 1 && kept.length < SEEDS, `${kept.length} cells`);

  const resumed = await command(['run', '--resume', 'stopped', '--no-report', '--json'], dir);
  assert.is(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, `${SEEDS - kept.length} of ${SEEDS - kept.length} cell`);
  const whole = await command([...words, '--out', 'whole', '--json'], dir);
  assert.is((JSON.parse(resumed.stdout) as RunDocument).digest, (JSON.parse(whole.stdout) as RunDocument).digest);
  assert.is(read(dir, 'stopped', 'cells.ndjson'), read(dir, 'whole', 'cells.ndjson'));
});

test('continuing a finished run runs nothing and says the same', async ({ dir }) => {
  const again = await command(['run', '--resume', 'whole', '--no-report'], dir);
  assert.is(again.code, 0);
  assert.is(again.stderr, '');
  assert.is(again.stdout, read(dir, 'whole', 'summary.txt'));
});

test('a reader that stops early is no error', async ({ dir }) => {
  const { child, finished } = start(['list', '--json'], dir);
  child.stdout?.destroy();
  const { code, stderr } = await finished;
  assert.is(code, 0);
  assert.is(stderr, '');
});

test.run();
