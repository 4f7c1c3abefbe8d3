/**
 * Tasks on worker threads, each result handed on as it finishes, in whatever order.
 *
 * There is one task a thread, which begins at once, so that waiting for another does not count as its time; tasks are
 * asked for one by one, so there may be more of them than memory holds. A round trip through the pool takes about 0.06
 * ms; the next task is on its way before a result is handed on.
 */
import { asError } from '../errors.ts';
import { Guests } from './guests.ts';
import { Slots } from './slots.ts';
import { startThreads } from './threads.ts';
import type { StartThreads, ThreadOptions, Threads } from './threads.ts';

/** Results a thread may be ahead of those who keep them: a slow disk holds the threads up, it does not fill memory. */
const UNKEPT = 4;

const TIME_IS_OVER = 'the time of the task is over';

export interface TaskOptions<T, R> extends ThreadOptions {
  readonly threads: number;
  /** Instead of threads that end with the tasks. */
  readonly start?: StartThreads | undefined;
  /** Aborting stops at once: running tasks are dropped, finished ones have been handed on. */
  readonly signal?: AbortSignal;
  /** Aborting lets running tasks end and hands them on; no further one is begun. */
  readonly finish?: AbortSignal;
  readonly onDone: OnDone<T, R>;
  /** The result of a task whose worker died (out of memory). */
  readonly whenLost: (error: Error, task: T) => R;
  /** How long a task may take on its thread; a longer one is ended with its thread, which a new one replaces. */
  readonly limit?: { readonly seconds: number; readonly whenOver: (task: T) => R };
  /** Tasks that are run in a process of their own thread: those that may take the process down with them. */
  readonly isGuest?: (task: T) => boolean;
  /**
   * Tasks that fail are run once more, on a thread of their own; after `finish` no more, and then they are not handed
   * on.
   */
  readonly again?: { readonly isFailure: (result: R) => boolean; readonly join: (first: R, second: R) => R };
  /** Asked before a task is run; left out, every task is. */
  readonly known?: KnownResults<T, R> | undefined;
}

/** Results that are there without running the task, because of what others came to. */
export interface KnownResults<T, R> {
  /** null: it has to be run. */
  find(task: T): R | null;
  /** Told of each result that is not of `find`; hands back the one to be handed on. */
  keep(task: T, result: R): R;
}

/** May still keep a result while the next task runs: resolves when it is safe. */
export type OnDone<T, R> = (task: T, result: R) => void | Promise<void>;

/** Resolves when every task was handed on, or when a signal was aborted. Errors of `onDone` (a full disk) reject. */
export async function runTasks<T, R>(tasks: readonly T[], options: TaskOptions<T, R>): Promise<void> {
  const pool = new TaskPool<T, R>({ ...options, threads: Math.max(1, Math.min(options.threads, tasks.length)) });
  try {
    await pool.run(tasks);
  } finally {
    await pool.close();
  }
}

/** Worker threads for several lots of tasks, one after the other or side by side. */
export class TaskPool<T, R> {
  #threads: Threads<T, R> | null = null;
  #guests: Threads<T, R> | null = null;
  readonly #options: TaskOptions<T, R>;
  readonly #free: Slots;

  constructor(options: TaskOptions<T, R>) {
    this.#options = options;
    this.#free = new Slots(options.threads);
  }

  /** Tasks that have been begun and have not ended. */
  get running(): number {
    return this.#free.taken;
  }

