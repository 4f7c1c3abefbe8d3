/** Worker threads without the model: how long one takes to start, and what a cell costs that is not run. */
import { entryModule } from '../../plan/packageRoot.ts';
import { cellPool } from '../../run/pool.ts';
import { DEFAULT_LIMITS } from '../../run/limits.ts';
import { standardCells } from '../cells.ts';
import { measure } from '../wall.ts';
import type { SuiteResult } from '../wall.ts';

const WORKER = entryModule('bench/suites/harness/emptyWorker');
const CELLS = 1000;

/** From a new thread to the reply of its first cell; cells through one thread and back. */
export async function emptyCells(iterations: number): Promise<{ suite: SuiteResult }> {
  const cells = standardCells('fork-heavy', CELLS, { quick: true });
  const started = () => {
    const { signal } = new AbortController();
    return cellPool({ threads: 1, limits: DEFAULT_LIMITS, signal, onCell: () => undefined, worker: WORKER });
  };
  const start = async (): Promise<void> => {
    const pool = started();
    await pool.result(cells[0]);
    await pool.close();
  };
  const pool = started();
  try {
    const subjects = [
      { name: 'thread, from its start to its end', run: start },
      { name: 'empty cells', run: () => pool.run(cells), work: { unit: 'cell', count: CELLS } },
    ];
    const about = `a new thread with one empty cell, and ${CELLS} empty cells through one that is there`;
    return { suite: await measure('empty cells', about, subjects, iterations) };
  } finally {
    await pool.close();
  }
}
