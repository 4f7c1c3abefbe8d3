/** The reference on the conformance suites, a bounded fuzz run, and the fuzzer's own eyes: damage that it must see. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseLitmus } from '../litmus/parse.ts';
import type { LitmusTest } from '../../sim/litmus/types.ts';
import { compareActions } from './fuzzCompare.ts';
import { referenceMismatches } from './fuzzConformance.ts';
import { litmusYaml, shorten } from './fuzzReport.ts';
import { fuzzBatch } from './fuzzRun.ts';
import { Memory } from './reference/memory.ts';

const SECONDS = 15;
const FIRST_SEED = 20150415;
const SUITES = ['kernel-3.10-named.json', 'kernel-3.10-random.json'];

function scenarios(): LitmusTest[] {
  return SUITES.flatMap((file) => {
    const url = new URL(`../../../workloads/litmus/conformance/${file}`, import.meta.url);
    const suite = JSON.parse(readFileSync(url, 'utf8')) as {
      scenarios: (Omit<LitmusTest, 'config'> & Partial<LitmusTest>)[];
    };
    return suite.scenarios.map((scenario) => ({ config: {}, ...scenario }));
  });
}

test('the reference meets the conformance suites', () => {
  const skipped: string[] = [];
  for (const scenario of scenarios()) {
    const mismatches = referenceMismatches(scenario);
    if (mismatches === null) skipped.push(scenario.id);
    else assert.equal(mismatches, [], scenario.id);
  }
  // These stop inside an item of ksmd or a migration.
  assert.equal(skipped, ['third-race', 'null-window', 'migration-entry-loss']);
});

test(`${SECONDS} seconds of random scripts: the model and the reference agree after every action`, () => {
  const begun = performance.now();
  let compared = 0;
  for (let seed = FIRST_SEED; performance.now() - begun < SECONDS * 1000; seed++) {
    const batch = fuzzBatch(seed);
    compared += batch.compared;
    if (batch.disagreement !== null) assert.unreachable(litmusYaml(batch.disagreement, seed));
  }
  assert.ok(compared > 1000, `only ${compared} actions were compared`);
});

test('a disagreement is found, shortened to what it takes, and written as a litmus test', () => {
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
    const { disagreement } = compareActions({}, actions);
    assert.ok(disagreement !== null);
    const short = shorten(disagreement);
    assert.equal(
      short.actions.map(({ op }) => op),
      ['proc', 'mmap', 'write', 'munmap', 'drain'],
    );
    assert.match(short.differences.join('\n'), /pages\.a: the reference says .*mapcount/);
    const [located] = parseLitmus(litmusYaml(short, 1), 'fuzz.yaml');
    assert.is(located.test.actions.at(-1)?.op, 'check');
  } finally {
    Memory.prototype.drain = drain;
  }
});

test.run();
