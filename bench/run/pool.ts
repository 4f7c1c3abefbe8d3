/** Runs cells on worker threads. One cell is one task: a cell takes from ten milliseconds to seconds. */
import type { Cell } from '../plan/types.ts';
import { runTasks } from './tasks.ts';
import type { WorkerReply } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Aborting stops at once: running cells are dropped, finished ones have been handed on. */
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, reply: WorkerReply) => void;
}

/** Resolves when every cell was handed on, or when the signal was aborted. Errors of `onCell` (a full disk) reject. */
export function runCells(cells: readonly Cell[], options: PoolOptions): Promise<void> {
  return runTasks<Cell, WorkerReply>(cells, {
    worker: new URL('./worker.js', import.meta.url),
    threads: options.threads,
    signal: options.signal,
    onDone: options.onCell,
    whenLost: (error) => ({
      ok: false,
      error: { name: error.name, message: `worker thread: ${error.message}`, stack: error.stack ?? '' },
      wallSeconds: 0,
    }),
  });
}
