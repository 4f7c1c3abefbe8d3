/**
 * The same cells on one worker thread and on two, in turn: how much of a second core becomes results.
 *
 * The threads are started and warm before the first measurement. What two processes reach that share nothing is the
 * machine's own limit: they have its caches and its memory in common.
 */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Cell } from '../../plan/types.ts';
import { cellPool } from '../../run/pool.ts';
import { DEFAULT_LIMITS } from '../../run/limits.ts';
import type { TaskPool } from '../../run/tasks.ts';
import type { WorkerReply } from '../../run/worker.ts';
import { medianLimits } from '../../stats/medianLimits.ts';
import { askProcess } from '../askProcess.ts';
import { standardCells } from '../cells.ts';
import type { Figure, SuiteResult } from '../wall.ts';
import type { AskedCells } from './cellsProcess.ts';

const PROCESS = fileURLToPath(new URL('cellsProcess.js', import.meta.url));
/** Even, of cells that take about as long, and many: with 12 the two threads have none for 5 % of the time. */
const CELLS = 40;
const QUICK_CELLS = 4;

interface Lot {
  /** Wall s of all. */
  readonly wall: number;
  /** Of this time, which part the threads had a cell. */
  readonly busy: number;
}

/** Wall time of one over that of two, as the median of `rounds` pairs one after the other. */
export async function twoWorkers(
  rounds: number,
  quick: boolean,
): Promise<{ suite: SuiteResult; twoWorkersOverOne: number }> {
  const count = quick ? QUICK_CELLS : CELLS;
  const cells = standardCells('fork-heavy', count, { quick: true });
  const { signal } = new AbortController();
  const pools = [1, 2].map((threads) => {
    return { threads, pool: cellPool({ threads, limits: DEFAULT_LIMITS, signal, onCell: () => undefined }) };
  });
  const ratios: number[] = [];
  const busy: number[] = [];
  const processes: number[] = [];
  try {
    const [one, two] = pools.map(
      ({ threads, pool }) =>
        () =>
          lot(pool, threads, cells),
    );
    for (let round = -1; round < rounds; round++) {
      // Each comes first in turn, so that what changes slowly favours neither.
      const first = round % 2 === 0 ? await one() : null;
      const both = await two();
      const alone = first ?? (await one());
      if (round < 0) continue;
      ratios.push(alone.wall / both.wall);
      busy.push(100 * both.busy);
      processes.push(await twoProcesses(count / 2));
    }
  } finally {
    await Promise.all(pools.map(({ pool }) => pool.close()));
  }
  const figure = (name: string, values: readonly number[], unit: string): Figure => {
    const { median, low, high } = medianLimits(values);
    return { name, value: median, low, high, unit, better: 'more', samples: values.length };
  };
  const threads = figure('two workers over one', ratios, 'x');
  const figures = [threads, figure('two threads busy', busy, '%'), figure('two processes over one', processes, 'x')];
  const about = `${count} quick cells of fork-heavy on threads that are warm, one thread and two in turn; processes of ${count / 2} each`;
  return { suite: { name: 'worker threads', about, timings: [], figures }, twoWorkersOverOne: threads.value };
}

async function lot(pool: TaskPool<Cell, WorkerReply>, threads: number, cells: readonly Cell[]): Promise<Lot> {
  let inCells = 0;
  const begin = performance.now();
  await pool.run(cells, (_, reply) => {
    if (!reply.ok) throw new Error(reply.error.message);
    inCells += reply.wallSeconds;
  });
  const wall = (performance.now() - begin) / 1e3;
  return { wall, busy: inCells / (threads * wall) };
}

/** Cells a second of two processes side by side over those of one. */
async function twoProcesses(cells: number): Promise<number> {
  const ask = (): Promise<number> => askProcess<number>(PROCESS, { cells } satisfies AskedCells);
  const alone = await ask();
  const together = await Promise.all([ask(), ask()]);
  return alone / together[0] + alone / together[1];
}
