/** The package: what is in it, and that it works where nothing else is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from '../testing/command.ts';
import { digestOf, installInto } from './install.ts';
import { doubtfulLicences, inventory, licencePage, makeSbom } from './sbom.ts';
import type { Sbom } from './sbom.ts';
import { complaints, pack } from './tarball.ts';
import type { Tarball } from './tarball.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Bytes. Half as much again as there is: more than that is an accident, such as a recording or a run. */
const MOST_PACKED = 3.5e6;
const MOST_UNPACKED = 14e6;

const test = suiteInScratch('package');
let tarball: Tarball;

test.before(({ dir }) => {
  tarball = pack(ROOT, dir);
});

test('has what package.json promises, and what commands read', () => {
  const { main, types, bin, man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    main: string;
    types: string;
    bin: Record<string, string>;
    man?: string | string[];
  };
  const needed = [main, types, ...Object.values(bin), man ?? []].flat().map((path) => path.replace(/^\.\//, ''));
  const read = ['workloads/fork-heavy.yaml', 'workloads/costs/cortex-a7.yaml', 'bench/import/capture.sh'];
  for (const path of [...needed, ...read, 'README.md', 'LICENSE', 'CHANGELOG.md'])
    assert.ok(tarball.files.includes(path), `${path} is not in it`);
});

test('has nothing that only developers need', () => {
  const unwanted =
    /\.test\.|\.map$|^dist\/(docs|(bundles\/)?bench\/(testing|faults|suites|package))\/|^results|tsbuildinfo|testdata/;
  assert.equal(
    tarball.files.filter((path) => unwanted.test(path)),
    [],
  );
});

test('keeps its size', () => {
  assert.ok(tarball.packed < MOST_PACKED, `${tarball.packed} bytes packed`);
  assert.ok(tarball.unpacked < MOST_UNPACKED, `${tarball.unpacked} bytes unpacked`);
});

test('publint and arethetypeswrong find nothing', async () => {
  assert.equal(await complaints(tarball), []);
});

test('works from the tarball alone, and without optional dependencies', async ({ dir }) => {
  const home = join(dir, 'home');
  mkdirSync(home);
  installInto(home, tarball.path, ['--omit=optional']);
  const words = ['run', 'fork-heavy', '--quick', '--seeds', '1', '--strategy', 'stock', '--no-report', '--json'];
  const { stdout } = await command(words, dir);
  assert.is(digestOf(words, home), (JSON.parse(stdout) as { digest: string }).digest);
  writeFileSync(
    join(home, 'a.ts'),
    "import { defineStrategy } from 'cma-stress';\nexport const define = defineStrategy;\n",
  );
  const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc');
  const strict = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', 'a.ts'];
  execFileSync(process.execPath, [tsc, ...strict], { cwd: home, stdio: 'pipe' });
});

test('the bill of materials is that of package-lock.json, and its licences are permissive', () => {
  const made = makeSbom(ROOT);
  const kept = JSON.parse(readFileSync(join(ROOT, 'docs/package/sbom.cdx.json'), 'utf8')) as Sbom;
  assert.equal(inventory(kept), inventory(made), 'npm run sbom');
  const names = new Set(made.components.map(({ name }) => name));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
  assert.equal(
    Object.keys(dependencies).filter((name) => !names.has(name)),
    [],
  );
  assert.equal(doubtfulLicences(made), []);
  assert.is(readFileSync(join(ROOT, 'docs/package/licences.md'), 'utf8'), licencePage(kept));
});

test.run();
