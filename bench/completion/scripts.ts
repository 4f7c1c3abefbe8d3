/** The scripts of the shells (scripts/), each in its shell's own language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Text that the shell sources. */
export function shellScript(shell: Shell): string {
  return readFileSync(join(packageRoot(), 'bench', 'completion', 'scripts', `cma-stress.${shell}`), 'utf8');
}
