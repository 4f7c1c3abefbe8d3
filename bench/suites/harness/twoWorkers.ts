/**
 * The same cells on one worker thread and on two, in turn: how much of a second core becomes results.
 *
 * The threads are started and warm before the first measurement. Pairs are short and many, so that neighbours of this
 * machine disturb some of them and not the median. Two threads get each cell twice, one after the other, so that both
 * come to their end at about the same time: in a long sweep nobody waits for the last cell.
 */
import { performance } from 'node:perf_hooks';
import type { Cell } from '../../plan/types.ts';
import { cellPool } from '../../run/pool.ts';
import { DEFAULT_LIMITS } from '../../run/limits.ts';
import type { TaskPool } from '../../run/tasks.ts';
import type { WorkerReply } from '../../run/worker.ts';
import { medianLimits } from '../../stats/medianLimits.ts';
import { standardCells } from '../cells.ts';
import type { Figure, SuiteResult } from '../wall.ts';

/** Of a lot: those of one thread; two threads have twice as many. */
const CELLS = 6;
const QUICK_CELLS = 2;
/** Until a thread is warm: V8 compiles on for some. */
const WARM_CELLS = 24;
const QUICK_WARM_CELLS = 2;

interface Lot {
  /** Wall s of all. */
  readonly wall: number;
  /** Of this time, which part the threads had a cell. */
  readonly busy: number;
}

/** Cells a second of two threads over those of one, as the median of `pairs` pairs one after the other. */
export async function twoWorkers(
  pairs: number,
  quick: boolean,
): Promise<{ suite: SuiteResult; twoWorkersOverOne: number }> {
  const count = quick ? QUICK_CELLS : CELLS;
  const warm = quick ? QUICK_WARM_CELLS : WARM_CELLS;
  const cells = standardCells('fork-heavy', count, { quick: true });
  const twice = cells.flatMap((cell) => [cell, cell]);
  const { signal } = new AbortController();
  const [one, two] = [1, 2].map((threads) =>
    cellPool({ threads, limits: DEFAULT_LIMITS, signal, onCell: () => undefined }),
  );
  const ratios: number[] = [];
  const busy: number[] = [];
  try {
    const seeds = standardCells('fork-heavy', 2 * warm, { quick: true });
    await lot(one, 1, seeds.slice(0, warm));
    await lot(two, 2, seeds);
    for (let pair = 0; pair < pairs; pair++) {
      // Each comes first in turn, so that what changes slowly favours neither.
      const first = pair % 2 === 0 ? await lot(one, 1, cells) : null;
      const both = await lot(two, 2, twice);
      const alone = first ?? (await lot(one, 1, cells));
      ratios.push((2 * alone.wall) / both.wall);
      busy.push(100 * both.busy);
    }
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
  const figure = (name: string, values: readonly number[], unit: string): Figure => {
    const { median, low, high } = medianLimits(values);
    return { name, value: median, low, high, unit, better: 'more', samples: values.length };
  };
  const threads = figure('two workers over one', ratios, 'x');
  const figures = [threads, figure('two threads busy', busy, '%')];
  const about = `lots of ${count} quick cells of fork-heavy on one thread, and of twice as many on two, in turn, all warm`;
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
