/** Each import rule of `.dependency-cruiser.js` is broken once, in a house of a few empty rooms, and must say so. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ruleNames, violationsIn } from './imports.ts';

/** Rule, who breaks it, and with an import of what: a file of the house, or a package. */
const BROKEN: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['sim-stands-alone', 'sim/load/reader.ts', 'node:fs'],
  ['sim-stands-alone', 'sim/clock/reader.ts', 'library'],
  ['sim-tests-stand-alone', 'sim/load/reader.test.ts', 'bench/run/execute.ts'],
  ['sim-by-its-face', 'bench/run/deep.ts', 'sim/device.ts'],
  ['kernel-knows-the-kernel', 'sim/ksm/curious.ts', 'sim/truth/ledger.ts'],
  ['kernel-knows-the-kernel', 'sim/memory/curious.ts', 'sim/watch/watch.ts'],
  ['kernel-knows-hooks-not-fixes', 'sim/cma/partial.ts', 'sim/strategies/retry.ts'],
  ['memory-below-process-ksm-migrate-cma', 'sim/memory/tall.ts', 'sim/process/vmas.ts'],
  ['process-below-ksm-migrate-cma', 'sim/process/tall.ts', 'sim/ksm/curious.ts'],
  ['ksm-below-migrate-cma', 'sim/ksm/tall.ts', 'sim/cma/partial.ts'],
  ['migrate-below-cma', 'sim/migrate/tall.ts', 'sim/cma/partial.ts'],
  ['truth-steers-nothing', 'sim/strategies/clairvoyant.ts', 'sim/truth/ledger.ts'],
  ['truth-steers-nothing', 'sim/load/clairvoyant.ts', 'sim/truth/ledger.ts'],
  ['nothing-rests-on-tools', 'sim/load/scripted.ts', 'sim/litmus/interpreter.ts'],
  ['command-line-on-top', 'bench/run/asking.ts', 'bench/cli/options.ts'],
  ['library-for-others', 'bench/run/roundabout.ts', 'bench/api/index.ts'],
  ['plan-at-the-bottom', 'bench/plan/hasty.ts', 'bench/run/execute.ts'],
  ['stats-compute', 'bench/stats/proud.ts', 'bench/report/table.ts'],
  ['run-below-reports', 'bench/run/proud.ts', 'bench/report/markdown.ts'],
  ['shared-rooms-below-commands', 'bench/report/tuned.ts', 'bench/tune/search.ts'],
  ['commands-apart', 'bench/tune/borrowed.ts', 'bench/queue/keys.ts'],
  ['tests-stay-tests', 'bench/run/lazy.ts', 'bench/testing/plans.ts'],
  ['shipped-with-its-packages', 'bench/run/lavish.ts', 'tool'],
  ['examples-as-users-write-them', 'docs/examples/insider.ts', 'bench/run/execute.ts'],
  ['no-orphans', 'bench/testing/forgotten.ts', ''],
  ['no-dead-modules', 'bench/run/unused.ts', ''],
];

/** Two files that import each other; of the second pair only types. Either may be the one that is reported. */
const CYCLES: readonly (readonly [rule: string, one: string, other: string, what: string])[] = [
  ['no-cycles', 'bench/tune/search.ts', 'bench/tune/goal.ts', ''],
  ['no-knots', 'bench/stats/standing.ts', 'bench/run/rounds.ts', 'type {} from '],
];

/** What is fine: none of it may be reported. */
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['bench/cli/main.ts', 'bench/run/execute.ts'],
  ['bench/run/execute.ts', 'sim/index.ts'],
  ['sim/index.ts', 'sim/device.ts'],
  ['sim/device.ts', 'sim/kernel.ts'],
  ['sim/kernel.ts', 'sim/truth/ledger.ts'],
  ['sim/truth/ledger.ts', 'sim/process/vmas.ts'],
  ['sim/cma/retry.ts', 'sim/strategies/strategy.ts'],
  ['bench/testing/fuzz/main.ts', 'sim/device.ts'],
];

const PACKAGE = { name: 'house', dependencies: { library: '1.0.0' }, devDependencies: { tool: '1.0.0' } };

/** The house in `root`: each file with its imports, those that are only imported with none. */
function build(root: string): void {
  const files = new Map<string, string>([['package.json', JSON.stringify(PACKAGE)]]);
  for (const name of ['library', 'tool']) files.set(`node_modules/${name}/index.js`, '');
  const add = (from: string, to: string, what = ''): void => {
    const text = files.get(from) ?? '';
    files.set(from, to === '' ? text : `${text}import ${what}'${isFile(to) ? upAndDown(from, to) : to}';\n`);
    if (isFile(to)) files.set(to, files.get(to) ?? '');
  };
  for (const [, from, to] of BROKEN) add(from, to);
  for (const [from, to] of ALLOWED) add(from, to);
  for (const [, one, other, what] of CYCLES) {
    add(one, other, what);
    add(other, one, what);
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

function isFile(name: string): boolean {
  return name.endsWith('.ts');
}

/** `to` as `from` imports it. */
function upAndDown(from: string, to: string): string {
  return `${'../'.repeat(from.split('/').length - 1)}${to}`;
}

const root = mkdtempSync(join(tmpdir(), 'cma-stress-imports-'));
build(root);
const found = await violationsIn(root);
rmSync(root, { recursive: true });

test('every rule has an import here that breaks it', () => {
  const tried = new Set([...BROKEN, ...CYCLES].map(([rule]) => rule));
  assert.equal([...tried].sort(), [...ruleNames()].sort());
});

const reportedBy = (rule: string): readonly string[] =>
  found.filter((one) => one.rule === rule).map(({ from }) => from);

test('an import that breaks a rule is reported', () => {
  for (const [rule, from, to] of BROKEN)
    assert.ok(reportedBy(rule).includes(from), `${rule} lets ${from} pass${to === '' ? '' : `, which imports ${to}`}`);
  for (const [rule, one, other] of CYCLES)
    assert.ok(
      reportedBy(rule).some((from) => from === one || from === other),
      `${rule} lets ${one} and ${other} pass`,
    );
});

test('what is allowed is not reported', () => {
  for (const [from, to] of ALLOWED) {
    const reported = found.filter((violation) => violation.from === from && violation.to === to);
    assert.equal(reported, [], `${from} may import ${to}`);
  }
});

test.run();
