/** Live figures on a terminal: drawn in place, within its height, and the cursor given back. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { start, suiteInScratch } from '../testing/command.ts';
import { hasTerminal, onTerminal } from '../testing/pty.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('show on a terminal');

/** Long enough that a few frames are drawn. */
const RUN = ['run', './tiny.yaml', '--no-report', '--duration', '20s', '--threads', '1', '--seeds', '5'];
const PAIR = [...RUN, '--strategy', 'stock,heir-items'];
const WATCH = ['--watch', '--interval', '100ms'];
const ROWS = 9;

const terminal = hasTerminal();
if (!terminal) console.log('skipped: no `script` of util-linux here');

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

function onlyOnTerminal(name: string, body: (context: { dir: string }) => Promise<void>): void {
  if (terminal) test(name, body);
  else test.skip(name, body);
}

/** The texts drawn from one frame to the next. */
function frames(drawn: string): string[] {
  return drawn.split('\u001B[?2026h').map((frame) => frame.split('\u001B[?2026l')[0]);
}

function assertCursorGivenBack(drawn: string): void {
  assert.ok(drawn.lastIndexOf('\u001B[?25h') > drawn.lastIndexOf('\u001B[?25l'), 'the cursor stays hidden');
}

onlyOnTerminal('show --watch draws in place, and ends with the summary in block characters', async ({ dir }) => {
  const run = start([...PAIR, '--out', 'running'], dir);
  while (!existsSync(join(dir, 'running', 'cells.ndjson'))) await sleep(20);
  // It waits until it is seen, however quick it is.
  run.child.kill('SIGSTOP');
  const shown = onTerminal(['show', 'running', ...WATCH], dir);
  while (!/running: \d+\/10 cells/.test(shown.drawn())) await sleep(20);
  run.child.kill('SIGCONT');
  const { code, drawn } = await shown.finished;
  assert.is(code, 0, drawn);
  const own = await run.finished;
  assert.is(own.code, 0, own.stderr);
  assert.match(drawn, '\u001B[2K');
  assertCursorGivenBack(drawn);
  const summary = drawn.slice(drawn.lastIndexOf('\u001B[?2026l'));
  assert.match(summary, '├─●─┤ 95 %');
  assert.match(summary, /results +running\r\n/);
});

onlyOnTerminal('run --watch draws no more rows than there are, and leaves nothing behind', async ({ dir }) => {
  const words = [...RUN, '--strategy', 'all', '--seeds', '1', '--out', 'low', '--watch'];
  const { code, drawn } = await onTerminal(words, dir, { rows: ROWS }).finished;
  assert.is(code, 0, drawn);
  const drawnFrames = frames(drawn).slice(1);
  assert.ok(drawnFrames.length > 2);
  for (const frame of drawnFrames) assert.ok(frame.split('\n').length <= ROWS, frame);
  assert.match(drawn, /\.\.\. \d+ before: /);
  assert.match(drawn, /\.\.\. \d+ not begun/);
  assertCursorGivenBack(drawn);
  assert.is(readFileSync(join(dir, 'low', 'summary.txt'), 'utf8').includes('\u001B'), false);
});

onlyOnTerminal('Ctrl-C ends run --watch with 130 and gives the cursor back', async ({ dir }) => {
  const { child, drawn, finished } = onTerminal([...PAIR, '--out', 'stopped', '--watch'], dir);
  while (!/stopped: [1-9]\d*\/10 cells/.test(drawn())) await sleep(20);
  child.stdin?.write('\u0003');
  const { code } = await finished;
  assert.is(code, 130, drawn());
  assert.match(drawn(), 'run --resume stopped');
  assertCursorGivenBack(drawn());
});

for (const [name, columns, env] of [
  ['without a size', 0, {}],
  ['that is dumb', 100, { TERM: 'dumb' }],
  ['in CI', 100, { CI: '1' }],
] as const) {
  onlyOnTerminal(`a terminal ${name} gets lines`, async ({ dir }) => {
    const words = [
      ...PAIR,
      '--seeds',
      '1',
      '--duration',
      '1s',
      '--watch',
      '--out',
      `plain-${columns}-${Object.keys(env).join('')}`,
    ];
    const { code, drawn } = await onTerminal(words, dir, { columns, env }).finished;
    assert.is(code, 0, drawn);
    assert.not.match(drawn, '\u001B[2K');
    assert.match(drawn, '0/2 cells, time left unknown\r\n');
  });
}

onlyOnTerminal('NO_COLOR: nothing is coloured', async ({ dir }) => {
  const words = [...PAIR, '--seeds', '1', '--duration', '1s', '--watch', '--out', 'grey'];
  const { code, drawn } = await onTerminal(words, dir, { env: { NO_COLOR: '1' } }).finished;
  assert.is(code, 0, drawn);
  assert.match(drawn, 'grey: ');
  assert.not.match(drawn, /\u001B\[[\d;]*m/);
});

test.run();
