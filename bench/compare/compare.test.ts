/** `compare` over run folders: what the factor is, which cells belong together, and what is refused. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, UsageError } from '../errors.ts';
import { comparisonText } from '../report/comparison.ts';
import { PLAIN } from '../report/terminal.ts';
import { scratchDirectory } from '../testing/command.ts';
import { compareSides } from './compare.ts';
import type { CompareOptions, Comparison } from './compare.ts';
import { openSides } from './sides.ts';
import { cells, finishedRun, workload } from '../testing/finishedRuns.ts';

const test = suite<{ dir: string; remove: () => void }>('compare', { dir: '', remove: () => undefined });

test.before.each((context) => {
  const scratch = scratchDirectory();
  context.dir = scratch.path;
  context.remove = scratch.remove;
});
test.after.each((context) => context.remove());

const MANY = [6, 8, 7, 9, 6, 7, 8, 9];
const FEW = [1, 2, 0, 1, 1, 2, 3, 1];

function compare(words: readonly string[], options: Partial<CompareOptions> = {}): Comparison {
  return compareSides(openSides(words), { factor: null, force: false, baseline: null, failIf: [], ...options });
}

/** What a refusal says, its hint behind it. */
function refusal(words: readonly string[], options: Partial<CompareOptions> = {}): string {
  try {
    compare(words, options);
  } catch (thrown) {
    if (thrown instanceof UsageError) return `${thrown.message}\n${thrown.hint ?? ''}`;
    if (thrown instanceof InputError) return thrown.message;
    throw thrown;
  }
  assert.unreachable();
  return '';
}

/** Two runs of one strategy each, in folders a and b. */
function pair(dir: string, setA: readonly string[], setB: readonly string[], changes = {}): string[] {
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  finishedRun(a, [workload('fork-heavy', setA)], cells('fork-heavy', 'stock', MANY));
  finishedRun(b, [workload('fork-heavy', setB)], cells('fork-heavy', 'stock', FEW, { latencyNs: 12_000_000 }), changes);
  return [a, b];
}

test('two runs that differ in one setting: that is the factor, the first the baseline', ({ dir }) => {
  const { factor, rows, sides } = compare(pair(dir, [], ['ksm.sleep_millisecs=500']));
  assert.equal(factor, { name: 'ksm.sleep_millisecs', values: ['20', '500'], further: [] });
  assert.equal(
    sides.map(({ name }) => name),
    ['a', 'b'],
  );
  const [a, b] = rows;
  assert.is(a.entry.failures, 60);
  assert.is(b.entry.vsBaseline.pairs, 8);
  assert.is(b.entry.vsBaseline.p, 2 / 2 ** 8);
  assert.ok(b.entry.vsBaseline.high < 0);
  assert.ok(Math.abs(b.p99Change! - 0.2) < 1e-3);
});

test('--baseline turns it round', ({ dir }) => {
  const words = pair(dir, [], ['ksm.sleep_millisecs=500']);
  assert.equal(
    compare(words, { baseline: 'b' }).rows.map(({ entry }) => entry.strategy),
    ['b', 'a'],
  );
  assert.match(refusal(words, { baseline: 'bb' }), "--baseline 'bb' is none of the sides");
});

test('the strategies of one run, stock as the baseline, corrected together', ({ dir }) => {
  const path = join(dir, 'run');
  const records = [
    ...cells('fork-heavy', 'root-search', MANY),
    ...cells('fork-heavy', 'stock', MANY),
    ...cells('fork-heavy', 'keep-forever', FEW),
  ];
  finishedRun(path, [workload('fork-heavy')], records);
  const { factor, rows } = compare([path]);
  assert.is(factor.name, 'strategy');
  assert.equal(
    rows.map(({ entry }) => [entry.strategy, entry.vsBaseline.pHolm]),
    [
      ['stock', 1],
      ['root-search', 1],
      ['keep-forever', 4 / 2 ** 8],
    ],
  );
  assert.equal(
    compare([`${path}:keep-forever`, `${path}:stock`]).rows.map(({ entry }) => entry.strategy),
    ['keep-forever', 'stock'],
  );
  assert.match(refusal([`${path}:stock`]), 'one strategy');
  assert.match(refusal([path, path]), 'given twice');
  assert.match(refusal([`${path}:stok`, path]), "did you mean 'stock'?");
});

