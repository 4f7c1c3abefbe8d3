/** Builds the C yardstick with the compiler of the system, if there is one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From dist/bench/suites/native/ to the sources. */
const SOURCES = fileURLToPath(new URL('../../../../bench/suites/native/', import.meta.url));
const FLAGS = ['-std=c11', '-O2'];

export interface Compiler {
  readonly command: string;
  /** First line of what it says of itself. */
  readonly version: string;
  readonly flags: readonly string[];
}

/** What `$CC` says (a command, and flags behind it), else cc; null when it does not run. */
export function findCompiler(): Compiler | null {
  const [command = 'cc', ...own] = (process.env['CC'] ?? '').split(/\s+/).filter((word) => word !== '');
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return null;
  return { command, version: stdout.split('\n')[0], flags: [...own, ...FLAGS] };
}

/** Builds the program into `folder` and returns its path. Throws Error with what the compiler says. */
export function compileYardstick({ command, flags }: Compiler, folder: string): string {
  const program = join(folder, 'ksmd');
  const sources = ['ksmd.c', 'state.c'].map((name) => join(SOURCES, name));
  const { status, stderr } = spawnSync(command, [...flags, '-o', program, ...sources], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} cannot build the C yardstick:\n${stderr}`);
  return program;
}
