/** What a strategy costs: means over seeds, for the tables of the summary and of the handbook. */
import { PAGE_BYTES } from '../plan/units.ts';
import type { CellRecord } from '../run/cell.ts';

export interface Costs {
  /** Of one CPU, 0..1. */
  readonly ksmdCpu: number;
  readonly rmapItemsPeak: number;
  /** Bytes that they take at their peak. */
  readonly rmapItemsBytes: number;
  /** Bytes that merging saves at the end. */
  readonly savedBytes: number;
  /** CPU time of a request in ms, sleeps not counted; 0 without requests. */
  readonly requestCpuMs: number;
  /** 99th percentile of fork, ms. */
  readonly forkP99Ms: number;
  /** Bytes of CMA areas that anonymous memory may not use. */
  readonly unusableBytes: number;
  /** Pages of the page cache read again after they had been dropped. */
  readonly refaults: number;
}

/** Costs of cells that come one after the other and need not be kept. */
export class CostTotals {
  #cells = 0;
  #totals = SUMMED.map(() => 0);

  add(cell: CellRecord): void {
    this.#cells++;
    for (const [index, of] of SUMMED.entries()) this.#totals[index] += of(cell);
  }

  costs(): Costs {
    const means = this.#totals.map((total) => (this.#cells === 0 ? 0 : total / this.#cells));
    const [attempts, requestCpuUs, ksmdCpu, rmapItemsPeak, rmapItemsBytes, savedBytes, forkP99Us, unusable, refaults] =
      means;
    return {
      ksmdCpu,
      rmapItemsPeak,
      rmapItemsBytes,
      savedBytes,
      requestCpuMs: attempts === 0 ? 0 : requestCpuUs / attempts / 1e3,
      forkP99Ms: forkP99Us / 1e3,
      unusableBytes: unusable * PAGE_BYTES,
      refaults,
    };
  }
}

/** In the order in which `costs` takes them apart. */
const SUMMED: readonly ((cell: CellRecord) => number)[] = [
  ({ cma }) => cma.attempts,
  ({ cma }) => cma.cpuUs.total,
  ({ ksm }) => ksm.cpuShare,
  ({ rmapItems }) => rmapItems.peak,
  peakBytes,
  ({ ksm }) => ksm.savedBytes,
  ({ forkUs }) => forkUs.p99,
  ({ memory }) => memory.unusableCmaPages,
  ({ pageCache }) => pageCache.refaults,
];

export function costsOf(cells: Iterable<CellRecord>): Costs {
  const totals = new CostTotals();
  for (const cell of cells) totals.add(cell);
  return totals.costs();
}

/** At the size that the cell reports per item. */
function peakBytes({ rmapItems: { live, bytes, peak } }: CellRecord): number {
  return live === 0 ? bytes : (bytes / live) * peak;
}
