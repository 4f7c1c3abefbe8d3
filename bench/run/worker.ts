/**
 * Worker thread: runs one cell and hands back its record, or why there is none. Errors never cross as exceptions. The cell
 * is all it needs: plug-ins travel with it.
 */
import { performance } from 'node:perf_hooks';
import { runCell } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import { blame, strategiesOf } from '../plugin/index.ts';
import type { CellError, CellRecord } from './cell.ts';
import { reduceCell } from './reduce.ts';

/** Structured clone drops an error's class and fields, so results travel in an envelope. */
export type WorkerReply =
  | { readonly ok: true; readonly record: CellRecord; readonly wallSeconds: number }
  | { readonly ok: false; readonly error: CellError; readonly wallSeconds: number };

/** Runs `cell`. Wall time is seconds of this thread, reducing included. */
export default function runInWorker(cell: Cell): WorkerReply {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1e3;
  const plugins = cell.plugins ?? [];
  try {
    const record = reduceCell(cell, runCell(cell.input, strategiesOf(plugins)));
    return { ok: true, record, wallSeconds: elapsed() };
  } catch (thrown) {
    return { ok: false, error: describeError(blame(thrown, plugins)), wallSeconds: elapsed() };
  }
}

function describeError(thrown: unknown): CellError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), stack: '' };
  return { name: thrown.name, message: thrown.message, stack: thrown.stack ?? '' };
}
