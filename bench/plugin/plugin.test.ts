/** Bundles, hashes, refusals, and places in a plug-in's own files. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError, PluginError } from '../errors.ts';
import { loadWorkload, planCells } from '../plan/index.ts';
import runInWorker from '../run/worker.ts';
import { scratchDirectory, suiteInScratch } from '../testing/command.ts';
import { pluginText, write } from '../testing/plugins.ts';
import { StrategyError } from '../../sim/index.ts';
import { checkRecorded, chooseStrategies, loadPlugin } from './choose.ts';
import { strategiesOf } from './evaluate.ts';
import { blame } from './failure.ts';
import { partsOf } from './parts.ts';
import type { Plugin } from './types.ts';

const test = suiteInScratch('plug-in');

const HELPED = `import { NONE, defineStrategy, type StrategyHooks } from 'cma-stress';
import { cost } from './lib/cost.ts';

interface Kept { readonly nothing: number }
const kept: Kept = { nothing: NONE };

export default defineStrategy({
  name: 'helped',
  group: 'ksm',
  about: 'a',
  origin: 'o',
  claims: [],
  costs: 'c',
  attach: (): StrategyHooks => ({ forked: (parent: number) => cost(parent, kept.nothing) }),
});
`;
const COST = `/** Throws for child 7. */
export function cost(parent: number, nothing: number): number {
  if (parent === 7) throw new Error('seven');
  return nothing - nothing;
}
`;

function helped(folder: string, file: string): Promise<Plugin> {
  write(folder, 'lib/cost.ts', COST);
  return loadPlugin(write(folder, file, HELPED));
}

test('types, comments and relative imports: one script, the same hash wherever it lies and whatever it is called', async ({
  dir,
}) => {
  const one = await helped(join(dir, 'one'), 'helped.ts');
  write(join(dir, 'deep/er'), 'tsconfig.json', '{ "compilerOptions": { "target": "es5" } }');
  const two = await helped(join(dir, 'deep/er'), 'other-name.ts');
  assert.is(one.name, 'helped');
  assert.is(one.hash, two.hash);
  assert.match(one.hash, /^[0-9a-f]{64}$/);
  const { code, map } = partsOf(one.source);
  assert.not.match(code, /\bimport\b.*from|\/\/ |helped\.ts/);
  assert.not.match(map, dir, 'no path of this machine');
  write(join(dir, 'one'), 'helped.ts', HELPED.replaceAll('  ', '    ').replace('interface', '// a comment\ninterface'));
  assert.is((await loadPlugin(join(dir, 'one/helped.ts'))).hash, one.hash, 'nor how it is formatted');
  write(join(dir, 'one'), 'lib/cost.ts', COST.replaceAll('7', '8'));
  assert.is.not((await loadPlugin(join(dir, 'one/helped.ts'))).hash, one.hash);
});

test('an exception is placed exactly, in whatever file of the plug-in it was thrown', async ({ dir }) => {
  const folder = join(dir, 'place');
  const plugin = await helped(folder, 'helped.ts');
  const [strategy] = strategiesOf([plugin]);
  try {
    strategy.attach!({} as never).forked!(7, 0);
    assert.unreachable();
  } catch (thrown) {
    const error = blame(thrown, [plugin]);
    assert.instance(error, PluginError);
    // `new` in line 3 of the helper.
    assert.is((error as Error).message, `${join(folder, 'lib/cost.ts')}:3:27: plug-in helped, forked: Error: seven`);
  }
});

test('nonsense is placed at the function that returned it', async ({ dir }) => {
  const text = pluginText('silly', { attach: '() => ({\n    forked: () => NaN,\n  })' });
  const plugin = await loadPlugin(write(dir, 'silly.ts', text));
  const [strategy] = strategiesOf([plugin]);
  try {
    strategy.attach!({} as never).forked!(7, 0);
    assert.unreachable();
  } catch (thrown) {
    assert.instance(thrown, StrategyError);
    assert.match((blame(thrown, [plugin]) as Error).message, 'silly.ts:10:13: plug-in silly, forked: returned NaN');
  }
});

test('an error of the model under a plug-in is told as what it may be', () => {
  const plugin = { name: 'p', file: './p.ts', source: '', hash: '' };
  const broken = Object.assign(new Error('page 7: count 1, found 2'), { name: 'InvariantError' });
  const error = blame(broken, [plugin]) as Error;
  assert.is(error.name, 'PluginError');
  assert.match(error.message, 'with plug-in p (./p.ts): InvariantError: page 7: count 1, found 2; the plug-in may be');
  assert.is(blame(broken, []), broken);
});

/** File, and line:column: message of what is refused. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['syntax', 'const a = 1;\nexport default { name: ;', ':2:24: plug-in: Unexpected ";"'],
  ['package', "import lodash from 'lodash';\nexport default lodash;", ":1:20: plug-in: 'lodash' cannot be imported"],
  ['Node', "import fs from 'node:fs';\nexport default fs;", ":1:16: plug-in: 'node:fs' cannot be imported"],
  ['dynamic', "export default () => import('./x.ts');", ':1:29: plug-in: only plain imports are bundled, not dynamic'],
  ['require', "export default require('fs');", ':1:24: plug-in: only plain imports are bundled, not require-call'],
  ['computed', 'export default (x: string) => import(x);', ': plug-in: imports a path that is made up as it runs'],
  ['missing', "import x from './gone.ts';\nexport default x;", ':1:15: plug-in: Could not resolve "./gone.ts"'],
  ['no export', "import { nope } from 'cma-stress';\nexport default nope;", ':1:10: plug-in: No matching export in'],
  ['eval', "export default eval('1');", ':1:16: plug-in: Using direct eval'],
  ['top-level await', 'export default await 1;', ':1:16: plug-in: Top-level await'],
  ['no default', 'export const a = 1;', ': plug-in: the default export is no strategy'],
  ['throws', "throw new Error('at load');\nexport default 1;", ':1:7: plug-in: Error: at load'],
  ['name', pluginText('Bad Name'), ':3:3: plug-in: name: expected small letters'],
  ['built-in', pluginText('stock'), ':3:3: plug-in: name: `stock` is a strategy that comes with the tool'],
  ['claim', pluginText('a', { claims: "['B1', 'B9']" }), ':7:18: plug-in: claims: unknown cause `B9`'],
  ['unknown', pluginText('a', { claims: "['unknown']" }), ':7:12: plug-in: claims: unknown cause `unknown`'],
  ['group', pluginText('a', { group: "'kms'" }), ':4:3: plug-in: group: expected one of ksm, scan, cma'],
  ['text', pluginText('a', { about: "''" }), ':5:3: plug-in: about: expected one line of text'],
  ['attach', pluginText('a', { attach: '{}' }), ':9:3: plug-in: attach: expected a function'],
  ['field', pluginText('a', { atach: '() => ({})' }), ':9:3: plug-in: unknown field `atach`; did you mean `attach`?'],
];
for (const [what, text, message] of REFUSED) {
  test(`refused: ${what}`, async ({ dir }) => {
    const file = write(dir, `refused.ts`, text);
    try {
      await loadPlugin(file);
      assert.unreachable();
    } catch (thrown) {
      assert.instance(thrown, InputError);
      assert.match((thrown as Error).message, `${file}${message}`);
    }
  });
}

for (const [use, message] of [
  ['Math.random()', 'Math.random: results must be the same each time'],
  ['Math.exp(1)', 'Math.exp: engines may round it differently'],
  ['Date.now()', 'Date: results must be the same'],
  ['new Date()', 'Date'],
  ['performance.now()', 'performance'],
  ['process.env', 'process'],
  ['globalThis.Date', 'globalThis'],
  ['setTimeout(() => 1, 1)', 'setTimeout'],
  ["new Function('return 1')()", 'Function'],
] as const) {
  test(`refused as it runs: ${use}`, async ({ dir }) => {
    const file = write(dir, 'impure.js', `const value = ${use};\n${pluginText('impure', { about: 'String(value)' })}`);
    try {
      await loadPlugin(file);
      assert.unreachable();
    } catch (thrown) {
      assert.match((thrown as Error).message, `impure.js:1:`);
      assert.match((thrown as Error).message, `plug-in: Error: a plug-in cannot use ${message}`);
    }
  });
}

test('what is exact of Math is there, and names of its own may be those of globals', async ({ dir }) => {
  const text = `const Date = Math.max(1, Math.floor(Math.PI));\n${pluginText('own-names', { costs: 'String(Date)' })}`;
  const plugin = await loadPlugin(write(dir, 'own-names.mjs', text));
  assert.is(strategiesOf([plugin])[0].costs, '3');
});

test('what a file keeps at its top is new each time', async ({ dir }) => {
  const text = `let n = 0;\n${pluginText('top', { attach: '() => ({ forked: () => ++n })' })}`;
  const plugin = await loadPlugin(write(dir, 'top.ts', text));
  for (let i = 0; i < 2; i++) assert.is(strategiesOf([plugin])[0].attach!({} as never).forked!(0, 1), 1);
});

test('a list: files beside names, each loaded once', async ({ dir }) => {
  const a = write(dir, 'list/a.ts', pluginText('aa'));
  const b = write(dir, 'list/b.js', pluginText('bb'));
  const { strategies, plugins } = await chooseStrategies(`stock, ${a},root-search+${a}+${b}`);
  assert.equal(strategies, ['stock', 'aa', 'root-search+aa+bb']);
  assert.equal(
    plugins.map(({ name }) => name),
    ['aa', 'bb'],
  );
});

test('a job is all that a worker needs; its record names the plug-in by hash', async () => {
  const folder = scratchDirectory();
  const plugin = await helped(folder.path, 'helped.ts');
  folder.remove();
  const workload = loadWorkload('fork-heavy', { set: [], durationNs: 1e9, quick: true });
  const plan = (plugins: readonly Plugin[], strategies: readonly string[]) =>
    planCells({ workloads: [workload], strategies, plugins, seeds: 1, firstSeed: 1, auditEveryNs: 0 });
  const [stock, cell] = plan([plugin], ['stock', 'helped']);
  assert.is(stock.plugins, undefined);
  assert.is(stock.id, plan([], ['stock'])[0].id, 'cells without a plug-in are what they were');
  const moved = { ...plugin, file: 'elsewhere.ts', source: '' };
  assert.is(plan([moved], ['helped'])[0].id, cell.id, 'the path does not matter');
  assert.is.not(plan([{ ...plugin, hash: 'other' }], ['helped'])[0].id, cell.id);
  const reply = runInWorker(structuredClone(cell));
  if (!reply.ok) throw new Error(reply.error.message);
  assert.equal(reply.record.plugins, [{ name: 'helped', hash: plugin.hash }]);
  assert.is(reply.record.strategy, 'helped');
});

test('a recorded source that was changed is refused', async ({ dir }) => {
  const plugin = await loadPlugin(write(dir, 'recorded.ts', pluginText('recorded')));
  checkRecorded([plugin], 'run.json');
  const changed = { ...plugin, source: plugin.source.replace('about it', 'about that') };
  assert.throws(() => checkRecorded([changed], 'run.json'), 'run.json: plugins: the source of recorded is not the one');
});

test.run();
