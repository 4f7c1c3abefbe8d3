/**
 * How much code of the model something runs, in entries of blocks (branches, loop bodies, functions) as V8's block
 * coverage counts them: the same number on every machine and under any load, where times are not.
 */
import { fileURLToPath } from 'node:url';
import { askProcess } from '../askProcess.ts';
import type { Scene } from './stepsAlone.ts';

/** V8 does not count the calls of a function that it has inlined. */
const FLAGS = ['--no-opt'];
const ALONE = fileURLToPath(new URL('stepsAlone.js', import.meta.url));

/** Entries by file of dist/sim, `cma/contigRange.js`. */
export type Steps = Readonly<Record<string, number>>;

/** Counts each scene, in one process of their own. Rejects when that fails. */
export function countSteps(scenes: readonly Scene[]): Promise<Steps[]> {
  return askProcess<Steps[]>(ALONE, scenes, FLAGS);
}

export function allSteps(steps: Steps): number {
  return Object.values(steps).reduce((sum, count) => sum + count, 0);
}
