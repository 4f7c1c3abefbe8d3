/**
 * Cells that need not be run: a run of stock tells which strategies would have done nothing else (`Bystanders`), and
 * the cells of those have its record, but for the names in it.
 */
import { performance } from 'node:perf_hooks';
import type { DeviceDescription } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import type { CellRecord } from './cell.ts';
import type { KnownResults } from './tasks.ts';
import type { WorkerReply } from './worker.ts';

/** Records of a workload that wait for cells of other strategies: some 20 MB of them. The oldest go first. */
const MOST_KEPT = 200;

interface Kept {
  readonly record: CellRecord;
  readonly strategies: readonly string[];
}

export class AlikeCells implements KnownResults<Cell, WorkerReply> {
  /** Cells that were not run. */
  found = 0;
  /** By workload, which all cells of a plan share, and by what else but the strategy makes a cell. */
  readonly #kept = new WeakMap<DeviceDescription, Map<string, Kept>>();

  find(cell: Cell): WorkerReply | null {
    const start = performance.now();
    const kept = this.#kept.get(cell.input.description)?.get(keyOf(cell));
    if (kept?.strategies.includes(cell.strategy) !== true) return null;
    this.found++;
    const record = { ...kept.record, id: cell.id, strategy: cell.strategy };
    return { ok: true, record, wallSeconds: (performance.now() - start) / 1e3 };
  }

  keep(cell: Cell, reply: WorkerReply): WorkerReply {
    if (!reply.ok || reply.alike === undefined) return reply;
    const { alike, ...rest } = reply;
    if (alike.length > 0) this.#put(cell, { record: reply.record, strategies: alike });
    return rest;
  }

  #put(cell: Cell, kept: Kept): void {
    const { description } = cell.input;
    let ofWorkload = this.#kept.get(description);
    if (ofWorkload === undefined) this.#kept.set(description, (ofWorkload = new Map<string, Kept>()));
    ofWorkload.set(keyOf(cell), kept);
    for (const oldest of ofWorkload.keys()) {
      if (ofWorkload.size <= MOST_KEPT) break;
      ofWorkload.delete(oldest);
    }
  }
}

function keyOf({ input: { seed, auditEveryNs } }: Cell): string {
  return `${seed} ${auditEveryNs}`;
}
