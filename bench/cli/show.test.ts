/** `cma-stress show` from outside: runs of the real command, finished, interrupted, and watched while they run. */
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { ProgressDocument } from '../report/incomplete.ts';
import type { CellRecord } from '../run/cell.ts';
import type { RunDocument } from '../run/document.ts';
import { digestOf, parseLine } from '../run/lines.ts';
import type { RunManifest } from '../run/folder.ts';
import { command, suiteInScratch, start } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('show');

/** One thread: most of the time goes into warming threads up. */
const TINY = ['run', './tiny.yaml', '--strategy', 'stock,heir-items', '--duration', '2s', '--threads', '1'];
const TEN_CELLS = [...TINY, '--seeds', '5', '--no-report'];
const FAST = ['--interval', '100ms'];

/** What `run` printed on stdout for the run in `done`. */
let printed = '';
let document = '';

test.before(async ({ dir }) => {
  writeTinyWorkload(dir);
  const { code, stdout, stderr } = await command([...TINY, '--seeds', '3', '--out', 'done'], dir);
  assert.is(code, 0, stderr);
  printed = stdout;
  document = (await command([...TINY, '--seeds', '3', '--no-report', '--out', 'json', '--json'], dir)).stdout;
  unfinish(dir, 'done', 'half', 4);
});

function linesOf(dir: string, run: string): string[] {
  return readFileSync(join(dir, run, 'cells.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
}

function changeManifest(dir: string, run: string, changes: Partial<RunManifest>): void {
  const file = join(dir, run, 'run.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as RunManifest), ...changes }));
}

/** Copies a finished run as it was when `count` cells were done and the next was being written. */
function unfinish(dir: string, from: string, to: string, count: number): void {
  cpSync(join(dir, from), join(dir, to), { recursive: true });
  const lines = linesOf(dir, from);
  const kept = lines.slice(0, count).map((line) => `${line}\n`);
  writeFileSync(join(dir, to, 'cells.ndjson'), kept.join('') + lines[count].slice(0, 500));
  changeManifest(dir, to, { digest: null });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

test('a finished run: the text that it ended with', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['show', 'done'], dir);
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  assert.is(stdout, printed);
  assert.match(stdout, /^strategy +failed %, \|-o-\| 95 %/m);
});

test('--json: the document of run --json', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['show', 'json', '--json'], dir);
  assert.is(code, 0, stderr);
  assert.is(stdout, document);
  assert.is((JSON.parse(stdout) as RunDocument).cells.length, 6);
});

test('without a name: the run in results/ that was worked on last, named on stderr', async ({ dir }) => {
  const none = await command(['show'], dir);
  assert.is(none.code, 2);
  assert.match(none.stderr, 'no run in results/');
  for (const name of ['old', 'new', 'older'])
    cpSync(join(dir, 'done'), join(dir, 'results', name), { recursive: true });
  for (const [name, seconds] of [
    ['old', 100],
    ['new', 0],
    ['older', 200],
  ] as const) {
    const at = Date.now() / 1e3 - seconds;
    utimesSync(join(dir, 'results', name, 'cells.ndjson'), at, at);
  }
  writeFileSync(join(dir, 'results', 'README.md'), '');
  const { code, stdout, stderr } = await command(['show'], dir);
  assert.is(code, 0, stderr);
  assert.is(stderr, 'showing results/new\n');
  assert.match(stdout, /^results +results\/new$/m);
});

test('a run that is not complete: how far it is and how to go on, 0', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['show', 'half'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'half is not complete: 4 of 6 cells are done');
  assert.match(stdout, /^ +stock +3\/3 /m);
  assert.match(stdout, /^ +heir-items +1\/3 /m);
  assert.match(stdout, 'show half --watch');
  assert.match(stdout, 'run --resume half');
});

test('a run that is not complete, --json: a document of its own schema', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['show', 'half', '--json'], dir);
  assert.is(code, 0, stderr);
  const made = JSON.parse(stdout) as ProgressDocument;
  assert.is(made.schema, 'cma-stress/run-progress/1');
  assert.is(made.digest, null);
  assert.equal(made.cells, { planned: 6, done: 4, failed: 0 });
  assert.equal(
    made.standing.map(({ workload, strategy, cells, done }) => [workload, strategy, cells, done]),
    [
      ['tiny', 'stock', 3, 3],
      ['tiny', 'heir-items', 3, 1],
    ],
  );
  for (const key of ['tool', 'model', 'run', 'command', 'writtenAt', 'resume'] as const)
    assert.type(made[key], 'string');
});

