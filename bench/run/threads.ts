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

export function startThreads<T, R>({ worker, workerData, heapBytes }: ThreadOptions, count: number): Threads<T, R> {
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