test('runs of several strategies are matched strategy by strategy; what has no partner is named', ({ dir }) => {
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  const of = (strategies: readonly string[]) => strategies.flatMap((name) => cells('fork-heavy', name, MANY));
  finishedRun(a, [workload('fork-heavy')], of(['stock', 'root-search', 'keep-forever']));
  finishedRun(b, [workload('fork-heavy', ['ksm.pages_to_scan=50'])], of(['root-search', 'stock']));
  const { rows, warnings } = compare([a, b]);
  assert.equal(
    rows.map(({ entry, group }) => [entry.workload, group.strategy, entry.strategy]),
    [
      ['fork-heavy/stock', 'stock', 'a'],
      ['fork-heavy/stock', 'stock', 'b'],
      ['fork-heavy/root-search', 'root-search', 'a'],
      ['fork-heavy/root-search', 'root-search', 'b'],
    ],
  );
  assert.match(warnings.find(({ kind }) => kind === 'left-out')!.message, 'strategy keep-forever of a');
});

test('more than one difference is refused with both values, and passes with --force', ({ dir }) => {
  const words = pair(dir, [], ['ksm.sleep_millisecs=500', 'ksm.pages_to_scan=50']);
  const text = refusal(words);
  assert.match(text, 'differ in 2 things');
  assert.match(text, 'ksm.pages_to_scan: 100 in a, 50 in b');
  assert.match(text, 'ksm.sleep_millisecs: 20 in a, 500 in b');
  assert.match(text, '--factor');
  assert.match(refusal(words, { factor: 'ksm.sleep_millisecs' }), "more than 'ksm.sleep_millisecs'");
  assert.is(compare(words, { factor: 'ksm' }).factor.name, 'ksm');
  const { factor, warnings } = compare(words, { factor: 'ksm.sleep_millisecs', force: true });
  assert.equal(
    factor.further.map(({ name }) => name),
    ['ksm.pages_to_scan'],
  );
  assert.is(warnings[0].kind, 'forced');
});

test('--factor that does not differ is refused', ({ dir }) => {
  const words = pair(dir, [], ['ksm.sleep_millisecs=500']);
  assert.match(refusal(words, { factor: 'kernel' }), 'they differ in ksm.sleep_millisecs');
  assert.match(refusal(words, { factor: 'ksm.sleep_milisecs' }), "did you mean 'ksm.sleep_millisecs'?");
});

test('a difference that no setting names is found in the description', ({ dir }) => {
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  const plain = workload('fork-heavy');
  const larger = workload('fork-heavy', ['memory.cma.default.size=32MB']);
  finishedRun(a, [plain], cells('fork-heavy', 'stock', MANY));
  // As from an edited file: the values are others, nothing was set.
  finishedRun(b, [{ ...larger, settings: plain.settings }], cells('fork-heavy', 'stock', FEW));
  assert.equal(compare([a, b]).factor, { name: 'memory.cma.default.pages', values: ['4096', '8192'], further: [] });
  const path = join(dir, 'c');
  const busier = workload('fork-heavy', ['memory.cma.default.size=32MB', 'cma_clients.drivers.rate=1/s']);
  finishedRun(path, [{ ...busier, settings: plain.settings }], cells('fork-heavy', 'stock', FEW));
  const text = refusal([a, path]);
  assert.match(text, 'memory.cma.default.pages: 4096 in a, 8192 in c');
  assert.match(text, /cma_clients\.drivers\.perSecond: .* in a, 1 in c/);
});

test('a value that was set explains what follows from it; set to what it was, it is no difference', ({ dir }) => {
  const words = pair(dir, [], ['memory.cma.default.size=32MB']);
  assert.equal(compare(words).factor.name, 'memory.cma.default.size');
  const other = join(dir, 'c');
  finishedRun(other, [workload('fork-heavy', ['memory.cma.default.size=16MB'])], cells('fork-heavy', 'stock', MANY));
  const { factor, warnings } = compare([words[0], other]);
  assert.is(factor.name, null);
  assert.is(warnings[0].kind, 'no-difference');
});

test('a value that was set and is one of the description: a difference where the values differ', ({ dir }) => {
  const { factor } = compare(pair(join(dir, 'x'), [], ['ksm.max_page_sharing=64']));
  assert.equal(factor, { name: 'ksm.max_page_sharing', values: ['not set', '64'], further: [] });
  assert.equal(compare(pair(join(dir, 'y'), [], ['cpus=2'])).factor.values, ['4', '2']);
  assert.is(compare(pair(join(dir, 'z'), [], ['cpus=4', 'content_epoch=0 s'])).factor.name, null);
});

test('another device, another kernel: the name stands for what comes with it', ({ dir }) => {
  const words = pair(dir, [], ['kernel=linux-3.10.49']);
  assert.equal(compare(words).factor.values, ['msm-3.10.49', 'linux-3.10.49']);
  const other = join(dir, 'c');
  finishedRun(other, [workload('fork-heavy', ['device=msm8916-512'])], cells('fork-heavy', 'stock', FEW));
  assert.is(compare([words[0], other], { force: true }).factor.name, 'device');
});

