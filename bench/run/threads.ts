/** Worker threads (piscina), and the same interface for whatever else runs tasks. */
import { Piscina } from 'piscina';

export interface ThreadOptions {
  /** Module whose default export takes a task to its result. */
  readonly worker: URL;
  /** What the module finds as `workerData` of `node:worker_threads`: plain data. */
  readonly workerData?: unknown;
  /** Heap of each thread in bytes; one that would use more is ended, and its task lost. */
  readonly heapBytes?: number | undefined;
}

/** What runs tasks, one each at a time. */
export interface Threads<T, R> {
  /** Aborting ends the task with its thread, which a new one replaces. Rejects then, and when the thread dies. */
  run(task: T, options: { readonly signal: AbortSignal }): Promise<R>;
  /** Ends all of them, whatever they do. */
  destroy(): Promise<void>;
}

/** So many threads, ended by `destroy`. */
export type StartThreads = <T, R>(options: ThreadOptions, count: number) => Threads<T, R>;

export function startThreads<T, R>(options: ThreadOptions, count: number): Threads<T, R> {
  return startPiscina<T, R>(options, count);
}

/**
 * Threads that outlive the tasks they were started for: the next ones, of another module maybe, find the model loaded
 * and compiled, which takes a second. `workerData` and the limit of the heap are those of the first tasks.
 */
export class WarmThreads {
  #pool: { readonly piscina: Piscina; readonly count: number } | null = null;

  /** As startThreads, but `destroy` ends the tasks of these options alone; one lot of tasks at a time. */
  readonly start: StartThreads = <T, R>(options: ThreadOptions, count: number): Threads<T, R> => {
    if (this.#pool === null || this.#pool.count < count) {
      void this.#pool?.piscina.destroy();
      this.#pool = { piscina: startPiscina(options, count), count };
    }
    const { piscina } = this.#pool;
    const running = new Set<AbortController>();
    return {
      async run(task, { signal }) {
        const end = new AbortController();
        const abort = (): void => end.abort();
        signal.addEventListener('abort', abort);
        if (signal.aborted) abort();
        running.add(end);
        try {
          return (await piscina.run(task, { filename: options.worker.href, signal: end.signal })) as R;
        } finally {
          running.delete(end);
          signal.removeEventListener('abort', abort);
        }
      },
      destroy() {
        for (const end of running) end.abort();
        return Promise.resolve();
      },
    };
  };

  async close(): Promise<void> {
    await this.#pool?.piscina.destroy();
    this.#pool = null;
  }
}

function startPiscina<T, R>({ worker, workerData, heapBytes }: ThreadOptions, count: number): Piscina<T, R> {
  const pool = new Piscina<T, R>({
    filename: worker.href,
    workerData,
    minThreads: count,
    maxThreads: count,
    idleTimeout: Infinity,
    ...(heapBytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapBytes / 1024 ** 2 } }),
  });
  // A thread that dies between two tasks takes nothing with it, and is replaced.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Codes of errors with which a task is lost for want of memory: that of Node for the heap of a thread, and that of a
 * guest.
 */
export const HEAP_FULL = 'ERR_WORKER_OUT_OF_MEMORY';
export const MEMORY_FULL = 'ERR_GUEST_OUT_OF_MEMORY';
