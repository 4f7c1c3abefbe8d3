/** Runs cells on worker threads. One cell is one task: a cell takes from ten milliseconds to seconds. */
import type { Cell } from '../plan/types.ts';
import type { Engine } from './engine.ts';
import { TaskPool, runTasks } from './tasks.ts';
import type { TaskOptions } from './tasks.ts';
import type { WorkerReply } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Aborting stops at once: running cells are dropped, finished ones have been handed on. */
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, reply: WorkerReply) => void | Promise<void>;
}

/** The cells on worker threads of this process. */
export function localEngine(threads: number): Engine {
  return { run: (cells, { signal, onCell }) => runCells([...cells], { threads, signal, onCell }) };
}

/** Resolves when every cell was handed on, or when the signal was aborted. Errors of `onCell` (a full disk) reject. */
export function runCells(cells: readonly Cell[], options: PoolOptions): Promise<void> {
  return runTasks<Cell, WorkerReply>(cells, taskOptions(options));
}

/** Threads for several lots of cells; to be closed. */
export function cellPool(options: PoolOptions): TaskPool<Cell, WorkerReply> {
  return new TaskPool(taskOptions(options));
}

function taskOptions({ threads, signal, onCell }: PoolOptions): TaskOptions<Cell, WorkerReply> {
  return {
    worker: new URL('./worker.js', import.meta.url),
    threads,
    signal,
    onDone: onCell,
    whenLost: (error) => ({
      ok: false,
      error: { name: error.name, message: `worker thread: ${error.message}`, stack: error.stack ?? '' },
      wallSeconds: 0,
    }),
  };
}
