/** What runs the cells of a plan: worker threads of this process (pool.ts), or a queue that other machines work on. */
import type { Cell } from '../plan/types.ts';
import type { WorkerReply } from './worker.ts';

export interface Engine {
  /**
   * Runs the cells and hands each result on once, in whatever order. Takes cells as it has room for them, so a plan may
   * be longer than memory. Resolves when every result was handed on and kept, or, after the signal, those of the cells
   * that had been begun. Rejects with whatever `onCell` rejects with (a full disk).
   */
  run(cells: Iterable<Cell>, handlers: EngineHandlers): Promise<void>;
}

export interface EngineHandlers {
  /** How many cells there are, where it is known. */
  readonly total?: number;
  /** Aborted at the first Ctrl-C: no further cell is begun, those that run are ended and handed on. */
  readonly signal: AbortSignal;
  /** Resolves when the result is safe on disk. */
  readonly onCell: (cell: Cell, reply: WorkerReply) => Promise<void>;
}
