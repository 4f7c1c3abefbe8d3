/**
 * Makes dist/ from the sources, JavaScript only: one file each, types taken off by esbuild, in about a second. Nothing
 * is checked here: `npm run build` has tsc check everything and write the declarations. dist/ is always made anew, so
 * that neither an old file nor one whose source is gone is ever run.
 */
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { init, parse } from 'es-module-lexer/minimal';
import { build } from 'esbuild';

const { include, compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
const { outDir, target } = compilerOptions;

const sources = include.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file)),
);

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

const { outputFiles } = await build({
  entryPoints: sources,
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
rmSync(outDir, { recursive: true, force: true });
for (const folder of new Set(outputFiles.map(({ path }) => dirname(path)))) mkdirSync(folder, { recursive: true });
for (const { path, text } of outputFiles)
  writeFileSync(path, path.endsWith('.js') ? withJavaScriptImports(text) : text);
chmodSync(join(outDir, 'bench/cli/main.js'), 0o755);
