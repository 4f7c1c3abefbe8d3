/** dist/ is what the sources make, and is left alone as long as they make the same. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';
import { suiteInScratch } from '../command.ts';

const MAIN = 'bench/cli/main';

const test = suiteInScratch('build');

/** A project of two files, and its build. */
function project(scratch: string): {
  write: (path: string, text: string) => void;
  at: (path: string) => string;
  build: () => void;
} {
  const folder = mkdtempSync(join(scratch, 'project-'));
  const at = (path: string): string => join(folder, path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  write('tsconfig.json', '{ "include": ["bench"], "compilerOptions": { "outDir": "dist", "target": "es2023" } }');
  write('package.json', `{ "type": "module", "bin": { "two": "dist/${MAIN}.js" } }`);
  write('package-lock.json', '{}');
  write(`${MAIN}.ts`, "import { two } from '../two.ts';\nconsole.log(two);\n");
  write('bench/two.ts', 'export const two: number = 2;\n');
  const build = (): number | null =>
    spawnSync(process.execPath, [join(packageRoot(), 'bench', 'build.js')], { cwd: folder }).status;
  return { write, at, build };
}

test('types come off, and imports name what there is in dist', ({ dir }) => {
  const { at, build, write } = project(dir);
  write('bench/four.ts', "import { two } from './two.ts';\nexport const four: number = two + two;\n");
  assert.is(build(), 0);
  assert.match(readFileSync(at('dist/bench/four.js'), 'utf8'), 'from "./two.js"');
  assert.not.match(readFileSync(at('dist/bench/two.js'), 'utf8'), 'number');
});

test('the command is one file, and one for each that it loads when it is asked for', ({ dir }) => {
  const { at, build, write } = project(dir);
  write(`${MAIN}.ts`, "import { two } from '../two.ts';\nconsole.log(two, (await import('./more.ts')).more);\n");
  write('bench/cli/more.ts', 'export const more = 3;\n');
  assert.is(build(), 0);
  rmSync(at('dist/bench/two.js'));
  rmSync(at('dist/bench/cli/more.js'));
  assert.is(spawnSync(process.execPath, [at(`dist/${MAIN}.js`)], { encoding: 'utf8' }).stdout, '2 3\n');
  assert.equal(
    readdirSync(at('dist/bundles')).map((file) => file.replace(/-\w+\./, '.')),
    ['more.js', 'more.js.map'],
  );
});

test('modules that are asked for as entries are bundled, scripts of pages for browsers; one that is not there is no build', ({
  dir,
}) => {
  const { at, build, write } = project(dir);
  write('bench/thread.ts', "import { two } from './two.ts';\nconsole.log(two);\n");
  write('bench/page.ts', "import { two } from './two.ts';\ndocument.title = `${two}`;\n");
  write('bench/asks.ts', "export const asked = [entryModule('bench/thread'), pageScript('bench/page')];\n");
  assert.is(build(), 0);
  rmSync(at('dist/bench/two.js'));
  assert.is(spawnSync(process.execPath, [at('dist/bundles/bench/thread.js')], { encoding: 'utf8' }).stdout, '2\n');
  const script = readFileSync(at('dist/bundles/bench/page.js'), 'utf8');
  assert.match(script, 'document.title');
  assert.not.match(script, 'import');

  write('bench/asks.ts', "export const asked = entryModule('bench/gone');\n");
  assert.is(build(), 1);
});

test('the same sources: nothing is made again', ({ dir }) => {
  const { at, build } = project(dir);
  assert.is(build(), 0);
  const before = statSync(at(`dist/${MAIN}.js`), { bigint: true }).mtimeNs;
  assert.is(build(), 0);
  assert.is(statSync(at(`dist/${MAIN}.js`), { bigint: true }).mtimeNs, before);
});

test('a source that changed, came or went, a setting that changed, a file of dist that is gone: all is made anew', ({
  dir,
}) => {
  const { at, build, write } = project(dir);
  assert.is(build(), 0);
  write('bench/two.ts', 'export const two: number = 3;\n');
  assert.is(build(), 0);
  assert.match(readFileSync(at('dist/bench/two.js'), 'utf8'), 'two = 3');

  write('bench/three.ts', 'export const three = 3;\n');
  assert.is(build(), 0);
  assert.ok(existsSync(at('dist/bench/three.js')));

  rmSync(at('bench/three.ts'));
  assert.is(build(), 0);
  assert.not(existsSync(at('dist/bench/three.js')));

  rmSync(at('dist/bench/two.js'));
  assert.is(build(), 0);
  assert.ok(existsSync(at('dist/bench/two.js')));

  rmSync(at(`dist/${MAIN}.js.map`));
  assert.is(build(), 0);
  assert.ok(existsSync(at(`dist/${MAIN}.js.map`)));

  write('dist/old.js', '');
  write('package-lock.json', '{ "name": "another" }');
  assert.is(build(), 0);
  assert.not(existsSync(at('dist/old.js')));
});

test('a build that fails leaves what there was, and the next one does not take it for new', ({ dir }) => {
  const { at, build, write } = project(dir);
  assert.is(build(), 0);
  write('bench/two.ts', 'export const two: = 4;\n');
  assert.is(build(), 1);
  assert.is(build(), 1);
  assert.match(readFileSync(at('dist/bench/two.js'), 'utf8'), 'two = 2');
});

test.run();
