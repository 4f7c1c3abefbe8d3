/**
 * A plug-in's file to one script: types are stripped, files that it imports with a relative path are bundled, and
 * `cma-stress` is whatever tool runs it. Nothing else can be imported.
 *
 * The text depends on the code alone, not on where the files lie, how they are named or formatted: identifiers and
 * white space are made over. The source map, which knows all that, stands behind it and is not hashed.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type * as esbuild from 'esbuild';
import { InputError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import { hashOf, pluginProblem, shownFile, withMap } from './parts.ts';
import { EXPORTS, HOST, SCOPE_NAMES } from './scope.ts';

export interface Bundle {
  readonly source: string;
  readonly hash: string;
}

/** Text that esbuild puts in for an import or a require whose path is made up as it runs. */
const COMPUTED_IMPORT = 'Dynamic require of "';

/** Bundles `file`, a path as it was typed. Throws InputError for what cannot be read, parsed or imported. */
export async function bundlePlugin(file: string): Promise<Bundle> {
  const path = resolve(file);
  if (!existsSync(path)) throw pluginProblem(file, 'there is no such file; a path in --strategy has no comma and no +');
  // It takes a while to load, and most commands never need it.
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: [basename(path)],
      // Paths in the map and in messages are relative to the plug-in.
      absWorkingDir: dirname(path),
      outfile: join(dirname(path), 'bundle.js'),
      write: false,
      bundle: true,
      format: 'iife',
      globalName: 'plugin',
      platform: 'neutral',
      target: 'es2023',
      charset: 'utf8',
      minifyWhitespace: true,
      minifyIdentifiers: true,
      legalComments: 'none',
      sourcemap: 'external',
      preserveSymlinks: true,
      // A tsconfig.json beside the file must not change what comes out.
      tsconfigRaw: '{}',
      supported: { 'dynamic-import': false },
      logLevel: 'silent',
      logOverride: { 'direct-eval': 'error', 'empty-import-meta': 'error' },
      banner: { js: `(function(${HOST}){return(function(${SCOPE_NAMES.join(',')}){"use strict";` },
      footer: { js: `return plugin&&plugin.default})(${SCOPE_NAMES.map((name) => `${HOST}("${name}")`).join(',')})})` },
      plugins: [imports],
    });
    const text = (suffix: string): string => outputFiles.find((output) => output.path.endsWith(suffix))!.text;
    const code = text('.js');
    if (code.includes(COMPUTED_IMPORT))
      throw pluginProblem(file, 'imports a path that is made up as it runs; write it as a plain import');
    return { source: withMap(code, text('.map')), hash: hashOf(code) };
  } catch (thrown) {
    if (thrown instanceof InputError || !isBuildFailure(thrown)) throw thrown;
    throw new InputError(thrown.errors.map((error) => problemOf(error, file)));
  }
}

const imports: esbuild.Plugin = {
  name: 'imports',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path }) => {
      if (kind === 'entry-point') return undefined;
      if (kind !== 'import-statement') return { errors: [{ text: `only plain imports are bundled, not ${kind}` }] };
      if (path === 'cma-stress') return { path, namespace: 'tool', sideEffects: false };
      if (/^\.\.?\//.test(path)) return undefined;
      const text = `'${path}' cannot be imported: a plug-in has 'cma-stress' and files with a relative path, no package and nothing of Node`;
      return { errors: [{ text }] };
    });
    // One pure call for each name, so that those which are not used leave no trace in the bundle.
    build.onLoad({ filter: /.*/, namespace: 'tool' }, () => ({
      contents: EXPORTS.map((name) => `export const ${name} = /* @__PURE__ */ ${HOST}("import ${name}");`).join('\n'),
    }));
  },
};

function isBuildFailure(thrown: unknown): thrown is esbuild.BuildFailure {
  return thrown instanceof Error && 'errors' in thrown;
}

function problemOf({ text, location }: esbuild.Message, file: string): Problem {
  const message = text.replace('"tool:cma-stress"', "'cma-stress'");
  if (location === null) return { file, line: null, column: null, path: 'plug-in', message };
  const { line, column } = location;
  return { file: shownFile(file, location.file), line, column: column + 1, path: 'plug-in', message };
}
