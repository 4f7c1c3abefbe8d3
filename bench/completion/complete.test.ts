/** Completion: what belongs in each place of a command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { complete } from './complete.ts';
import { splitLine } from './shellWords.ts';
import { TABLE } from './table.ts';

const test = suiteInScratch('completion');

test.before(({ dir }) => {
  for (const [run, file] of [
    ['first', 'run.json'],
    ['with:colon', 'run.json'],
    ['tuned', 'search.json'],
  ]) {
    mkdirSync(join(dir, 'results', run), { recursive: true });
    const workloads = [{ name: 'fork-heavy', seeds: 3 }];
    const manifest = { workloads, strategies: ['stock', 'root-search+heir-items'], seeds: null, firstSeed: 5 };
    writeFileSync(join(dir, 'results', run, file), JSON.stringify(manifest));
  }
  mkdirSync(join(dir, 'results', 'empty'));
  for (const file of ['phone.yaml', 'my-fix.ts', 'notes.txt']) writeFileSync(join(dir, file), '');
});

/** What the line, up to its end, could go on with. */
function after(line: string, dir: string): string[] {
  return complete(splitLine(line).words, TABLE, dir).candidates.map(({ value }) => value);
}

/** A line, and all that it can go on with, in alphabetical order. */
const EXACTLY: readonly (readonly [line: string, values: readonly string[]])[] = [
  ['sh', ['show']],
  ['litmus expl', ['explore']],
  ['litmus --step expl', ['explore']],
  ['init ', ['strategy']],
  ['help litmus ', ['explore']],
  ['help run ', ['--help']],
  ['completion ', ['bash', 'fish', 'zsh']],
  ['run --see', ['--seeds']],
  ['run --seeds 3 --see', []],
  ['run --set a=1 --se', ['--seeds', '--set']],
  ['run --strategy stock,root', ['stock,root-search']],
  ['run --strategy stock+root', ['stock+root-search']],
  ['run --strategy=root-s', ['--strategy=root-search']],
  ['run --strategy root-search,root-s', []],
  ['run --strategy stock,./', ['stock,./my-fix.ts', 'stock,./results/']],
  ['tune --strategy all', []],
  ['run --set ksm.sleep', ['ksm.sleep_millisecs=']],
  ['run --set=ksm.sleep', ['--set=ksm.sleep_millisecs=']],
  ['run --set ksm.sleep_millisecs=', []],
  ['run --set memory.cm', ['memory.cma.']],
  ['run --set memory.cma.d', ['memory.cma.default.']],
  ['run --set memory.cma.default.s', ['memory.cma.default.size=']],
  ['run --set cma_clients.drivers.sizes', ['cma_clients.drivers.sizes[0].']],
  ['tune --range ksm.p', ['ksm.pages_to_scan=']],
  ['tune --knobs cma,re', ['cma,retry']],
  ['run --engine ', ['bullmq', 'local']],
  ['run fork-h', ['fork-heavy']],
  ['run fork-heavy pho', ['phone.yaml']],
  ['tune zx', ['zx1800-512']],
  ['import x --device ts', []],
  ['import x --device tes', ['testbed-512']],
  ['import x --as rec', ['recording']],
  ['show results/f', ['results/first']],
  ['show results/with:', ['results/with:colon']],
  ['run --resume res', ['results/first', 'results/with:colon']],
  ['tune --resume res', ['results/tuned']],
  ['compare results/first:st', ['results/first:stock']],
  ['compare results/first results/with:colon:r', ['results/with:colon:root-search+heir-items']],
  ['explain results/first --cell ', ['fork-heavy/']],
  ['explain results/first --cell fork-heavy/', ['fork-heavy/root-search+heir-items/', 'fork-heavy/stock/']],
  ['explain results/first --cell fork-heavy/stock/', [5, 6, 7].map((seed) => `fork-heavy/stock/${seed}`)],
  ['explain nowhere --cell ', []],
  ['report results/first --format p', ['parquet']],
  ['explain results/first --cause B3', ['B3', 'B3null']],
  ['litmus explore --expect b', ['bounded']],
  ['self-check --quick scan', ['scan-speed']],
  ['run -- --se', []],
  ['list ', ['--help', '--json', '--schema', '--strategy']],
  ['list --json --jso', []],
  ['nothing ', ['--help', '--version']],
];

for (const [line, values] of EXACTLY)
  test(`cma-stress ${line}`, ({ dir }) => {
    assert.equal(after(line, dir).sort(), values);
  });

test('commands first, hidden ones never', ({ dir }) => {
  const commands = after('', dir);
  assert.is(commands[0], 'run');
  assert.ok(commands.includes('self-check'));
  assert.not.ok(commands.includes('complete'));
});

test('an option that may stand without a value takes no word', ({ dir }) => {
  assert.ok(after('tune --grid zx', dir).includes('zx1800-512'));
});

test('files and directories are left to the shell', ({ dir }) => {
  const fallback = (line: string): string => complete(splitLine(line).words, TABLE, dir).fallback;
  assert.is(fallback('litmus wor'), 'files');
  assert.is(fallback('run --docs '), 'files');
  assert.is(fallback('run --out '), 'directories');
  assert.is(fallback('show elsewhere/'), 'directories');
  assert.is(fallback('run --seeds '), 'none');
});

test('each command and each option is offered where it belongs', ({ dir }) => {
  for (const { name, options } of TABLE.commands) {
    const offered = after(`${name} --`, dir);
    for (const { names } of options) assert.ok(offered.includes(names.at(-1)!), `${name} ${names.join(' ')}`);
  }
});

test('words of a line: quotes, backslashes, blanks', () => {
  assert.equal(splitLine('a  b').words, ['a', 'b']);
  assert.equal(splitLine('a ').words, ['a', '']);
  assert.equal(splitLine(`--fail-if 'x > 5%' "a b"c\\ d`).words, ['--fail-if', 'x > 5%', 'a bc d']);
  assert.equal(splitLine(`show x'y z`), { words: ['show', 'xy z'], raw: `x'y z`, beforeQuote: 'x' });
  assert.equal(splitLine(`''`).words, ['']);
});

test.run();
