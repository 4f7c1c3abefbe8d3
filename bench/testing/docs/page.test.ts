/**
 * The convention by which pages are run: which blocks are commands, outputs and files, and what of a page is a mistake.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { TOOL_VERSION } from '../../run/tool.ts';
import { suiteInScratch } from '../command.ts';
import { missingLine, parsePage } from './page.ts';
import { runPage } from './session.ts';
import type { Trouble } from './session.ts';

const test = suiteInScratch('pages of the handbook');

const fenced = (language: string, ...lines: string[]): string => ['```' + language, ...lines, '```', ''].join('\n');

let pages = 0;
function run(dir: string, text: string): Promise<Trouble | null> {
  const own = join(dir, `${pages++}`);
  mkdirSync(own);
  return runPage(parsePage(text), own, null);
}

test('a text block behind a shell block is its output, unless words stand between', () => {
  const next = parsePage(fenced('sh', 'echo a') + '\n' + fenced('text', 'a', '', '[...]'));
  assert.equal(
    next.blocks.map((block) => block.kind === 'shell' && block.output),
    [['a', '[...]']],
  );
  const apart = parsePage(fenced('sh', 'echo a') + '\nWords.\n\n' + fenced('text', 'a'));
  assert.equal(
    apart.blocks.map((block) => block.kind === 'shell' && block.output),
    [null],
  );
});

test('comments before a block hold for this block only', () => {
  const { blocks } = parsePage(
    '<!-- not run: needs a phone -->\n\n' + fenced('sh', 'adb shell') + '<!-- exit: 3 -->\n' + fenced('sh', 'exit 3'),
  );
  assert.equal(
    blocks.map((block) => block.kind === 'shell' && [block.notRun, block.exit, block.line]),
    [
      ['needs a phone', 0, 4],
      [null, 3, 8],
    ],
  );
});

test('a page says what it needs besides bash', () => {
  assert.equal(parsePage('<!-- needs: redis, curl -->\n\n' + fenced('sh', 'ls')).needs, ['redis', 'curl']);
  assert.equal(parsePage(fenced('sh', 'ls')).needs, []);
});

test('what would escape from being run is a mistake', () => {
  const text =
    fenced('bash', 'ls') + fenced('', 'npx cma-stress list') + '<!-- notrun: why -->\n' + fenced('sh', 'rm x');
  assert.equal(parsePage(text).mistakes, [
    'line 2: a block of language bash: call it sh, so that it is run',
    'line 5: a command in a block without language: call it sh, or text when it is a synopsis',
    'line 9: nothing is known of <!-- notrun: why -->',
  ]);
});

test('lines have to be printed in their order', () => {
  assert.is(missingLine(['a', '[...]', 'c'], ['a', 'b', 'c']), null);
  assert.is(missingLine(['c', 'a'], ['a', 'b', 'c']), 'a');
  assert.is(missingLine(['a', 'a'], ['a']), 'a');
});

test('a page is one session: its files, folder, and what it exports are there for the next block', async ({ dir }) => {
  const text =
    fenced('yaml', '# sub/a.yaml', 'x: 1') +
    fenced('sh', 'cat sub/a.yaml', 'export WORD=kept', 'cd sub') +
    fenced('text', '# sub/a.yaml', 'x: 1') +
    fenced('sh', 'echo $WORD', 'ls') +
    fenced('text', 'kept', 'a.yaml');
  assert.is(await run(dir, text), null);
});

test('a wrong exit code, a failure within a pipe, and a line that is not printed are found', async ({ dir }) => {
  assert.match((await run(dir, fenced('sh', 'exit 4')))?.what ?? '', /ended with 4, not 0/);
  assert.match((await run(dir, fenced('sh', 'false | cat', 'echo on')))?.what ?? '', /ended with 1, not 0/);
  const trouble = await run(dir, 'Words.\n\n' + fenced('sh', 'echo b') + fenced('text', 'a'));
  assert.is(trouble?.line, 4);
  assert.match(trouble?.what ?? '', /does not print this line, or not here: a/);
});

test('the tool is there by its name, and for scripts', async ({ dir }) => {
  const text =
    fenced('sh', 'npx cma-stress --version') +
    fenced('text', TOOL_VERSION) +
    fenced('js', '// a.mjs', "import { defineStrategy } from 'cma-stress';", 'console.log(typeof defineStrategy);') +
    fenced('sh', 'node a.mjs', 'sleep 100 &') +
    fenced('text', 'function');
  assert.is(await run(dir, text), null);
});

test('at the checkout are the tracked files, and the session goes on where it was', async ({ dir }) => {
  const text =
    fenced('sh', 'touch here') +
    '<!-- at: checkout -->\n' +
    fenced('sh', 'ls package.json dist/bench/cli/main.js node_modules/uvu/package.json', 'cd docs') +
    fenced('sh', 'ls') +
    fenced('text', 'here');
  assert.is(await run(dir, text), null);
});

test.run();
