/** The scripts of the tool under the strategies for KSM: causes, verdicts, witnesses, claims, and the page in docs. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shippedScripts } from '../cli/explore.ts';
import { litmusYaml } from './writeYaml.ts';
import { MATRIX_STRATEGIES, matrixPage, PAGE_COMMAND } from '../report/exploreMatrix.ts';
import { runLitmus, strategies } from '../../sim/index.ts';
import type { WindowCause } from '../../sim/index.ts';
import { exploreAll } from './explore.ts';
import type { Explored } from './explore.ts';
import { parseLitmus, readLitmusFile } from './parse.ts';

const test = suite<{ explored: Explored[] }>('shipped explorations', { explored: [] });

test.before(async (context) => {
  const silent = { begin: () => undefined, update: () => undefined, stop: () => undefined };
  const { signal } = new AbortController();
  const settings = { maxStates: 2_000_000, reduce: true, audit: false, progress: silent, signal };
  const tests = shippedScripts().flatMap((file) => readLitmusFile(file));
  context.explored = (await exploreAll(tests, MATRIX_STRATEGIES, settings))!;
});

test('each script says what it shows, and every cause has one', ({ explored }) => {
  const causes = new Set<unknown>();
  for (const { located } of explored) {
    assert.type(located.test.explore?.cause, 'string', located.test.id);
    assert.type(located.test.explore?.verdict, 'string', located.test.id);
    causes.add(located.test.explore?.cause);
  }
  assert.equal([...causes].sort(), ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6']);
});

test('under stock each shows its own cause and verdict, and leaks nothing', ({ explored }) => {
  const stock = explored.filter(({ strategy }) => strategy === 'stock');
  for (const { located, result } of stock) {
    const { cause, verdict } = located.test.explore!;
    assert.ok(result.complete, result.script);
    assert.ok(result.causes[cause as WindowCause] !== undefined, `${result.script} shows no ${cause!}`);
    assert.is(result.verdict, verdict, result.script);
    assert.is(result.leaked, false, result.script);
  }
});

test('every witness, written as a file and read again, runs by itself', ({ explored }) => {
  for (const { strategy, result } of explored) {
    if (result.witness === null) continue;
    const [read] = parseLitmus(litmusYaml(result.witness), 'witness.yaml');
    const { mismatches } = runLitmus(read.test, { strategies: [strategy], step: false });
    assert.equal(mismatches, [], `${result.script} under ${strategy}`);
    const last = read.test.actions.at(-1)!;
    assert.is(last.op, 'probe');
    assert.ok((last['expect'] as { left: number }).left > 0, 'it shows what is unfindable');
  }
});

test('a strategy closes the windows that it claims to close, on every script of that cause', ({ explored }) => {
  for (const { name, claims } of strategies) {
    for (const cause of claims) {
      const asked = explored.filter((one) => one.strategy === name && one.located.test.explore?.cause === cause);
      for (const { result } of asked) {
        assert.is(result.causes[cause as WindowCause], undefined, `${name} claims ${cause}: ${result.script}`);
      }
    }
  }
});

test('keep-forever leaks wherever a cover is left, keep-until-rescanned nowhere', ({ explored }) => {
  const leaking = (name: string) => explored.filter((one) => one.strategy === name && one.result.leaked);
  assert.ok(leaking('keep-forever').length >= 10);
  assert.equal(leaking('keep-until-rescanned'), []);
});

test('docs/explore.md is what the command writes', ({ explored }) => {
  const page = readFileSync(new URL('../../../docs/explore.md', import.meta.url), 'utf8');
  assert.is(matrixPage(explored, PAGE_COMMAND), page);
});

test.run();
