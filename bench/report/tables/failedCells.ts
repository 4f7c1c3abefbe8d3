/** A row a cell that ended in an error: it has no results, and no row in another table. */
import type { FailedCell } from '../../run/cell.ts';
import { identityColumns, setupColumns } from './identity.ts';
import type { OfCell } from './identity.ts';
import { column, tableOf } from './table.ts';

export const failedCellsTable = tableOf<OfCell<FailedCell>>(
  'failed_cells',
  'a cell that failed, and has no row in any other table',
  [
    ...identityColumns<OfCell<FailedCell>>(),
    ...setupColumns<OfCell<FailedCell>>(),
    column('error_name', 'text', 'kind of error', ({ cell }) => cell.error.name),
    column('error_message', 'text', 'what it said', ({ cell }) => cell.error.message),
  ],
  function* ({ failed }) {
    for (const cell of failed) yield { cell };
  },
);
