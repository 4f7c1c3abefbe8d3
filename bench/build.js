/**
 * Makes dist/ from the sources, JavaScript only: one file each, types taken off by esbuild, in about a second. What is
 * started by itself, the command and its threads, is bundled by rolldown: Node starts in half the time with some ten
 * files instead of some four hundred. Nothing is checked here: `npm run build` has tsc check everything and write the
 * declarations. dist/ is made anew as a whole, so that neither an old file nor one whose source is gone is ever run; and
 * only if something differs from what it was made of, which `.made-of` in it tells, with the files that were made.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const { include, compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
const { outDir, target } = compilerOptions;
const MADE_OF = join(outDir, '.made-of');
/** The command. */
const COMMAND = 'bench/cli/main';
/** How sources ask for a module that is started in a thread or a process (bench/plan/packageRoot.ts). */
const ASKED_FOR = /\bentryModule\('([\w/]+)'\)/g;

const sources = include.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file)),
);

/** Everything that decides what is written: the sources, and what makes JavaScript of them. */
function hashOfAll() {
  const hash = createHash('sha256');
  for (const path of [...sources, 'tsconfig.json', 'package-lock.json', fileURLToPath(import.meta.url)])
    hash.update(`${path}\n`).update(readFileSync(path)).update('\n');
  return hash.digest('hex');
}

/** Whether dist/ is what would be made: nobody is expected to change files in there, but they are deleted. */
function isMadeOf(madeOf) {
  if (!existsSync(MADE_OF)) return false;
  const [hash, ...files] = readFileSync(MADE_OF, 'utf8').split('\n');
  return hash === madeOf && files.every((path) => existsSync(path));
}

const madeOf = hashOfAll();
if (isMadeOf(madeOf)) process.exit(0);

// Loading them takes longer than all of the above.
const { init, parse } = await import('es-module-lexer/minimal');
const { build } = await import('esbuild');
const { rolldown } = await import('rolldown');
await init;

/**
 * Imports of `./x.ts` as `./x.js`, which tsc does with rewriteRelativeImportExtensions and esbuild only when it
 * bundles: then it makes a `var` of every `const` of a module, which the model's inner loops are slower with. As long
 * as before, so that source maps stay right.
 */
function withJavaScriptImports(code) {
  const pieces = [];
  let from = 0;
  for (const { n: name, s: start } of parse(code)[0]) {
    if (name === undefined || !/^\.\.?\/.*\.ts$/.test(name)) continue;
    const extension = code.indexOf(name, start) + name.length - 'ts'.length;
    pieces.push(code.slice(from, extension), 'js');
    from = extension + 'ts'.length;
  }
  return pieces.join('') + code.slice(from);
}

/** Files of the sources one by one. */
async function files() {
  const { outputFiles } = await build({
    entryPoints: sources.filter((path) => path !== `${COMMAND}.ts`),
    outdir: outDir,
    outbase: '.',
    format: 'esm',
    platform: 'node',
    target,
    sourcemap: 'linked',
    sourcesContent: false,
    write: false,
  }).catch((failure) => {
    if (failure.errors === undefined) throw failure;
    // esbuild has printed them, each with its place.
    process.exit(1);
  });
  return outputFiles.map(({ path, text }) => ({
    path: relative('.', path),
    text: path.endsWith('.js') ? withJavaScriptImports(text) : text,
  }));
}

/** The entries, with all that they import of ours: the command in its place, all else in a folder of its own. */
async function bundles() {
  const started = sources.flatMap((path) =>
    Array.from(readFileSync(path, 'utf8').matchAll(ASKED_FOR), ([, name]) => name),
  );
  const entries = started.map((entry) => [`command/${entry}`, `${entry}.ts`]);
  const bundle = await rolldown({
    input: Object.fromEntries([[COMMAND, `${COMMAND}.ts`], ...entries]),
    external: /^[^./]/,
    platform: 'node',
    transform: { target },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'command/[name]-[hash].js',
  });
  await bundle.close();
  return output.map((file) => ({ path: join(outDir, file.fileName), text: file.code ?? file.source }));
}

const made = (await Promise.all([files(), bundles()])).flat();
rmSync(outDir, { recursive: true, force: true });
for (const folder of new Set(made.map(({ path }) => dirname(path)))) mkdirSync(folder, { recursive: true });
for (const { path, text } of made) writeFileSync(path, text);
chmodSync(join(outDir, `${COMMAND}.js`), 0o755);
// Last: an interrupted build is none.
writeFileSync(MADE_OF, [madeOf, ...made.map(({ path }) => path)].join('\n'));
