/**
 * Where the files of this package are. Much of it is bundled (bench/build.js): what stands beside a module in the
 * sources does not stand beside its code.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

let root: string | null = null;

/** The package's own folder: the nearest one above this file whose package.json says cma-stress. */
export function packageRoot(): string {
  root ??= findRoot();
  return root;
}

/**
 * A module that is started in a thread or a process, by its place in the sources: with all that it imports of ours. The
 * build looks for calls of this, to know what to bundle: `path` is a literal.
 */
export function entryModule(path: string): URL {
  return pathToFileURL(join(packageRoot(), 'dist', 'bundles', `${path}.js`));
}

/** The script of a page, one text, by the place of its module in the sources. The build looks for calls, as above. */
export function pageScript(path: string): string {
  return readFileSync(join(packageRoot(), 'dist', 'bundles', `${path}.js`), 'utf8');
}

function findRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name === 'cma-stress'
    ) {
      return folder;
    }
    if (folder === dirname(folder)) throw new Error('the package folder of cma-stress was not found');
  }
}
