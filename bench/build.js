/**
 * Makes dist/ from the sources, JavaScript only: one file each, types taken off by esbuild, in about a second. What is
 * started by itself, the command, the library and threads, is bundled by rolldown: Node starts in half the time with
 * some sixty files instead of some four hundred. Nothing is checked here: `npm run types` has tsc check everything and
 * write the declarations. dist/ is made anew as a whole, so that neither an old file nor one whose source is gone is
 * ever run; and only if something differs from what it was made of, which `.made-of` in it tells, with the files that
 * were made.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const { include, compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
const { outDir, target } = compilerOptions;
const { bin, main } = JSON.parse(readFileSync('package.json', 'utf8'));
const MADE_OF = join(outDir, '.made-of');
/** Where bundles lie, but for the command, which stands in for the file of its entry. */
const BUNDLES = 'bundles';
const COMMANDS = Object.values(bin).map((path) => nameOf(path));
const LIBRARY = main === undefined ? [] : [nameOf(main)];
/** How sources ask for an entry: a module of a thread or a process, a script of a page (bench/plan/packageRoot.ts). */
const ASKED_FOR = { module: /\bentryModule\('([\w/]+)'\)/g, script: /\bpageScript\('([\w/]+)'\)/g };

const sources = include.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file)),
);
const texts = sources.map((path) => readFileSync(path, 'utf8'));

/** `dist/bench/cli/main.js` or `./dist/...` as `bench/cli/main`. */
function nameOf(path) {
  return relative(outDir, path).replace(/\.js$/, '');
}

/** Everything that decides what is written: the sources, and what makes JavaScript of them. */
function hashOfAll() {
  const hash = createHash('sha256');
  sources.forEach((path, index) => hash.update(`${path}\n`).update(texts[index]).update('\n'));
  for (const path of ['package.json', 'tsconfig.json', 'package-lock.json', fileURLToPath(import.meta.url)])
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
    entryPoints: sources.filter((path) => !COMMANDS.includes(path.replace(/\.ts$/, ''))),
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

/** Names of the entries of a kind; a test's own words ask for nothing. */
function askedFor(kind) {
  return texts
    .filter((_, index) => !sources[index].endsWith('.test.ts'))
    .flatMap((text) => Array.from(text.matchAll(ASKED_FOR[kind]), ([, name]) => join(BUNDLES, name)));
}

/** The source of an entry. */
function sourceOf(name) {
  return `${name.replace(`${BUNDLES}/`, '')}.ts`;
}

/** What Node starts, with all that it imports of ours. */
async function bundles() {
  const entries = [...COMMANDS, ...LIBRARY, ...askedFor('module')];
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, sourceOf(name)])),
    external: /^[^./]/,
    platform: 'node',
    transform: { target },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: `${BUNDLES}/[name]-[hash].js`,
  });
  await bundle.close();
  return output.map((file) => ({ path: join(outDir, file.fileName), text: file.code ?? file.source }));
}

/** What pages have in them: each one text without imports, the same wherever the checkout lies. */
async function scripts() {
  const names = askedFor('script');
  const { outputFiles } = await build({
    entryPoints: names.map((name) => ({ in: sourceOf(name), out: name })),
    outdir: outDir,
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    minifyIdentifiers: true,
    legalComments: 'none',
    tsconfigRaw: '{}',
  });
  return outputFiles.map(({ path, text }) => {
    // Nothing in it may end its element.
    if (/<\/script|<!--/i.test(text)) throw new Error(`${path} cannot be embedded in a page`);
    return { path: relative('.', path), text };
  });
}

const made = (await Promise.all([files(), bundles(), scripts()])).flat();
rmSync(outDir, { recursive: true, force: true });
for (const folder of new Set(made.map(({ path }) => dirname(path)))) mkdirSync(folder, { recursive: true });
for (const { path, text } of made) writeFileSync(path, text);
for (const path of COMMANDS) chmodSync(join(outDir, `${path}.js`), 0o755);
// Last: an interrupted build is none.
writeFileSync(MADE_OF, [madeOf, ...made.map(({ path }) => path)].join('\n'));
