/**
 * Where the files of this package are. A module is asked for by its place in the sources: the command line is bundled
 * (bench/build.js), so what stands beside a module there does not stand beside its code.
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

/** What `path` (`bench/run/worker`) was compiled to: to be started in a thread or a process. */
export function compiledModule(path: string): URL {
  return pathToFileURL(join(packageRoot(), 'dist', `${path}.js`));
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