test('another model: a difference; another tool with the same model: none', ({ dir }) => {
  assert.is(compare(pair(join(dir, 'x'), [], [], { model: 'n', tool: '0.2.0' })).factor.name, 'version');
  assert.is(compare(pair(join(dir, 'y'), [], ['ksm.run=0'], { tool: '0.2.0' })).factor.name, 'ksm.run');
});

test('workloads of other names match where each run has one', ({ dir }) => {
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  finishedRun(a, [workload('fork-heavy')], cells('fork-heavy', 'stock', MANY));
  finishedRun(b, [workload('fork-free')], cells('fork-free', 'stock', FEW));
  const { factor, rows } = compare([a, b]);
  assert.equal(factor.values, ['fork-heavy', 'fork-free']);
  assert.is(rows[1].entry.vsBaseline.pairs, 8);
  const both = join(dir, 'c');
  finishedRun(
    both,
    [workload('zygote-launch'), workload('fork-free')],
    [...cells('fork-free', 'stock', FEW), ...cells('zygote-launch', 'stock', FEW)],
  );
  assert.match(refusal([a, both]), 'no workload in common');
  assert.match(compare([b, both]).warnings[0].message, 'differ in nothing');
  assert.match(compare([b, both]).warnings[1].message, 'workload zygote-launch of c');
});

test('seeds that only one side has are left out of every number', ({ dir }) => {
  const [a, b, c] = [join(dir, 'a'), join(dir, 'b'), join(dir, 'c')];
  finishedRun(a, [workload('fork-heavy')], cells('fork-heavy', 'stock', MANY));
  finishedRun(b, [workload('fork-heavy', ['ksm.run=0'])], cells('fork-heavy', 'stock', FEW, { firstSeed: 3 }));
  const { rows, warnings } = compare([a, b]);
  assert.equal(
    rows.map(({ entry }) => [entry.seeds, entry.attempts]),
    [
      [6, 300],
      [6, 300],
    ],
  );
  assert.match(warnings[0].message, 'seeds 1, 2, 9, 10 of fork-heavy');
  finishedRun(c, [workload('fork-heavy', ['ksm.run=0'])], cells('fork-heavy', 'stock', FEW, { firstSeed: 30 }));
  assert.match(refusal([a, c]), 'no seed in common');
});

test('runs that are not complete, or were changed since, are refused', ({ dir }) => {
  const words = pair(dir, [], ['ksm.run=0']);
  appendFileSync(join(words[1], 'cells.ndjson'), '{"id":"x"}\n');
  assert.match(refusal(words), 'it was changed since');
  assert.match(refusal([words[0], join(dir, 'nowhere')]), 'there is no run in this directory');
});

test('--fail-if: against the baseline, by the names of the tables', ({ dir }) => {
  const words = pair(dir, [], ['ksm.run=0']);
  const crossed = (text: string) => compare(words, { failIf: [text] }).crossed;
  assert.is(crossed('failure_rate > 5%').length, 1);
  assert.is(crossed('fork-heavy/b:failure_rate > 5%').length, 0);
  assert.equal(
    crossed('p99_latency regresses 10%').map(({ strategy }) => strategy),
    ['b'],
  );
  assert.is(crossed('failure_rate regresses 0%').length, 0);
  assert.match(refusal(words, { failIf: ['fork-heavy/stock:failure_rate>0'] }), "strategy 'stock' is not part");
});

test('the text: what differs, tables with the baseline first, one sentence each', ({ dir }) => {
  const words = pair(dir, [], ['ksm.sleep_millisecs=500']);
  const text = comparisonText(compare(words, { failIf: ['p99_latency regresses 10%'] }), PLAIN);
  assert.match(text, 'what differs: ksm.sleep_millisecs, 20 in a, 500 in b');
  assert.match(text, /^a +15\.0 \[\S+, \S+\] +baseline$/m);
  assert.match(text, /^b +2\.8 \[\S+, \S+\] +-12\.3 \[-\S+, -\S+\] +0\.0078 +0\.0078 +-1\.00$/m);
  assert.match(text, 'b fails less often than a, 2.8 % against 15.0 % (p = 0.0078).');
  assert.match(text, 'b has 12.0 ms against 10.0 ms');
  assert.match(text, /^[\x0A\x20-\x7E]*$/);
});

test('the same comparison gives the same bytes', ({ dir }) => {
  const words = pair(dir, [], ['ksm.run=0']);
  assert.is(JSON.stringify(compare(words).rows), JSON.stringify(compare(words).rows));
});

test.run();