  /** As runTasks. `onDone`: instead of that of the pool. */
  async run(tasks: Iterable<T>, onDone: OnDone<T, R> = this.#options.onDone): Promise<void> {
    const pending = tasks[Symbol.iterator]();
    const broken = new AbortController();
    const keep = async (task: T, result: R): Promise<void> => {
      // By now the next task of the thread is under way.
      await Promise.resolve();
      await onDone(task, result);
    };
    const lane = async (): Promise<void> => {
      const unkept = new Set<Promise<unknown>>();
      while (!this.#isStopped() && !broken.signal.aborted) {
        const next = pending.next();
        if (next.done === true) break;
        const result = await this.#result(next.value, [broken.signal]);
        if (result === null) break;
        // One that was refused stays among them, and ends the lane below.
        const kept: Promise<unknown> = keep(next.value, result.value).then(() => unkept.delete(kept));
        kept.catch(() => broken.abort());
        unkept.add(kept);
        if (unkept.size >= UNKEPT) await Promise.race(unkept);
      }
      await Promise.all(unkept);
    };
    try {
      await Promise.all(Array.from({ length: this.#options.threads }, lane));
    } finally {
      broken.abort();
    }
  }

  /**
   * The result of one task, as soon as a thread is free for it; null when a signal was aborted before there was one.
   */
  async result(task: T): Promise<R | null> {
    return (await this.#result(task, []))?.value ?? null;
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all([this.#threads?.destroy(), this.#guests?.destroy()]);
  }

  /** Those for a task, started when there is the first. */
  #threadsFor(task: T): Threads<T, R> {
    const { threads } = this.#options;
    if (this.#isGuest(task)) return (this.#guests ??= this.#start(task, threads));
    return (this.#threads ??= this.#start(task, threads, this.#options.start));
  }

  #start(task: T, count: number, start: StartThreads = startThreads): Threads<T, R> {
    const options = this.#options;
    return this.#isGuest(task) ? new Guests(options) : start(options, count);
  }

  #isGuest(task: T): boolean {
    return this.#options.isGuest?.(task) === true;
  }

  /** `more`: signals besides those of the pool that stop it at once. */
  async #result(task: T, more: readonly AbortSignal[]): Promise<{ readonly value: R } | null> {
    const { known } = this.#options;
    const found = known?.find(task) ?? null;
    if (found !== null) return { value: found };
    const made = await this.#run(task, more);
    return made === null || known === undefined ? made : { value: known.keep(task, made.value) };
  }

  async #run(task: T, more: readonly AbortSignal[]): Promise<{ readonly value: R } | null> {
    const { signal, again } = this.#options;
    if (!this.#free.tryTake()) await this.#free.take();
    try {
      if (this.#isStopped()) return null;
      const stop = signal === undefined ? more : [signal, ...more];
      const first = await this.#attempt(this.#threadsFor(task), task, stop);
      if (first === null || again?.isFailure(first.value) !== true) return first;
      if (this.#isStopped()) return null;
      const fresh = this.#start(task, 1);
      try {
        const second = await this.#attempt(fresh, task, stop);
        return second === null ? null : { value: again.join(first.value, second.value) };
      } finally {
        await fresh.destroy();
      }
    } finally {
      this.#free.giveBack();
    }
  }

  /** null when one of `stop` was aborted. */
  async #attempt(threads: Threads<T, R>, task: T, stop: readonly AbortSignal[]): Promise<{ readonly value: R } | null> {
    const { limit, whenLost } = this.#options;
    // Not AbortSignal.any: a signal that lives as long as the pool would remember each task.
    const end = new AbortController();
    const abort = (): void => end.abort();
    const timer = limit === undefined ? undefined : setTimeout(() => end.abort(TIME_IS_OVER), limit.seconds * 1e3);
    for (const signal of stop) signal.addEventListener('abort', abort);
    if (stop.some((signal) => signal.aborted)) abort();
    try {
      return { value: await threads.run(task, { signal: end.signal }) };
    } catch (thrown) {
      if (stop.some((signal) => signal.aborted)) return null;
      if (limit !== undefined && end.signal.reason === TIME_IS_OVER) return { value: limit.whenOver(task) };
      return { value: whenLost(asError(thrown), task) };
    } finally {
      clearTimeout(timer);
      for (const signal of stop) signal.removeEventListener('abort', abort);
    }
  }

  #isStopped(): boolean {
    return this.#options.signal?.aborted === true || this.#options.finish?.aborted === true;
  }
}
