/** Whole cells as users run them, boot included. */
import { listWorkloads } from '../plan/index.ts';
import { ReusedArena, runCell } from '../../sim/index.ts';
import { standardCell } from './cells.ts';
import { measure } from './wall.ts';
import type { SuiteResult } from './wall.ts';

/** One whole quick cell per workload. */
export async function wholeCells(iterations: number): Promise<{ suite: SuiteResult }> {
  const cells = listWorkloads().map(({ name }) => standardCell(name, { quick: true }));
  const memory = new ReusedArena();
  const subjects = cells.map(({ workload, input }) => ({
    name: workload,
    run: () => void runCell(input, [], null, memory),
  }));
  const about = 'one quick cell under stock, seed 1, building the device and its settling scans included';
  return { suite: await measure('whole cells', about, subjects, iterations) };
}
