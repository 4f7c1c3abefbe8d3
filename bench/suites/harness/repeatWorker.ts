/**
 * In place of the worker of cells: what the first cell of a workload under a strategy observed is what every further
 * one does, but for some requests. All that a thread does but run the model.
 */
import { workerData } from 'node:worker_threads';
import type { Observations } from '../../../sim/index.ts';
import { groupKey } from '../../plan/index.ts';
import type { Cell } from '../../plan/types.ts';
import { reduceCell } from '../../run/reduce.ts';
import type { WorkerReply } from '../../run/worker.ts';

/** By the key of their group. */
export type Observed = ReadonlyMap<string, Observations>;

export default function repeatedReply(cell: Cell): WorkerReply {
  const seen = (workerData as Observed).get(groupKey(cell))!;
  // Each seed lacks others, so that statistics have something to do.
  const attempts = seen.attempts.filter((_, index) => (7 * index + 13 * cell.seed) % 31 !== 0);
  return { ok: true, record: reduceCell(cell, { ...seen, attempts }), wallSeconds: 0 };
}
