/**
 * How much code of the model something runs, in entries of blocks (branches, loop bodies, functions) as V8's block
 * coverage counts them: the same number on every machine and under any load, where times are not.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scene } from './stepsAlone.ts';

/** V8 does not count the calls of a function that it has inlined. */
const FLAGS = ['--no-opt'];
const ALONE = fileURLToPath(new URL('stepsAlone.js', import.meta.url));

/** Entries by file of dist/sim, `cma/contigRange.js`. */
export type Steps = Readonly<Record<string, number>>;

/** Counts each scene, in one process of their own. Throws Error with what that process said when it fails. */
export function countSteps(scenes: readonly Scene[]): Steps[] {
  return JSON.parse(
    execFileSync(process.execPath, [...FLAGS, ALONE, JSON.stringify(scenes)], { encoding: 'utf8' }),
  ) as Steps[];
}

export function allSteps(steps: Steps): number {
  return Object.values(steps).reduce((sum, count) => sum + count, 0);
}
