/** The mail: lines that survive any mailer, the layout of mmtests, what it says, and names that try to break it. */
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../../run/cell.ts';
import { cells } from '../../testing/finishedRuns.ts';
import { HOSTILE, storedRun, twoStrategies, withoutLog } from '../../testing/storedRuns.ts';
import { breakName } from '../breakName.ts';
import { ascii } from './ascii.ts';
import { mmtestsTable } from './layout.ts';
import { mailText } from './mail.ts';
import { shellLines } from './shell.ts';

/** Plain ASCII, 75 columns, no tabs, no blanks at the ends of lines. */
function assertMail(text: string): void {
  for (const [i, line] of text.split('\n').entries()) {
    assert.match(line, /^[ -~]*$/, `line ${i + 1} is not plain: ${JSON.stringify(line)}`);
    assert.ok(line.length <= 75, `line ${i + 1} has ${line.length} columns: ${line}`);
    assert.not.match(line, / $/, `line ${i + 1} ends in a blank`);
  }
  assert.ok(text.endsWith('\n'));
}

test('the claim, the model first and last, and what was run', () => {
  const text = mailText(storedRun(twoStrategies(), { reproduce: 'cma-stress run fork-heavy' }));
  assertMail(text);
  const [subject, , ...rest] = text.split('\n');
  assert.is(subject, '[model] fork-heavy: heir-items cuts CMA failures from 20.0% to 0%');
  assert.match(rest[0], 'This is a model');
  assert.match(text, 'Again: these are numbers of a model, not of hardware.');
  for (const [title, value] of [
    ['Tool', 'cma-stress 0.1.0, model m'],
    ['Machine', 'zx1800-512: 512 MB, 4 CPUs, 16 MB of CMA areas, HZ 100, costs'],
    ['Seeds', '6 of each workload and strategy, from 1 on'],
    ['Strategies', 'stock (baseline), heir-items'],
  ]) {
    assert.match(text, `\n${title.padEnd(12)}${value}`);
  }
  assert.match(text, '\n    cma-stress run fork-heavy\n');
});

test('counters with their reduction, and what is within noise', () => {
  const text = mailText(storedRun([...twoStrategies(), ...cells('fork-heavy', 'root-search', [9, 12, 9, 12, 10, 7])]));
  assert.match(text, /\nstock +60 +300 +20\.0 .*\n/);
  assert.match(text, /\nheir-items +0 +300 +0 .*\(100% reduction\)\n/);
  assert.match(text, /\nroot-search +59 +300 .*\(2% reduction\) ~\n/);
});

test('tables in the layout of mmtests', () => {
  const text = mailText(storedRun(twoStrategies()));
  assert.match(text, /\nAmean camera +10\.00 \( {3}0\.00%\) +5\.00 \* {2}50\.00%\*\n/);
  assert.match(text, /\nStddev camera +0\.00 \( {3}0\.00%\) +0\.00 \( {3}0\.00%\)\n/);
  assert.match(text, /\nPercentage camera +80\.00 \( {3}0\.00%\) 100\.00 \* {2}25\.00%\*\n/);
  assert.match(text, /\nRetries passes +1\.80 \( {3}0\.00%\) +0\.00 \( 100\.00%\)\n/);
  assert.match(text, /\nBlocking B1 +120 +0\n/);
  assert.match(text, /\nRequests EBUSY +60 +0\n/);
  const groups = [...text.matchAll(/^(\S+) camera /gm)].map(([, group]) => group);
  assert.equal(groups, [
    ...['Min', 'Amean', 'Stddev', 'CoeffVar', 'Max', 'BAmean-50', 'BAmean-95', 'BAmean-99'],
    ...['Pctile.50', 'Pctile.90', 'Pctile.95', 'Pctile.99', 'Percentage'],
  ]);
});

test('one seed: nothing is marked', () => {
  const run = storedRun([...cells('fork-heavy', 'stock', [10]), ...cells('fork-heavy', 'heir-items', [0])]);
  assert.not.match(mailText(run), /\*\s*-?[\d.]+%\*/);
});

