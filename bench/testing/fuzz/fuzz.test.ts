/** The reference on the conformance suites, and bounded fuzz runs: the same scripts on every machine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from '../../../sim/litmus/interpreter.ts';
import type { LitmusTest } from '../../../sim/litmus/types.ts';
import { parseLitmus } from '../../litmus/parse.ts';
import { compareActions } from './compare.ts';
import { referenceMismatches } from './conformance.ts';
import { Coverage } from './coverage.ts';
import { fuzzOptions } from './options.ts';
import { litmusYaml, shorten } from './report.ts';
import { CONFIG_6_1, fuzzBatch } from './run.ts';
import { conformanceTests, shippedTests } from '../litmusTests.ts';
import { Memory } from './reference/memory.ts';

const FIRST_SEED = 20150415;
/** Batches beside the reference, about half a minute on a slow core. */
const STOCK_BATCHES = 130;
/** Batches for each of the others, whose invariants are held. */
const BATCHES = 16;
const STRATEGIES = [
  'page-anon-vma',
  'root-search',
  'keep-until-rescanned',
  'keep-forever',
  'page-anon-vma+root-search+keep-until-rescanned',
  'heir-items',
  'heir-items+smart-scan+defer-new-mm',
  'eager-fork-items+null-repair',
  'ksm-outside-cma+targeted-rescan',
];
const STOCK = { strategies: ['stock'], config: {} };

/** Those that the reference can run: it knows 3.10 only, and stops by name, not by number of steps. */
function scripts(): LitmusTest[] {
  const hasSteps = ({ actions }: LitmusTest): boolean => actions.some(({ op }) => op.endsWith('_step'));
  const shipped = shippedTests().filter((one) => one.config.kernel === undefined && !hasSteps(one));
  return [...conformanceTests(), ...shipped];
}

test('the reference meets the conformance suites and the litmus files that come with the tool', () => {
  const tests = scripts();
  for (const one of tests) assert.equal(referenceMismatches(one), [], one.id);
  assert.ok(tests.length > 48, 'both were read');
});

test(`${STOCK_BATCHES} batches of random scripts: the model and the reference agree after every action`, () => {
  const coverage = new Coverage();
  let compared = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + STOCK_BATCHES; seed++) {
    const batch = fuzzBatch(seed, ['stock'], coverage);
    compared += batch.compared;
    if (batch.disagreement !== null) assert.unreachable(litmusYaml(batch.disagreement, seed));
  }
  assert.ok(compared > 150_000, `only ${compared} actions were compared`);
  // Agreement about what never occurs would mean nothing.
  assert.equal(coverage.missing(10), [], coverage.lines().join('\n'));
});

for (const [i, combination] of STRATEGIES.entries()) {
  test(`${BATCHES} batches under ${combination}: invariants and claims hold, every walk finds what it should`, () => {
    const first = FIRST_SEED + STOCK_BATCHES + i * BATCHES;
    const coverage = new Coverage();
    let compared = 0;
    for (let seed = first; seed < first + BATCHES; seed++) {
      const batch = fuzzBatch(seed, combination.split('+'), coverage);
      compared += batch.compared;
      if (batch.disagreement !== null) assert.unreachable(litmusYaml(batch.disagreement, seed));
    }
    assert.ok(compared > 10_000, `only ${compared} actions were performed`);
    if (combination.includes('keep')) assert.ok(coverage.scriptsWith('kept item') >= 10, 'hardly an item was kept');
  });
}

test(`${2 * BATCHES} batches under Linux 6.1: every invariant holds, every walk finds what it should`, () => {
  const first = FIRST_SEED + STOCK_BATCHES + STRATEGIES.length * BATCHES;
  const coverage = new Coverage();
  let compared = 0;
  for (let seed = first; seed < first + 2 * BATCHES; seed++) {
    const batch = fuzzBatch(seed, ['stock'], coverage, CONFIG_6_1);
    compared += batch.compared;
    if (batch.disagreement !== null) assert.unreachable(litmusYaml(batch.disagreement, seed));
  }
  assert.ok(compared > 20_000, `only ${compared} actions were performed`);
  assert.ok(coverage.scriptsWith('stable node chain') >= 10, 'hardly a content had two stable nodes');
});

test('a disagreement is found, shortened to what it takes, and written as a litmus test that fails with it', () => {
  // A reference that forgets drains.
  const { drain } = Memory.prototype as { drain: (this: Memory) => void };
  Memory.prototype.drain = () => undefined;
  try {
    const actions = [
      { op: 'proc', p: 'P' },
      { op: 'proc', p: 'Q' },
      { op: 'mmap', p: 'P', start: 16, n: 3 },
      { op: 'write', p: 'P', at: 16, data: 'A', page: 'a' },
      { op: 'write', p: 'P', at: 17, data: 'A', page: 'b' },
      { op: 'munmap', p: 'P', start: 16, n: 1 },
      { op: 'drain' },
      { op: 'pass', count: 2 },
    ];
    const { disagreement } = compareActions(STOCK, actions);
    assert.ok(disagreement !== null);
    const short = shorten(disagreement);
    assert.equal(
      short.actions.map(({ op }) => op),
      ['proc', 'mmap', 'write', 'munmap', 'drain'],
    );
    assert.match(short.differences.join('\n'), /pages\.a: the reference says .*mapcount/);
    const [located] = parseLitmus(litmusYaml(short, 1), 'fuzz.yaml');
    const { ok, mismatches } = runLitmus(located.test, { strategies: ['stock'], step: false });
    assert.not(ok);
    assert.equal(
      mismatches.map(({ op, path }) => [op, path]),
      [['check', 'pages.a']],
    );
  } finally {
    Memory.prototype.drain = drain;
  }
});

test('options: the time bounds a run unless the number of batches does; what is wrong is named', () => {
  const only = (...args: string[]) => {
    const { runs, seconds } = fuzzOptions(args)!;
    return [runs, seconds];
  };
  assert.equal(only(), [Infinity, 60]);
  assert.equal(only('--runs', '3'), [3, Infinity]);
  assert.equal(only('--runs', '3', '--seconds', '2'), [3, 2]);
  assert.is(fuzzOptions(['--help']), null);
  assert.equal(fuzzOptions(['--strategy', 'root-search+page-anon-vma'])?.strategies, ['root-search', 'page-anon-vma']);
  assert.throws(() => fuzzOptions(['--runs', '0']), /--runs/);
  assert.throws(() => fuzzOptions(['--seed', 'x']), /--seed/);
  assert.throws(() => fuzzOptions(['--strategy', 'nope']), /nope/);
  assert.throws(() => fuzzOptions(['--sed', '1']), /sed/);
});

test.run();
