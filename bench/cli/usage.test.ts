/** The command as a whole: help, version, list, and every way to hold it wrong. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { TOOL_VERSION } from '../run/tool.ts';
import { command, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('usage');

test('help on stdout, with examples', async ({ dir }) => {
  for (const words of [['--help'], ['run', '--help'], ['help'], ['help', 'run'], ['help', 'litmus', 'explore']]) {
    const { code, stdout, stderr } = await command(words, dir);
    assert.is(code, 0, words.join(' '));
    assert.match(stdout, 'Examples:');
    assert.is(stderr, '');
  }
});

test('version', async ({ dir }) => {
  const { code, stdout } = await command(['--version'], dir);
  assert.is(code, 0);
  assert.is(stdout, `${TOOL_VERSION}\n`);
});

test('list names everything that can be named', async ({ dir }) => {
  const { code, stdout } = await command(['list'], dir);
  assert.is(code, 0);
  for (const name of ['fork-heavy', 'keep-until-rescanned', 'zx1800-512']) assert.match(stdout, name);
});

test('list --json', async ({ dir }) => {
  const { code, stdout } = await command(['list', '--json'], dir);
  assert.is(code, 0);
  const document = JSON.parse(stdout) as Record<string, Record<string, unknown>[]>;
  assert.is(document['schema'], 'cma-stress/list/1');
  assert.is(document['tool'], TOOL_VERSION);
  assert.type(document['model'], 'string');
  for (const key of ['workloads', 'devices', 'kernels']) {
    assert.ok(document[key].length > 0, key);
    for (const entry of document[key]) assert.equal(Object.keys(entry).sort(), ['about', 'name'], key);
  }
  assert.is(document['strategies'][0]['name'], 'stock');
  for (const strategy of document['strategies']) {
    assert.equal(Object.keys(strategy).sort(), ['about', 'claims', 'costs', 'group', 'name', 'origin']);
    assert.ok(Array.isArray(strategy['claims']));
  }
});

/** Words, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [[], 'Usage:'],
  [['rnu'], 'Did you mean run?'],
  [['list', '--schema', 'workloads'], "no schema of 'workloads'; there are: workload, device"],
  [['run', '--sedes', '3'], 'Did you mean --seeds?'],
  [['run', 'fork-hevy'], 'fork-heavy'],
  [['run', 'fork-free', 'fork-free'], 'twice'],
  [['run', '--strategy', 'stok'], 'stock'],
  [['run', '--strategy', 'stock,,stock'], 'strategy'],
  [['run', '--seeds', '0'], '--seeds expects a whole number'],
  [['run', '--seeds', '1e3'], '--seeds expects a whole number'],
  [['run', '--seeds'], 'argument missing'],
  [['run', '--threads', '0'], '--threads expects'],
  [['run', '--first-seed', '-1'], '--first-seed'],
  [['run', '--duration', '3'], 'duration'],
  [['run', '--set', 'ksm.pages_to_scam=3'], 'pages_to_scan'],
  [['run', '--fail-if', 'failureRate'], '--fail-if'],
  [['run', '--fail-if', 'failurerate>1'], 'failureRate'],
  [['run', '--fail-if', 'p99_latency>20'], 'p99_latency needs a unit'],
  [['run', '--fail-if', 'p99_latency regresses 10'], 'METRIC regresses N%'],
  [['run', '--resume', 'nowhere'], 'no run'],
  [['run', '--resume', 'nowhere', '--seeds', '3'], '--resume takes'],
  [['run', 'nowhere.yaml'], 'nowhere.yaml'],
  [['list', '--jsn'], 'Did you mean --json?'],
  [['help', 'litmus', 'explroe'], "unknown command 'explroe' of litmus; did you mean `explore`?"],
  [['completion'], "missing required argument 'SHELL'"],
  [['completion', 'tcsh'], "no completion for 'tcsh'; there are: bash, zsh, fish"],
  [['litmus'], 'missing required argument'],
  [['litmus', 'nowhere.yaml'], 'nowhere.yaml: cannot be read: there is no such file'],
];

for (const [words, message] of BAD) {
  test(`bad usage: ${words.join(' ')}`, async ({ dir }) => {
    const { code, stdout, stderr } = await command(words, dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not.match(stderr, /^ +at /m);
  });
}

test('litmus: 0 when all hold, 1 when one does not, 2 for a malformed file', async ({ dir }) => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return name;
  };
  const script = (sharing: number): string => `id: two-pages
title: Two equal pages merge
actions:
  - { op: proc, p: P }
  - { op: mmap, p: P, start: 16, n: 2 }
  - { op: write, p: P, at: 16, data: X }
  - { op: write, p: P, at: 17, data: X }
  - { op: pass, count: 2 }
  - { op: check, expect: { counters: { pages_sharing: ${sharing} } } }
`;
  const good = await command(['litmus', file('good.yaml', script(1))], dir);
  assert.is(good.code, 0, good.stdout + good.stderr);
  assert.match(good.stdout, 'ok   two-pages');
  assert.match(good.stdout, '1 passed, 0 failed');

  const wrong = await command(['litmus', 'good.yaml', file('wrong.yaml', script(7)), '--json'], dir);
  assert.is(wrong.code, 1);
  const document = JSON.parse(wrong.stdout) as { passed: number; failed: number; tests: { mismatches: unknown[] }[] };
  assert.is(document.passed, 1);
  assert.is(document.failed, 1);
  assert.equal(document.tests[1].mismatches, [
    { step: 5, op: 'check', path: 'counters.pages_sharing', expected: 7, actual: 1 },
  ]);
  const told = await command(['litmus', 'wrong.yaml'], dir);
  assert.match(told.stdout, 'step 6, check (wrong.yaml:9:5)');
  assert.match(told.stdout, 'counters.pages_sharing: expected 7, got 1');

  const malformed = await command(['litmus', file('bad.yaml', script(1).replace('op: pass', 'op: pas'))], dir);
  assert.is(malformed.code, 2);
  assert.match(malformed.stderr, 'bad.yaml:8:11: actions[4].op: unknown op "pas"; did you mean `pass`?');

  const senseless = await command(
    ['litmus', file('no-process.yaml', script(1).replace('p: P, at: 17', 'p: Z, at: 17'))],
    dir,
  );
  assert.is(senseless.code, 2);
  assert.match(senseless.stderr, 'no-process.yaml:7:5: actions[3]');
});

test('litmus --step shows each state', async ({ dir }) => {
  writeFileSync(
    join(dir, 'step.yaml'),
    'id: s\nactions:\n  - { op: proc, p: P }\n  - { op: mmap, p: P, start: 1, n: 1 }\n  - { op: write, p: P, at: 1, data: X, page: xp }\n',
  );
  const { code, stdout } = await command(['litmus', '--step', 'step.yaml'], dir);
  assert.is(code, 0);
  assert.match(stdout, 'step 3, write p=P at=1 data=X page=xp');
  assert.match(stdout, /xp +anon +1 +P@1/);
});

test.run();
