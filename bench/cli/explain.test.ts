/**
 * `cma-stress explain` from outside: a run made by the real command, its text, document and scripts, and ways to hold
 * it wrong.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Explanation } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import { attemptsOf } from '../run/attemptLog.ts';
import { command, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('explain');

/** Fails often, for the lesser bug, from the first request on. */
const RUN = ['run', 'unmergeable-parent', '--duration', '8s', '--seeds', '1', '--no-report'];

interface Document extends Explanation {
  readonly schema: string;
  readonly tool: string;
  readonly model: string;
  readonly cell: string;
  readonly id: string;
  readonly litmus: { readonly actions: readonly { readonly op: string; readonly expect?: { readonly rc?: number } }[] };
  readonly strategies: readonly { readonly strategy: string; readonly isFound: boolean | null }[];
  readonly elsewhere: readonly { readonly strategy: string; readonly errno: number }[];
}

test.before(async ({ dir }) => {
  const { code, stderr } = await command([...RUN, '--strategy', 'stock,root-search', '--out', 'run'], dir);
  assert.is(code, 0, stderr);
  const idle = [
    'run',
    'fork-free',
    '--quick',
    '--duration',
    '3s',
    '--seeds',
    '1',
    '--strategy',
    'stock',
    '--no-report',
  ];
  assert.is((await command([...idle, '--out', 'idle'], dir)).code, 0);
});

function firstFailure(dir: string): { record: CellRecord; number: number; blocked: number } {
  const records = readFileSync(join(dir, 'run', 'cells.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CellRecord);
  const record = records.find(({ strategy }) => strategy === 'stock')!;
  const failed = attemptsOf(record.attemptLog).find(({ errno }) => errno !== 0)!;
  return { record, number: failed.number, blocked: Object.values(failed.blocked).reduce((sum, n) => sum + n, 0) };
}

test('the first failure of the worst cell, in words: ranges, the page, its mappings, how the gap opened', async ({
  dir,
}) => {
  const { code, stdout, stderr } = await command(['explain', 'run'], dir);
  assert.is(code, 0, stderr);
  const { number } = firstFailure(dir);
  for (const part of [
    `unmergeable-parent/stock/1 \\(cell [0-9a-f]{16}\\), request ${number}:`,
    'got -EBUSY after',
    'in the way: first frame, causes',
    'is a KSM page: page_mapcount \\d+, the reverse walk finds \\d+, misses \\d+',
    'NO B2 +parent-',
    'the tree of its anon_vma has, at this address',
    'The gap opened\\.',
    'Left to itself',
    'alloc_contig_range',
    'A litmus test of \\d+ actions reproduces it',
    'under, in every order of its actions: .*page-anon-vma',
    'The same request in this run under root-search: success',
    'the same again: .* --attempt',
  ]) {
    assert.match(stdout.replaceAll('\n  ', ' '), new RegExp(part));
  }
  for (const line of stdout.split('\n')) assert.match(line, /^[ -~]{0,100}$/);
});

test('--json: the document fits what the run has of the request', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['explain', 'run', '--json'], dir);
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as Document;
  const { record, number, blocked } = firstFailure(dir);
  assert.is(document.schema, 'cma-stress/explain/1');
  assert.ok(document.tool !== '' && document.model !== '');
  assert.is(document.id, record.id);
  assert.is(document.request.number, number);
  const pages = new Set(document.request.tries.flatMap(({ blockers }) => blockers.map(({ pfn }) => pfn)));
  assert.is(pages.size, blocked);
  assert.is(document.story!.lost[0].mapping.gap!.cause, 'B2');
  assert.is(document.litmus.actions.at(-1)!.expect!.rc, -16);
  assert.ok(document.strategies.some(({ strategy, isFound }) => strategy === 'page-anon-vma' && isFound === true));
  assert.equal(
    document.elsewhere.map(({ strategy, errno }) => [strategy, errno]),
    [['root-search', 0]],
  );
  assert.is((await command(['explain', 'run', '--json'], dir)).stdout, stdout, 'the same each time');
});

