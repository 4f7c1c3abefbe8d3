/** What memory a cell takes, each in a process of its own (peakMemoryCell.ts). */
import { fileURLToPath } from 'node:url';
import { listWorkloads } from '../plan/index.ts';
import { askProcess } from './askProcess.ts';
import type { AskedCell, MemoryUsed } from './peakMemoryCell.ts';
import type { Figure, SuiteResult } from './wall.ts';

const CELL = fileURLToPath(new URL('peakMemoryCell.js', import.meta.url));
const MB = 1024 ** 2;

/** MB of the default cell of each workload under stock, seed 1. `quick`: of one quick cell. */
export async function peakMemory(quick: boolean): Promise<{ suite: SuiteResult }> {
  const figures: Figure[] = [];
  for (const { name } of quick ? listWorkloads().slice(0, 1) : listWorkloads()) {
    const asked: AskedCell = { workload: name, quick };
    const { before, peak, arrays, heap } = await askProcess<MemoryUsed>(CELL, asked, ['--expose-gc']);
    const figure = (what: string, bytes: number): Figure => {
      return { name: `${name}, ${what}`, value: bytes / MB, unit: 'MB', better: 'less', samples: 1 };
    };
    figures.push(
      figure('peak of the process', peak),
      figure('peak over the process before it', peak - before),
      figure('typed arrays', arrays),
      figure('live heap at the end', heap),
    );
  }
  const about = 'one cell under stock in a process of its own: resident set, and what of it is in use';
  return { suite: { name: 'peak memory', about, timings: [], figures } };
}
