/** `cma-stress litmus explore` as its user runs it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { command, suiteInScratch, start } from '../testing/command.ts';

const SCRIPT = fileURLToPath(new URL('../../../workloads/litmus/explore/b1-cow.yaml', import.meta.url));
const OTHER = SCRIPT.replace('b1-cow', 'b6-pagevec');

const test = suiteInScratch('explore');

interface Document {
  readonly [key: string]: unknown;
  readonly witness: { actions: unknown[] } | null;
  readonly explorations: readonly Record<string, unknown>[];
}

test('help on stdout, with examples', async ({ dir }) => {
  const { code, stdout } = await command(['litmus', 'explore', '--help'], dir);
  assert.is(code, 0);
  assert.match(stdout, 'Examples:');
  assert.match(stdout, '--max-states');
});

test('--json: one exploration at the top, with every field of the contract', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['litmus', 'explore', SCRIPT, '--json'], dir);
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as Document;
  assert.is(document['schema'], 'cma-stress/explore/1');
  assert.type(document['tool'], 'string');
  assert.type(document['model'], 'string');
  assert.is(document['script'], 'b1-cow');
  assert.is(document['strategy'], 'stock');
  assert.type(document['states'], 'number');
  assert.is(document['complete'], true);
  assert.is(document['verdict'], 'bounded');
  assert.is(document['maxVisits'], 3);
  assert.is(document['leaked'], false);
  assert.ok(document.witness!.actions.length > 0);
  assert.is(document.explorations.length, 1);
});

test('--json with several strategies is a list', async ({ dir }) => {
  const words = ['litmus', 'explore', SCRIPT, '--strategy', 'stock,keep-forever,keep-forever+page-anon-vma', '--json'];
  const { code, stdout } = await command(words, dir);
  assert.is(code, 0);
  const document = JSON.parse(stdout) as Document;
  assert.is(document['verdict'], undefined);
  assert.equal(
    document.explorations.map(({ strategy, verdict, leaked, witness }) => [
      strategy,
      verdict,
      leaked,
      witness === null,
    ]),
    [
      ['stock', 'bounded', false, false],
      ['keep-forever', 'never', true, true],
      ['keep-forever+page-anon-vma', 'never', true, true],
    ],
  );
});

test('the witness file runs under stock', async ({ dir }) => {
  const explored = await command(['litmus', 'explore', OTHER, '--witness-out', 'witness.yaml'], dir);
  assert.is(explored.code, 0, explored.stderr);
  assert.match(explored.stdout, 'unfindable for ever');
  assert.match(readFileSync(join(dir, 'witness.yaml'), 'utf8'), 'op: probe');
  const run = await command(['litmus', 'witness.yaml'], dir);
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.match(run.stdout, '1 passed, 0 failed');
});

test('--expect: 0 when it holds, 1 when not', async ({ dir }) => {
  assert.is((await command(['litmus', 'explore', SCRIPT, '--expect', 'bounded'], dir)).code, 0);
  assert.is((await command(['litmus', 'explore', SCRIPT, '--expect', 'never'], dir)).code, 1);
  const fixed = ['litmus', 'explore', SCRIPT, '--strategy', 'keep-until-rescanned', '--expect', 'never'];
  assert.is((await command(fixed, dir)).code, 0);
  assert.is((await command([...fixed, '--max-states', '50'], dir)).code, 1, 'never so far is not never');
});

test('the state limit is told', async ({ dir }) => {
  const { code, stdout } = await command(['litmus', 'explore', SCRIPT, '--max-states', '50'], dir);
  assert.is(code, 0);
  assert.match(stdout, 'the limit was reached');
  assert.match(stdout.replace(/\s+/g, ' '), 'as far as it was explored');
  assert.match(stdout, 'at least');
  assert.not.match(stdout, 'at most');
  const { stdout: json } = await command(['litmus', 'explore', SCRIPT, '--max-states', '50', '--json'], dir);
  assert.is((JSON.parse(json) as Document)['complete'], false);
});

test('--matrix of one script, and its page', async ({ dir }) => {
  const { code, stdout } = await command(['litmus', 'explore', '--matrix', SCRIPT, '--out', 'page.md'], dir);
  assert.is(code, 0);
  assert.match(stdout, /b1-cow +keep-forever +never, leaks +no B1/);
  assert.match(readFileSync(join(dir, 'page.md'), 'utf8'), '## What the strategies claim');
});

test('running a file with threads runs its actions only, and says so', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['litmus', SCRIPT], dir);
  assert.is(code, 0, stdout);
  assert.match(stderr, 'threads are not run here');
});

const HEAD = 'id: a\nactions:\n  - { op: proc, p: P }\n';

const BAD: readonly (readonly [string, readonly string[], string, string])[] = [
  ['nothing named', ['litmus', 'explore'], '', 'name a litmus file'],
  ['no threads', ['litmus', 'explore', 'bad.yaml'], HEAD, 'a has no threads to explore'],
  [
    'no such process',
    ['litmus', 'explore', 'bad.yaml'],
    `${HEAD}threads:\n  t:\n    - { op: exit, p: Z }\n`,
    'bad.yaml:6:7: threads.t[0]: a: nobody creates a process Z',
  ],
  [
    'a scene that fails',
    ['litmus', 'explore', 'bad.yaml'],
    `${HEAD}  - { op: exit, p: Z }\nthreads: { t: [{ op: drain }] }\n`,
    'bad.yaml:4:5: actions[1]: a: there is no process Z',
  ],
  [
    'strategy',
    ['litmus', 'explore', SCRIPT, '--strategy', 'stok'],
    '',
    'unknown strategy `stok`; did you mean `stock`?',
  ],
  ['limit', ['litmus', 'explore', SCRIPT, '--max-states', '0'], '', '--max-states expects a whole number'],
  [
    'verdict',
    ['litmus', 'explore', SCRIPT, '--expect', 'maybe'],
    '',
    '--expect expects one of never, bounded, unbounded',
  ],
  [
    'page that cannot be written',
    ['litmus', 'explore', SCRIPT, '--matrix', '--strategy', 'stock', '--out', 'none/x.md'],
    '',
    'error: cannot write none/x.md',
  ],
  [
    'witness that cannot be written',
    ['litmus', 'explore', SCRIPT, '--witness-out', 'none/w.yaml'],
    '',
    'error: cannot write none/w.yaml',
  ],
  ['page without matrix', ['litmus', 'explore', SCRIPT, '--out', 'x.md'], '', '--out is for --matrix'],
];

for (const [name, words, text, message] of BAD) {
  test(`refused: ${name}`, async ({ dir }) => {
    writeFileSync(join(dir, 'bad.yaml'), text);
    const { code, stdout, stderr } = await command(words, dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
  });
}

test('Ctrl-C ends a long exploration with 130', async ({ dir }) => {
  const many = ['A', 'B', 'C', 'D'].map(
    (p) =>
      `  t${p}: [${Array.from({ length: 8 }, (_, i) => `{ op: write, p: ${p}, at: 16, data: x${i} }`).join(', ')}]\n`,
  );
  const scene = ['A', 'B', 'C', 'D'].map(
    (p) => `  - { op: proc, p: ${p} }\n  - { op: mmap, p: ${p}, start: 16, n: 1 }\n`,
  );
  writeFileSync(
    join(dir, 'long.yaml'),
    `id: long\nactions:\n${scene.join('')}threads:\n${many.join('')}  ksmd: [{ op: ksmd }]\n`,
  );
  const { child, finished } = start(['litmus', 'explore', 'long.yaml', '--max-states', '100000000'], dir);
  setTimeout(() => child.kill('SIGINT'), 3000);
  const { code, stdout, stderr } = await finished;
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, 'interrupted');
});

test.run();