test('--litmus: the file holds when it is run, and not under a fix', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['explain', 'run', '--worst', '--litmus'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^# Made by: .*explain run --cell/);
  writeFileSync(join(dir, 'failure.yaml'), stdout);
  const held = await command(['litmus', 'failure.yaml'], dir);
  assert.is(held.code, 0, held.stdout);
  assert.match(held.stdout, '1 passed, 0 failed');
  const fixed = await command(['litmus', 'failure.yaml', '--strategy', 'page-anon-vma'], dir);
  assert.is(fixed.code, 1);
});

test('a request that was had at once: nothing stood in its way, and there is no script', async ({ dir }) => {
  const words = ['explain', 'idle', '--attempt', '1'];
  const { code, stdout, stderr } = await command([...words, '-o', 'idle.txt'], dir);
  assert.is(code, 0, stderr);
  assert.is(stdout, '');
  assert.match(stderr, 'wrote idle.txt');
  assert.match(readFileSync(join(dir, 'idle.txt'), 'utf8'), 'The first range could be had at once');
  const litmus = await command([...words, '--litmus', '-o', 'idle.txt'], dir);
  assert.is(litmus.code, 1);
  assert.match(readFileSync(join(dir, 'idle.txt'), 'utf8'), 'The first range could be had', 'the old file stays');
  assert.equal(
    readdirSync(dir).filter((name) => name.startsWith('idle.')),
    ['idle.txt'],
  );
  assert.is(litmus.stdout, '');
  assert.match(litmus.stderr, 'there is no litmus test of it: no page stood in the way');
});

test('a run without failures, and one that another model made', async ({ dir }) => {
  const none = await command(['explain', 'idle'], dir);
  assert.is(none.code, 2);
  assert.match(none.stderr, 'no request failed in fork-free/stock/1');
  assert.match(none.stderr, '--attempt N');
  const manifest = readFileSync(join(dir, 'run', 'run.json'), 'utf8');
  writeFileSync(join(dir, 'run', 'run.json'), manifest.replace(/"model": "[^"]*"/, '"model": "cma-stress-model/0"'));
  const old = await command(['explain', 'run'], dir);
  writeFileSync(join(dir, 'run', 'run.json'), manifest);
  assert.is(old.code, 2);
  assert.match(old.stderr, 'was run with model cma-stress-model/0');
  assert.match(old.stderr, 'start anew with: ');
});

/** Words behind `explain`, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [[], 'missing required argument'],
  [['nowhere'], 'nowhere/run.json: there is no run in this directory'],
  [['run', '--attempt', '1'], '--attempt needs --cell when the run has several'],
  [['run', '--cell', 'unmergeable-parent/stok/1'], 'did you mean `unmergeable-parent/stock/1`?'],
  [['run', '--cell', 'unmergeable-parent/stock/1', '--attempt', '999'], 'so there is no number 999'],
  [['run', '--cell', 'unmergeable-parent/stock/1', '--attempt', 'first'], 'expects a whole number'],
  [['run', '--cause', 'B7'], "unknown cause 'B7'"],
  [['run', '--cause', 'B6'], 'no request failed in run for B6'],
  [['run', '--json', '--litmus'], 'are two outputs'],
  [['run', '--cell', 'unmergeable-parent/stock/1', '--attempt', '1', '--worst'], '--worst and --cause choose one'],
  [['run', '--page', '3'], 'frame 3 stood in the way of none of its ranges'],
  [['run', '-o', 'no/such/file.txt'], 'cannot write no/such/file.txt'],
];

for (const [words, message] of BAD) {
  test(`bad usage: explain ${words.join(' ')}`, async ({ dir }) => {
    const { code, stdout, stderr } = await command(['explain', ...words], dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not.match(stderr, /^ +at /m);
  });
}

test.run();
