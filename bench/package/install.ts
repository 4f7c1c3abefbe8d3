/** Installs a tarball into an empty folder, and runs it there as a stranger would. */
import { execFileSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** What strangers are told to try first. */
export const FIRST_RUN = ['run', '--quick', '--json'] as const;

/** The last lines of what a failing program said are in the error that this throws. */
function execute(program: string, words: readonly string[], cwd: string, node: string): string {
  // Programs look for `node` in the path.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
  return execFileSync(program, words, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: 'pipe' });
}

/** With the packages that it needs, from npm's cache where they are there. `node`: the executable to do it with. */
export function installInto(
  home: string,
  tarball: string,
  words: readonly string[] = [],
  node = process.execPath,
): void {
  execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...words, tarball], home, node);
}

/** The digest of a run in a folder with the package. */
export function digestOf(words: readonly string[], home: string, node = process.execPath): string {
  return (JSON.parse(execute('npx', ['cma-stress', ...words], home, node)) as { digest: string }).digest;
}
