/**
 * Cells in a process of its own (askProcess.ts): answers with the wall seconds that they took, after one that did not
 * count.
 */
import { performance } from 'node:perf_hooks';
import { ReusedArena, runCell } from '../../../sim/index.ts';
import { answerQuestion } from '../askProcess.ts';
import { standardCells } from '../cells.ts';

export interface AskedCells {
  /** Quick ones of fork-heavy. */
  readonly cells: number;
}

answerQuestion(({ cells }: AskedCells): number => {
  const [warm, ...timed] = standardCells('fork-heavy', cells + 1, { quick: true });
  const memory = new ReusedArena();
  runCell(warm.input, [], null, memory);
  const begin = performance.now();
  for (const { input } of timed) runCell(input, [], null, memory);
  return (performance.now() - begin) / 1e3;
});
