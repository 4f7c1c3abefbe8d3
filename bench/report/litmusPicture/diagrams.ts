/** The pictures of the handbook: which steps of which shipped litmus test each shows. */
import { join } from 'node:path';
import { runLitmus } from '../../../sim/index.ts';
import { readLitmusFile } from '../../litmus/parse.ts';
import { packageRoot } from '../../plan/packageRoot.ts';
import { litmusPicture } from './picture.ts';
import { parseSteps, statesNamed } from './steps.ts';

/** Where they lie, from the top of the repository. */
export const DIAGRAMS_FOLDER = 'docs/explanation/images';

export interface Diagram {
  /** File in DIAGRAMS_FOLDER. */
  readonly name: string;
  /** File in workloads/litmus, and the test in it. */
  readonly file: string;
  readonly test: string;
  /** As `--steps` takes them. */
  readonly steps: string;
}

const cause = (test: string, steps: string): Diagram => ({ name: `${test}.svg`, file: 'causes.yaml', test, steps });

export const DIAGRAMS: readonly Diagram[] = [
  { name: 'merged-and-forked.svg', file: 'causes.yaml', test: 'b1', steps: '7,8' },
  { name: 'item-removed.svg', file: 'causes.yaml', test: 'b1', steps: '9,10' },
  { name: 'allocation.svg', file: 'causes.yaml', test: 'b1', steps: '11-13' },
  cause('b1', '10'),
  cause('b2', '13,15'),
  cause('b3', '12,16,17'),
  cause('b3null', '9,11'),
  cause('b4', '10,11,13'),
  cause('b6', '10,12'),
  cause('pin', '5'),
  cause('locked', '5'),
  cause('pagevec', '3,4'),
];

/** The picture as text. */
export function drawDiagram({ file, test: id, steps }: Diagram): string {
  const tests = readLitmusFile(join(packageRoot(), 'workloads', 'litmus', file));
  const located = tests.find(({ test }) => test.id === id);
  if (located === undefined) throw new Error(`${file} has no test ${id}`);
  const { test } = located;
  const { states } = runLitmus(test, { strategies: ['stock'], step: true });
  return litmusPicture({ test, strategy: '', states: statesNamed(states, parseSteps(steps), id) });
}
