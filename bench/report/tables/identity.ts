/** The columns by which rows of different tables are joined: which cell a row is of. */
import type { CellRecord, FailedCell } from '../../run/cell.ts';
import { column } from './table.ts';
import type { ColumnOf } from './table.ts';

export interface OfCell<Cell = CellRecord> {
  readonly cell: Cell;
}

export function identityColumns<Row extends OfCell<CellRecord | FailedCell>>(): ColumnOf<Row>[] {
  return [
    column('cell_id', 'text', 'hash of everything that determines the cell: joins the tables', ({ cell }) => cell.id),
    column('workload', 'text', 'name of the workload', ({ cell }) => cell.workload),
    column('strategy', 'text', 'strategies, joined by `+` when several act together', ({ cell }) => cell.strategy),
    column('seed', 'whole', 'the same seed gives every strategy the same device life', ({ cell }) => cell.seed),
  ];
}

/** What a cell was run with. */
export function setupColumns<Row extends OfCell<CellRecord | FailedCell>>(): ColumnOf<Row>[] {
  return [
    column('kernel', 'text', 'kernel profile it ran with', ({ cell }) => cell.kernel),
    column('device', 'text', 'device profile it ran with', ({ cell }) => cell.device),
    column('settings_json', 'text', 'knobs by their path in a workload file, a JSON object', ({ cell }) =>
      JSON.stringify(cell.settings),
    ),
  ];
}
