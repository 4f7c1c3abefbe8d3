/** What is compared in a mail. */
import type { CellRecord } from '../../run/cell.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';

/** A strategy with its cells. */
export interface Side {
  readonly entry: SummaryEntry;
  readonly cells: readonly CellRecord[];
}
