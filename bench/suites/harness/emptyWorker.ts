/** In place of the worker of cells: loads all that it loads, and runs nothing. */
import type { Cell } from '../../plan/types.ts';
import { nothingObserved } from '../../run/metrics.ts';
import { reduceCell } from '../../run/reduce.ts';
import type { WorkerReply } from '../../run/worker.ts';
// Of the types alone nothing would be loaded.
import '../../run/worker.ts';

export default function emptyReply(cell: Cell): WorkerReply {
  return { ok: true, record: reduceCell(cell, nothingObserved()), wallSeconds: 0 };
}
