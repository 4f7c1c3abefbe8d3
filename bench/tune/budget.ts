/**
 * How much a search may simulate, as time on a machine of two cores.
 *
 * A search must come to the same result on any machine and any number of threads, so it never looks at a clock: each
 * cell is charged what it takes on the machine of reference, computed from what it did.
 */
import type { CellRecord } from '../run/cell.ts';

/**
 * s of one core: for each rmap_item at its peak (boot, settling, warm-up), and for each event of the measured time.
 * docs/reference/tune.md has the fit.
 */
const PER_ITEM = 6e-6;
const PER_EVENT = 0.4e-6;
const CORES = 2;

/** Seconds of the reference machine that a cell takes. */
export function costOf(cell: Pick<CellRecord, 'counts' | 'rmapItems'>): number {
  return (PER_ITEM * cell.rmapItems.peak + PER_EVENT * cell.counts.events) / CORES;
}
