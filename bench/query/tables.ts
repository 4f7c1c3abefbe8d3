/** The tables that a query sees: those of `report`, with the run in front where there are several. */
import { TABLES } from '../report/tables/index.ts';
import type { Column, Value } from '../report/tables/table.ts';
import type { QueriedRun } from './runs.ts';

export interface QueryTable {
  readonly name: string;
  /** What a row is. */
  readonly about: string;
  readonly columns: readonly Column[];
  /** Rows of the columns at these indexes, in this order, of all runs one after the other. */
  readonly rows: (only: readonly number[]) => Iterable<readonly Value[]>;
}

const RUN: Column = { name: 'run', type: 'text', about: 'the run, as it was named', nullable: false };

export function queryTables(runs: readonly QueriedRun[]): QueryTable[] {
  const front = runs.length > 1 ? [RUN] : [];
  return TABLES.map(({ name, about, columns, rows }) => ({
    name,
    about,
    columns: [...front, ...columns],
    rows: function* (only) {
      const ofRun = only.filter((index) => index >= front.length).map((index) => index - front.length);
      // A query may name the columns in any order, the run among them.
      const places = only.map((index) => (index < front.length ? -1 : ofRun.indexOf(index - front.length)));
      for (const run of runs)
        for (const values of rows(run, ofRun)) yield places.map((place) => (place === -1 ? run.path : values[place]));
    },
  }));
}