test('a run from before requests were kept is shown', async ({ dir }) => {
  cpSync(join(dir, 'done'), join(dir, 'before'), { recursive: true });
  const lines = linesOf(dir, 'before').map((line, index) => {
    const { attemptLog, ...rest } = parseLine(line, 'before', index + 1) as CellRecord;
    assert.ok(attemptLog !== undefined);
    return rest;
  });
  writeFileSync(join(dir, 'before', 'cells.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  changeManifest(dir, 'before', { digest: digestOf(lines) });
  const { code, stdout, stderr } = await command(['show', 'before'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^strategy +failed % .* p99$/m);
});

test('--watch, piped: lines on stderr while it runs, then the summary as the run itself prints it', async ({ dir }) => {
  const run = start([...TEN_CELLS, '--out', 'running'], dir);
  const cells = join(dir, 'running', 'cells.ndjson');
  await until(() => existsSync(cells) && readFileSync(cells, 'utf8').includes('\n'));
  // It waits until it is seen, however quick it is.
  run.child.kill('SIGSTOP');
  const { child, finished } = start(['show', 'running', '--watch', ...FAST], dir);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await until(() => told.includes('/10 cells'));
  run.child.kill('SIGCONT');
  const { code, stdout, stderr } = await finished;
  assert.is(code, 0, stderr);
  assert.match(stderr, /^\d+\/10 cells, /m);
  assert.match(stderr, /tiny, failed so far: stock \d/);
  assert.not.match(stderr, /\u001B/);
  const own = await run.finished;
  assert.is(own.code, 0, own.stderr);
  assert.is(stdout, own.stdout);
});

test('--watch of a finished run shows it at once; with --json its document', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['show', 'json', '--watch', '--json'], dir);
  assert.is(code, 0, stderr);
  assert.is(stdout, document);
});

test('--watch: since when nothing has happened; Ctrl-C ends it with 130 and leaves the run alone', async ({ dir }) => {
  unfinish(dir, 'done', 'quiet', 4);
  const cells = join(dir, 'quiet', 'cells.ndjson');
  const before = readFileSync(cells, 'utf8');
  const long = Date.now() / 1e3 - 600;
  utimesSync(cells, long, long);
  const { child, finished } = start(['show', 'quiet', '--watch', ...FAST], dir);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await until(() => told.includes('4/6 cells'));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await finished;
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /no cell has ended since \d\d:\d\d:\d\d \(10 min \d+ s\).*run --resume quiet/);
  assert.match(stderr, 'the run itself is left alone');
  assert.is(readFileSync(cells, 'utf8'), before);
});

test('--watch: a run that disappears', async ({ dir }) => {
  unfinish(dir, 'done', 'gone', 2);
  const { child, finished } = start(['show', 'gone', '--watch', ...FAST], dir);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  await until(() => told.includes('2/6 cells'));
  rmSync(join(dir, 'gone'), { recursive: true });
  const { code, stderr } = await finished;
  assert.is(code, 2, stderr);
  assert.match(stderr, 'gone has disappeared while it was watched, after 2 of 6 cells');
});

test('run --watch, piped: lines with failure rates, and the same summary', async ({ dir }) => {
  const { code, stdout, stderr } = await command([...TEN_CELLS, '--out', 'watched', '--watch'], dir);
  assert.is(code, 0, stderr);
  assert.match(stderr, '0/10 cells, time left unknown');
  assert.match(stderr, '10 cells in ');
  assert.is(stdout, readFileSync(join(dir, 'watched', 'summary.txt'), 'utf8'));
});

test('cells that were changed since are refused', async ({ dir }) => {
  cpSync(join(dir, 'done'), join(dir, 'changed'), { recursive: true });
  appendFileSync(join(dir, 'changed', 'cells.ndjson'), `${linesOf(dir, 'done')[0]}\n`);
  const { code, stdout, stderr } = await command(['show', 'changed'], dir);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'does not have the digest');
});

/** Words, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [['show', 'nowhere'], 'nowhere/run.json: there is no run in this directory'],
  [['show', 'nowhere', '--watch'], 'nowhere/run.json: there is no run in this directory'],
  [['show', 'done', 'json'], 'too many arguments'],
  [['show', 'done', '--interval', '3s'], '--interval is for --watch'],
  [['show', 'done', '--watch', '--interval', '3'], 'a number without a unit'],
  [['show', 'done', '--watch', '--interval', '1ms'], '--interval expects a time from 100 ms to 1 h'],
  [['show', 'done', '--jsn'], 'Did you mean --json?'],
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
