/** Plug-ins as their user meets them: init, run, litmus, explore, list, and everything that can be wrong. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { RunManifest } from '../run/folder.ts';
import type { RunDocument } from '../run/document.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { pluginText, write } from '../testing/plugins.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const SCRIPT = fileURLToPath(new URL('../../../workloads/litmus/explore/b1-cow.yaml', import.meta.url));
const TINY = ['run', './tiny.yaml', '--no-report', '--duration', '2s', '--seeds', '1', '--threads', '1'];

const test = suiteInScratch('plug-in');

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

const THROWS = pluginText('throws', {
  attach: "() => ({\n    forked: () => {\n      throw new Error('boom');\n    },\n  })",
});

test('init writes a strategy that works, and never over another file', async ({ dir }) => {
  const made = await command(['init', 'strategy', 'my-fix'], dir);
  assert.is(made.code, 0, made.stderr);
  assert.match(made.stdout, 'wrote my-fix.ts');
  assert.match(made.stdout, '--strategy stock,./my-fix.ts');
  assert.match(readFileSync(join(dir, 'my-fix.ts'), 'utf8'), "name: 'my-fix'");
  const again = await command(['init', 'strategy', 'my-fix'], dir);
  assert.is(again.code, 2);
  assert.match(again.stderr, 'my-fix.ts is there already');
  const js = await command(['init', 'strategy', 'other', '--out', 'fixes', '--js'], dir);
  assert.is(js.code, 0, js.stderr);
  assert.match(readFileSync(join(dir, 'fixes/other.js'), 'utf8'), './other.js');
  for (const name of ['stock', 'Bad', '../up'])
    assert.is((await command(['init', 'strategy', name], dir)).code, 2, name);
});

test('run: files, combinations and names side by side; the same digest on any number of threads', async ({ dir }) => {
  write(dir, 'lib/cost.ts', 'export const cost = (n: number): number => n;\n');
  const helped = pluginText('helped', { attach: '() => ({ forked: () => cost(5) })' });
  write(dir, 'helped.ts', `import { cost } from './lib/cost.ts';\n${helped}`);
  const list = 'keep-until-rescanned,./my-fix.ts,root-search+./helped.ts,fixes/other.js';
  const digests: string[] = [];
  for (const threads of ['1', '2']) {
    const words = [...TINY, '--strategy', list, '--threads', threads, '--out', `t${threads}`, '--json'];
    const { code, stdout, stderr } = await command(words, dir);
    assert.is(code, 0, stderr);
    const document = JSON.parse(stdout) as RunDocument;
    digests.push(document.digest);
    assert.equal(
      document.cells.map(({ strategy, plugins }) => [strategy, plugins?.map(({ name }) => name)]),
      [
        ['keep-until-rescanned', undefined],
        ['my-fix', ['my-fix']],
        ['root-search+helped', ['helped']],
        ['other', ['other']],
      ],
    );
    assert.equal(
      document.plugins?.map(({ name, file }) => [name, file]),
      [
        ['my-fix', './my-fix.ts'],
        ['helped', './helped.ts'],
        ['other', 'fixes/other.js'],
      ],
    );
    const [builtIn, own] = document.cells;
    assert.equal(own.counts, builtIn.counts, 'the template does what the built-in strategy does');
  }
  assert.is(digests[0], digests[1]);
});

test('an error in a hook fails the cell, with file, line and column; the others go on', async ({ dir }) => {
  write(dir, 'throws.ts', THROWS);
  const words = [...TINY, '--strategy', 'stock,./throws.ts', '--out', 'thrown', '--json'];
  const { code, stdout, stderr } = await command(words, dir);
  assert.is(code, 4, stderr);
  const { cells, failedCells } = JSON.parse(stdout) as RunDocument;
  assert.is(cells.length, 1);
  assert.is(failedCells[0].attempts, 2);
  assert.equal(failedCells[0].error, {
    name: 'PluginError',
    message: './throws.ts:11:13: plug-in throws, forked: Error: boom',
  });
  assert.not.match(stderr, 'fault of');
  assert.match(readFileSync(join(dir, 'thrown/errors.txt'), 'utf8'), 'Error: boom');
});

test('a broken invariant under a plug-in is no fault of the model', async ({ dir }) => {
  // A reference too many on every frame that a forked child maps.
  const attach = '({ frames }) => ({ forked: () => { frames.count.fill(9); return 0; } })';
  write(dir, 'breaks.ts', pluginText('breaks', { attach }));
  const words = [...TINY, '--strategy', './breaks.ts', '--audit', '--out', 'broken', '--json'];
  const { code, stderr } = await command(words, dir);
  assert.is(code, 4, stderr);
  assert.match(stderr, 'PluginError: with plug-in breaks (./breaks.ts): ');
  assert.match(stderr, 'the plug-in may be the cause');
});

test('a device that makes no sense', async ({ dir }) => {
  write(dir, 'device.ts', pluginText('device', { device: '(device) => ({ ...device, hz: NaN })' }));
  const { code, stderr } = await command([...TINY, '--strategy', './device.ts', '--out', 'device', '--json'], dir);
  assert.is(code, 4, stderr);
  assert.match(stderr, './device.ts:9:12: plug-in device, device: returned NaN for hz');
});

test('--resume runs what was recorded, and says when the file is another one or gone', async ({ dir }) => {
  write(dir, 'resumed.ts', THROWS.replace('throws', 'resumed'));
  const words = [...TINY, '--strategy', 'stock,./resumed.ts', '--out', 'resumed'];
  assert.is((await command(words, dir)).code, 4);
  const manifest = JSON.parse(readFileSync(join(dir, 'resumed/run.json'), 'utf8')) as RunManifest;
  const [{ name, file, hash, source }] = manifest.plugins!;
  assert.equal([name, file, hash.length, source.includes('boom')], ['resumed', './resumed.ts', 64, true]);
  const same = await command(['run', '--resume', 'resumed', '--no-report'], dir);
  assert.is(same.code, 4);
  assert.not.match(same.stderr, 'warning');
  write(dir, 'resumed.ts', pluginText('resumed'));
  const changed = await command(['run', '--resume', 'resumed', '--no-report'], dir);
  assert.is(changed.code, 4, 'the recorded source fails as before');
  assert.match(changed.stderr, 'warning: plug-in resumed: ./resumed.ts was changed since');
  rmSync(join(dir, 'resumed.ts'));
  const gone = await command(['run', '--resume', 'resumed', '--no-report'], dir);
  assert.is(gone.code, 4);
  assert.match(gone.stderr, 'warning: plug-in resumed: ./resumed.ts cannot be read here');
});

test('litmus, and explore with the claim of the template', async ({ dir }) => {
  const step = await command(['litmus', SCRIPT, '--step', '--strategy', './my-fix.ts', '--json'], dir);
  assert.is(step.code, 0, step.stderr);
  assert.match(step.stdout, '"strategy":"my-fix"');
  const explored = await command(
    ['litmus', 'explore', SCRIPT, '--strategy', 'stock,./my-fix.ts,root-search+./my-fix.ts', '--json'],
    dir,
  );
  assert.is(explored.code, 0, explored.stderr);
  const { explorations } = JSON.parse(explored.stdout) as { explorations: { strategy: string; verdict: string }[] };
  assert.equal(
    explorations.map(({ strategy, verdict }) => [strategy, verdict]),
    [
      ['stock', 'bounded'],
      ['my-fix', 'never'],
      ['root-search+my-fix', 'never'],
    ],
  );
});

test('explore: an error in a hook, and a strategy that forgets to name what it remembers', async ({ dir }) => {
  write(dir, 'throws.ts', THROWS);
  const thrown = await command(['litmus', 'explore', SCRIPT, '--strategy', './throws.ts'], dir);
  assert.is(thrown.code, 4, thrown.stderr);
  assert.is(thrown.stdout, '');
  assert.match(thrown.stderr, /^\.\/throws\.ts:11:13: plug-in throws, forked: Error: boom$/m);
  const template = readFileSync(join(dir, 'my-fix.ts'), 'utf8');
  write(dir, 'forgets.ts', template.replace(/^ *(?:registers|itemState):.*$/gm, '').replace("'my-fix'", "'forgets'"));
  const forgets = await command(['litmus', 'explore', SCRIPT, '--strategy', './forgets.ts'], dir);
  assert.is(forgets.code, 4, forgets.stdout);
  assert.match(forgets.stderr, 'the strategy remembers something that `registers` does not name');
});

test('list shows it beside the others', async ({ dir }) => {
  const text = await command(['list', '--strategy', './my-fix.ts'], dir);
  assert.is(text.code, 0);
  assert.match(text.stdout, /Plug-ins\n {2}my-fix {2}a removed rmap_item/);
  const { stdout } = await command(['list', '--strategy', './my-fix.ts', '--json'], dir);
  const { strategies } = JSON.parse(stdout) as { strategies: { name: string; plugin?: { file: string } }[] };
  assert.is(strategies.at(-1)!.name, 'my-fix');
  assert.is(strategies.at(-1)!.plugin?.file, './my-fix.ts');
});

/** What is wrong, the files, `--strategy`, and what stderr says; each ends with 2 and leaves nothing behind. */
const BAD: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
  ['no file', {}, './nowhere.ts', './nowhere.ts: plug-in: there is no such file'],
  ['not a script', { 'a.py': '' }, './a.py', "'./a.py' is no plug-in"],
  ['syntax', { 'a.ts': 'export default {\n  name: ;\n' }, './a.ts', './a.ts:2:9: plug-in: Unexpected ";"'],
  ['in a helper', { 'a.ts': "import './b.ts';", 'b.ts': 'let' }, './a.ts', './a.ts: plug-in: SyntaxError'],
  [
    'claim',
    { 'a.ts': pluginText('aa', { claims: "['B7']" }) },
    './a.ts',
    './a.ts:7:12: plug-in: claims: unknown cause',
  ],
  ['clash', { 'a.ts': pluginText('stock') }, './a.ts', './a.ts:3:3: plug-in: name: `stock` is a strategy that comes'],
  [
    'two of a name',
    { 'a.ts': pluginText('aa'), 'b.ts': pluginText('aa') },
    './a.ts,./b.ts',
    "two plug-ins are named 'aa'",
  ],
  ['twice', { 'a.ts': pluginText('aa') }, './a.ts+./a.ts', 'given twice'],
];
for (const [what, files, strategy, message] of BAD) {
  test(`refused: ${what}`, async ({ dir }) => {
    const folder = join(dir, what.replaceAll(' ', '-'));
    writeTinyWorkload(folder);
    for (const [name, text] of Object.entries(files)) write(folder, name, text);
    const { code, stdout, stderr } = await command([...TINY, '--strategy', strategy, '--out', 'never'], folder);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not.match(stderr, /^ +at /m);
    assert.throws(() => readFileSync(join(folder, 'never/run.json')));
  });
}

test.run();
