/** All tables of a run. */
import { attemptsTable, clientsTable } from './attempts.ts';
import { causesTable } from './causes.ts';
import { cellsTable } from './cells.ts';
import { failedCellsTable } from './failedCells.ts';
import { samplesTable } from './samples.ts';
import { summaryTable } from './summary.ts';
import type { Table } from './table.ts';

/** The first is the one that is written when none is named. */
export const TABLES: readonly Table[] = [
  cellsTable,
  summaryTable,
  attemptsTable,
  clientsTable,
  samplesTable,
  causesTable,
  failedCellsTable,
];
