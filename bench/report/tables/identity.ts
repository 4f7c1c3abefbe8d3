/** The columns by which rows of different tables are joined: which cell a row is of. */
import type { CellRecord } from '../../run/cell.ts';
import { column } from './table.ts';
import type { ColumnOf } from './table.ts';

export interface OfCell {
  readonly cell: CellRecord;
}

export function identityColumns<Row extends OfCell>(): ColumnOf<Row>[] {
  return [
    column('cell_id', 'text', 'hash of everything that determines the cell: joins the tables', ({ cell }) => cell.id),
    column('workload', 'text', 'name of the workload', ({ cell }) => cell.workload),
    column('strategy', 'text', 'strategies, joined by `+` when several act together', ({ cell }) => cell.strategy),
    column('seed', 'whole', 'the same seed gives every strategy the same device life', ({ cell }) => cell.seed),
  ];
}
