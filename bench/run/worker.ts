/**
 * Worker thread: runs one cell and hands back its record, or why there is none. Errors never cross as exceptions. The
 * cell is all it needs: plug-ins travel with it.
 */
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { Bystanders, runCellBySeconds } from '../../sim/index.ts';
import type { Observations } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import { blame, strategiesOf } from '../plugin/index.ts';
import { ERROR_LENGTHS } from './cell.ts';
import type { CellError, CellRecord } from './cell.ts';
import { DEFAULT_LIMITS, LimitError, bufferError, simulatedError } from './limits.ts';
import type { CellLimits } from './limits.ts';
import { reduceCell } from './reduce.ts';
import { threadMemory } from './threadMemory.ts';

interface Attempt {
  readonly wallSeconds: number;
  /** Of the attempt before this one. */
  readonly firstError?: CellError;
}

export interface FailedReply extends Attempt {
  readonly ok: false;
  readonly error: CellError;
}

/** Structured clone drops an error's class and fields, so results travel in an envelope. */
export type WorkerReply = DoneReply | FailedReply;

export interface DoneReply extends Attempt {
  readonly ok: true;
  readonly record: CellRecord;
  /** Strategies under which the cell comes out the same; absent where none was asked. */
  readonly alike?: readonly string[];
}

/**
 * Runs `cell` within `limits`: those that the thread was started with. Wall time is seconds of this thread, reducing
 * included.
 */
export default function runInWorker(
  cell: Cell,
  limits = (workerData as CellLimits | null) ?? DEFAULT_LIMITS,
): WorkerReply {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1e3;
  const plugins = cell.plugins ?? [];
  try {
    const beside = isStock(cell) ? new Bystanders() : null;
    const record = reduceCell(cell, observe(cell, limits, beside));
    const alike = beside === null ? {} : { alike: beside.idle() };
    return { ok: true, record, wallSeconds: elapsed(), ...alike };
  } catch (thrown) {
    return {
      ok: false,
      error: describeError(thrown instanceof LimitError ? thrown : blame(thrown, plugins)),
      wallSeconds: elapsed(),
    };
  }
}

/** The kernel as it is, and no code that is not ours. */
function isStock({ strategy, plugins }: Cell): boolean {
  return strategy === 'stock' && plugins === undefined;
}

/** Looks up after each simulated second: once in some thousand events, so the model runs as fast as without. */
function observe(cell: Cell, limits: CellLimits, beside: Bystanders | null): Observations {
  const { warmupNs, durationNs, program } = cell.input.description;
  // How long the recorded program takes is not known before.
  if (program === undefined && warmupNs + durationNs > limits.simulatedNs) throw simulatedError(limits, cell);
  const { plugins = [] } = cell;
  const more = beside === null ? [] : [beside.strategy];
  const input = { ...cell.input, strategies: [...cell.input.strategies, ...more.map(({ name }) => name)] };
  const seconds = runCellBySeconds(input, [...strategiesOf(plugins), ...more], null, threadMemory(plugins));
  for (;;) {
    const { done, value } = seconds.next();
    if (done === true) return value;
    if (value > limits.simulatedNs) throw simulatedError(limits, cell);
    // V8 limits the heap of a thread, but not the buffers that it holds.
    if (getHeapStatistics().external_memory > limits.heapBytes) throw bufferError(limits, cell);
  }
}

function describeError(thrown: unknown): CellError {
  const { name, message, stack = '' } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
  return {
    name: name.slice(0, ERROR_LENGTHS.name),
    message: message.slice(0, ERROR_LENGTHS.message),
    stack: stack.slice(0, ERROR_LENGTHS.stack),
  };
}
