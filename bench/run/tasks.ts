/**
 * Tasks on worker threads (piscina), each result handed on as it finishes, in whatever order.
 *
 * Only two tasks a thread are queued at a time, so that a long plan is not copied into the pool at once. A round trip
 * through the pool takes about 0.06 ms. Where tasks have a time limit there is one a thread, which begins at once: waiting
 * for another task does not count.
 */
import { Piscina } from 'piscina';

export interface TaskOptions<T, R> {
  /** Module whose default export takes a task to its result. */
  readonly worker: URL;
  readonly threads: number;
  /** Aborting stops at once: running tasks are dropped, finished ones have been handed on. */
  readonly signal: AbortSignal;
  readonly onDone: (task: T, result: R) => void | Promise<void>;
  /** The result of a task whose worker died (out of memory). */
  readonly whenLost: (error: Error) => R;
  /** How long a task may take on its thread; a longer one is ended with its thread, which a new one replaces. */
  readonly limit?: { readonly seconds: number; readonly whenOver: () => R };
}

/** Resolves when every task was handed on, or when the signal was aborted. Errors of `onDone` (a full disk) reject. */
export async function runTasks<T, R>(tasks: readonly T[], options: TaskOptions<T, R>): Promise<void> {
  const pool = new TaskPool<T, R>({ ...options, threads: Math.max(1, Math.min(options.threads, tasks.length)) });
  try {
    await pool.run(tasks);
  } finally {
    await pool.close();
  }
}

/** Worker threads for several lots of tasks, one after the other. */
export class TaskPool<T, R> {
  readonly #pool: Piscina<T, R>;
  readonly #options: TaskOptions<T, R>;

  constructor(options: TaskOptions<T, R>) {
    const { worker, threads } = options;
    this.#options = options;
    this.#pool = new Piscina<T, R>({
      filename: worker.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
    });
  }

  /** As runTasks. */
  async run(tasks: readonly T[]): Promise<void> {
    const options = this.#options;
    const pending = tasks.values();
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const lane = async (): Promise<void> => {
      for (const task of pending) {
        if (signal.aborted) return;
        const result = await runOne(this.#pool, task, signal, options);
        if (result === null) return;
        await options.onDone(task, result.value);
      }
    };
    const lanes = options.limit === undefined ? 2 * options.threads : options.threads;
    try {
      await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
    } finally {
      stop.abort();
    }
  }

  /** Ends the threads, whatever they do. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** The task's result; null when aborted. */
async function runOne<T, R>(
  pool: Piscina<T, R>,
  task: T,
  signal: AbortSignal,
  { limit, whenLost }: TaskOptions<T, R>,
): Promise<{ readonly value: R } | null> {
  const over = new AbortController();
  const timer = limit === undefined ? undefined : setTimeout(() => over.abort(), limit.seconds * 1e3);
  const either = limit === undefined ? signal : AbortSignal.any([signal, over.signal]);
  try {
    return { value: await pool.run(task, { signal: either }) };
  } catch (thrown) {
    if (signal.aborted) return null;
    if (limit !== undefined && over.signal.aborted) return { value: limit.whenOver() };
    return { value: whenLost(thrown instanceof Error ? thrown : new Error(String(thrown))) };
  } finally {
    clearTimeout(timer);
  }
}
