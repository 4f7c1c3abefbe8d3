/** What a strategy costs: means over seeds, for the tables of the summary and of the handbook. */
import type { CellRecord } from '../run/cell.ts';

const PAGE_BYTES = 4096;

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

export function costsOf(cells: readonly CellRecord[]): Costs {
  const mean = (of: (cell: CellRecord) => number): number =>
    cells.length === 0 ? 0 : cells.reduce((total, cell) => total + of(cell), 0) / cells.length;
  const attempts = mean(({ cma }) => cma.attempts);
  return {
    ksmdCpu: mean(({ ksm }) => ksm.cpuShare),
    rmapItemsPeak: mean(({ rmapItems }) => rmapItems.peak),
    rmapItemsBytes: mean(peakBytes),
    savedBytes: mean(({ ksm }) => ksm.savedBytes),
    requestCpuMs: attempts === 0 ? 0 : mean(({ cma }) => cma.cpuUs.total) / attempts / 1e3,
    forkP99Ms: mean(({ forkUs }) => forkUs.p99) / 1e3,
    unusableBytes: mean(({ memory }) => memory.unusableCmaPages) * PAGE_BYTES,
    refaults: mean(({ pageCache }) => pageCache.refaults),
  };
}

/** At the size that the cell reports per item. */
function peakBytes({ rmapItems: { live, bytes, peak } }: CellRecord): number {
  return live === 0 ? bytes : (bytes / live) * peak;
}
