/** Runs cells on worker threads. One cell is one task: a cell takes from ten milliseconds to seconds. */
import { entryModule } from '../plan/packageRoot.ts';
import type { Cell } from '../plan/types.ts';
import { AlikeCells } from './alike.ts';
import { joinAttempts } from './attempts.ts';
import type { Engine } from './engine.ts';
import { DEFAULT_LIMITS, bufferError, heapError, wallError } from './limits.ts';
import type { CellLimits, LimitError } from './limits.ts';
import { TaskPool } from './tasks.ts';
import type { KnownResults, TaskOptions } from './tasks.ts';
import { HEAP_FULL, MEMORY_FULL } from './threads.ts';
import type { StartThreads } from './threads.ts';
import type { WorkerReply } from './worker.ts';

const WORKER = entryModule('bench/run/worker');

export interface PoolOptions {
  readonly threads: number;
  readonly limits: CellLimits;
  /** Aborting lets running cells end and hands them on; no further one is begun. */
  readonly signal: AbortSignal;
  readonly onCell: (cell: Cell, reply: WorkerReply) => void | Promise<void>;
  /** In place of the module that runs cells: for tests of threads that die, and for measuring without the model. */
  readonly worker?: URL;
  /** What that module finds as its own; default: the limits. */
  readonly workerData?: unknown;
  /** As in TaskOptions. */
  readonly start?: StartThreads | undefined;
  /** As in TaskOptions. */
  readonly known?: KnownResults<Cell, WorkerReply> | undefined;
}

/** What an engine may be given besides its threads. */
export type LocalEngineOptions = Partial<Pick<PoolOptions, 'limits' | 'worker' | 'workerData' | 'start'>>;

export interface LocalEngine extends Engine {
  /** Cells that run at this moment. */
  readonly running: () => number;
  /** Cells that did not have to be run, since their strategy has nothing to do in them. */
  readonly alike: () => number;
}

/** The cells on worker threads of this process. */
export function localEngine(threads: number, options: LocalEngineOptions = {}): LocalEngine {
  let pool: TaskPool<Cell, WorkerReply> | null = null;
  const known = new AlikeCells();
  return {
    running: () => pool?.running ?? 0,
    alike: () => known.found,
    async run(cells, { total, signal, onCell }) {
      const count = Math.max(1, Math.min(threads, total ?? threads));
      pool = cellPool({ limits: DEFAULT_LIMITS, ...options, threads: count, signal, onCell, known });
      try {
        await pool.run(cells);
      } finally {
        await pool.close();
        pool = null;
      }
    },
  };
}

/** Threads for several lots of cells, or for single ones; to be closed. */
export function cellPool({
  threads,
  limits,
  signal,
  onCell,
  worker = WORKER,
  workerData = limits,
  start,
  known,
}: PoolOptions): TaskPool<Cell, WorkerReply> {
  const options: TaskOptions<Cell, WorkerReply> = {
    worker,
    workerData,
    threads,
    start,
    known,
    heapBytes: limits.heapBytes,
    finish: signal,
    onDone: onCell,
    // Code that is not ours.
    isGuest: (cell) => cell.plugins !== undefined,
    whenLost: (error, cell) => lost(error, cell, limits),
    limit: { seconds: limits.wallSeconds, whenOver: (cell) => ended(wallError(limits, cell)) },
    again: { isFailure: (reply) => !reply.ok, join: joinAttempts },
  };
  return new TaskPool(options);
}

/** A cell that was ended from outside has no stack. */
function ended({ name, message }: LimitError): WorkerReply {
  return { ok: false, error: { name, message, stack: '' }, wallSeconds: 0 };
}

function lost(error: Error, cell: Cell, limits: CellLimits): WorkerReply {
  const { name, message, stack = '' } = error;
  const code = 'code' in error ? error.code : null;
  if (code === HEAP_FULL) return ended(heapError(limits, cell));
  if (code === MEMORY_FULL) return ended(bufferError(limits, cell));
  return { ok: false, error: { name, message: `worker thread: ${message}`, stack }, wallSeconds: 0 };
}