test('the baseline first, wherever it stood, and again in each block', () => {
  const names = ['retry-100ms', 'keep-until-rescanned', 'stock', 'root-search', 'page-anon-vma', 'null-repair'];
  const run = storedRun(names.flatMap((name) => cells('fork-heavy', name, [3, 4])));
  const text = mailText(run);
  assertMail(text);
  const latency = text.slice(text.indexOf('Latency of requests'), text.indexOf('Requests that got memory'));
  assert.is([...latency.matchAll(/^Amean camera +10\.00 \( {3}0\.00%\)/gm)].length, 3);
  const headings = [...latency.matchAll(/^ +msm-3\.10\.49 .*\n +(\S+) /gm)].map(([, name]) => name);
  assert.equal(headings, ['stock', 'stock', 'stock']);
});

test('columns that do not fit go into further blocks; none is wider than a line', () => {
  const names = Array.from({ length: 9 }, (_, i) => `strategy-${'x'.repeat(5 * i)}`);
  const values = names.map((_, i) => 10 ** (i + 1));
  const lines = mmtestsTable(
    [{ title: 'Amean camera-preview-1', values, better: 'lower' }],
    names,
    names.map(() => 'linux-6.1'),
  );
  for (const line of lines) assert.ok(line.length <= 75, line);
  assert.is(
    lines.filter((line) => line.startsWith('Amean')).length,
    4 + lines.filter((line) => line === '').length - 3,
  );
});

test('runs from before the log: latencies from histograms, of all clients together', () => {
  const text = mailText(storedRun(twoStrategies().map(withoutLog)));
  assertMail(text);
  assert.match(text, /\nAmean all +(?:9\.99|10\.00) /);
  assert.match(text, /From histograms/);
});

test('hostile names and texts: plain lines still, and a legend says what was renamed', () => {
  const records = ['stock', ...HOSTILE].flatMap((name) => cells(HOSTILE[0], name, [5, 6]));
  const hostileClients = records.map((record, i): CellRecord => {
    const client = HOSTILE[i % HOSTILE.length];
    const cma = { ...record.cma, byClient: { [client]: record.cma.byClient['camera'] } };
    return { ...record, cma, attemptLog: { ...record.attemptLog!, clients: [client] } };
  });
  const reproduce = `cma-stress run '${'ä'.repeat(40)} b'${' --set x=1'.repeat(20)}`;
  const run = storedRun(hostileClients, { reproduce }, { name: HOSTILE[0], about: HOSTILE.join(' ').repeat(3) });
  const text = mailText(run);
  assertMail(text);
  // Two names that are one in ASCII keep apart.
  assert.match(text, /\n {2}S\d+: A\n {2}S\d+: A\n/);
  assert.match(text, /\n {2}S\d+:\s+long-long-/);
  assert.match(text, '<U+5199>');
});

test('a run without results', () => {
  const { id, workload, strategy, kernel, device, seed, settings } = cells('fork-heavy', 'stock', [1])[0];
  const failed = { id, workload, strategy, kernel, device, seed, settings, error: { name: 'Error', message: 'm' } };
  const text = mailText(storedRun([failed as unknown as CellRecord]));
  assertMail(text);
  assert.match(text, '[model] no cell finished');
  assert.match(text, 'failed cell fork-heavy/stock seed 1: Error: m');
});

test('ascii: accents go, other letters are named', () => {
  assert.is(ascii('Überlast – “é” 10 µs × 2\t'), 'Uberlast - "e" 10 us x 2 ');
  assert.is(ascii('写'), '<U+5199>');
});

test('names break behind - and +, and within a word that is too long', () => {
  assert.equal(breakName('keep-until-rescanned', 18), ['keep-until-', 'rescanned']);
  assert.equal(breakName('a+'.repeat(3), 4), ['a+a+', 'a+']);
  assert.equal(breakName('x'.repeat(10), 4), ['xxxx', 'xxxx', 'xx']);
});

test('a broken command line is the same words to a shell', () => {
  const words = [
    'run',
    'a b',
    "it's",
    'ä\u0001ö',
    'x'.repeat(200),
    `${'list-of-things,'.repeat(20)}end`,
    `q ${'y'.repeat(150)}é`,
  ];
  const quoted = words.map((word) => (/^[\w,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  const lines = shellLines(quoted.join(' '));
  for (const line of lines) assert.match(line, /^[ -~]{1,75}$/);
  const shown = execFileSync('bash', ['-c', `printf '%s\\0' ${lines.join('\n')}`], { encoding: 'utf8' });
  assert.equal(shown.split('\0').slice(0, -1), words);
});

test.run();
