/**
 * Runs cells on worker threads (piscina) and hands each result on as it finishes, in whatever order.
 *
 * One cell is one task: a cell takes from ten milliseconds to seconds, a round trip through the pool about 0.06 ms.
 * Only two tasks a thread are queued at a time, so that a plan of many cells is not copied into the pool at once.
 */
import { Piscina } from 'piscina';
import type { Cell } from '../plan/types.ts';
import type { WorkerReply } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  /** Aborting stops at once: running cells are dropped, finished ones have been handed on. */
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, reply: WorkerReply) => void;
}

/** Resolves when every cell was handed on, or when the signal was aborted. Errors of `onCell` (a full disk) reject. */
export async function runCells(cells: readonly Cell[], options: PoolOptions): Promise<void> {
  const threads = Math.max(1, Math.min(options.threads, cells.length));
  const pool = new Piscina<Cell, WorkerReply>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  const pending = cells.values();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const lane = async (): Promise<void> => {
    for (const cell of pending) {
      if (signal.aborted) return;
      const reply = await runOne(pool, cell, signal);
      if (reply === null) return;
      options.onCell(cell, reply);
    }
  };
  try {
    await Promise.all(Array.from({ length: 2 * threads }, lane));
  } finally {
    stop.abort();
    await pool.destroy();
  }
}

/** The worker's reply; null when aborted; a worker that died (out of memory) is a failed cell. */
async function runOne(pool: Piscina<Cell, WorkerReply>, cell: Cell, signal: AbortSignal): Promise<WorkerReply | null> {
  try {
    return await pool.run(cell, { signal });
  } catch (thrown) {
    if (signal.aborted) return null;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return {
      ok: false,
      error: { name: error.name, message: `worker thread: ${error.message}`, stack: error.stack ?? '' },
      wallSeconds: 0,
    };
  }
}
