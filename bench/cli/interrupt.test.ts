/** Ctrl-C and limits from outside: the first Ctrl-C lets running cells end and keeps them, the second stops at once. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { command, start, suiteInScratch } from '../testing/command.ts';
import type { Started } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('interrupt');

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

const RUN = ['run', './tiny.yaml', '--strategy', 'stock', '--threads', '1', '--no-report'];
/** Longer than a key press and its repetition by npm, which count as one. */
const PAUSE_MS = 300;

/** Resolves as soon as stderr has said `text`; what it says afterwards is in the result of the command. */
function says({ child, finished }: Started, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes(text)) resolve();
    });
    void finished.then(() => reject(new Error(`it ended without saying ${text}: ${told}`)));
  });
}

/** Until the thread of the command is likely to be in its first cell. */
async function isUnderWay(dir: string, started: Started, out: string): Promise<void> {
  await says(started, 'running ');
  while (!existsSync(join(dir, out, 'run.json'))) await sleep(10);
  await sleep(PAUSE_MS);
}

test('the first: running cells end and are kept; once more within a moment is npm passing it on', async ({ dir }) => {
  const words = [...RUN, '--seeds', '6', '--duration', '40s'];
  const started = start([...words, '--out', 'first'], dir);
  await isUnderWay(dir, started, 'first');
  started.child.kill('SIGINT');
  await says(started, 'finishing ');
  started.child.kill('SIGINT');
  const { code, stdout, stderr } = await started.finished;
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, 'finishing 1 running cell (Ctrl-C again stops at once)');
  const kept = readFileSync(join(dir, 'first/cells.ndjson'), 'utf8').trimEnd().split('\n').length;
  assert.match(stderr, `interrupted: ${kept} of 6 cells are kept in first\ncontinue with: `);
  assert.match(stderr, 'run --resume first\n');
  assert.ok(kept >= 1 && kept < 6, `${kept} cells`);
  const whole = await command([...words, '--out', 'whole'], dir);
  assert.is(whole.code, 0, whole.stderr);
  const resumed = await command(['run', '--resume', 'first', '--no-report', '--cell-time', '1h'], dir);
  assert.is(resumed.code, 0, resumed.stderr);
  const [a, b] = ['first', 'whole'].map((run) => readFileSync(join(dir, run, 'cells.ndjson'), 'utf8'));
  assert.is(a, b);
});

test('the second: stops at once, and says what is kept and how to go on', async ({ dir }) => {
  // No cell of it would end before the test gives up.
  const started = start([...RUN, '--seeds', '1', '--duration', '20h', '--out', 'second'], dir);
  await isUnderWay(dir, started, 'second');
  started.child.kill('SIGTERM');
  await says(started, 'finishing 1 running cell');
  await sleep(PAUSE_MS);
  started.child.kill('SIGINT');
  const { code, stdout, stderr } = await started.finished;
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, 'stopped: finished cells are kept in second\ncontinue with: ');
  assert.match(stderr, 'run --resume second\n');
});

test('a limit that cells are beyond: two attempts, exit 4, and --resume with another one', async ({ dir }) => {
  const words = [...RUN, '--seeds', '2', '--out', 'short'];
  const { code, stdout, stderr } = await command([...words, '--cell-simulated', '1s'], dir);
  assert.is(code, 4, stderr);
  assert.match(
    stdout.replace(/\s+/g, ' '),
    'failed cell tiny/stock seed 1, in a second attempt too: LimitError: simulated more than 1 s; --cell-simulated allows more',
  );
  assert.match(readFileSync(join(dir, 'short/errors.txt'), 'utf8'), /LimitError[^]*The second attempt ended likewise/);
  const resumed = await command(['run', '--resume', 'short', '--no-report', '--cell-heap', '256MB'], dir);
  assert.is(resumed.code, 0, resumed.stderr);
  await command([...RUN, '--seeds', '2', '--out', 'unlimited'], dir);
  const [a, b] = ['short', 'unlimited'].map((run) => readFileSync(join(dir, run, 'cells.ndjson'), 'utf8'));
  assert.is(a, b);
  const refused = await command([...RUN, '--cell-time', '10'], dir);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, 'expected a duration');
});

test.run();
