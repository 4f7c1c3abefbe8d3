/** A row a cell: every number of its document. */
import { metricOf, metricPaths, snakeCase } from '../../run/metrics.ts';
import { identityColumns, setupColumns } from './identity.ts';
import type { OfCell } from './identity.ts';
import { column, tableOf } from './table.ts';
import type { ColumnOf, ColumnType } from './table.ts';

export const cellsTable = tableOf<OfCell>(
  'cells',
  'a cell: one workload under one strategy and one seed',
  [
    ...identityColumns<OfCell>(),
    ...setupColumns<OfCell>(),
    ...metricPaths().map(metricColumn),
    column(
      'attempts_not_logged',
      'whole',
      'requests that are counted here and have no row in `attempts`',
      ({ cell }) => cell.cma.attempts - (cell.attemptLog?.at.length ?? 0),
    ),
  ],
  function* ({ records }) {
    for (const cell of records) yield { cell };
  },
);

/** Null where an earlier version did not have the number yet. */
function metricColumn(path: string): ColumnOf<OfCell> {
  const about = `\`${path}\` of [the cell's document](metrics.md)`;
  return column(snakeCase(path), typeOf(path), about, ({ cell }) => metricOf(cell, path), true);
}

/** Times, shares and means are no whole numbers. */
function typeOf(path: string): ColumnType {
  return /(?:Us|Ms)\.|Seconds$|[sS]hare|[mM]ean$|unusableCmaPages$/.test(path) ? 'number' : 'whole';
}
