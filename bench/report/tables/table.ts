/** Tidy tables for other programs: what a table and a column are. Every row has a value, or null, for each column. */
import type { CellRecord, FailedCell } from '../../run/cell.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';

/** Of all tables together: goes up when a column is renamed, removed or means something else. */
export const TABLES_SCHEMA = 'cma-stress/tables/1';

/** A UTF-8 text, a whole number (64 bits), a double, or a truth value. */
export type ColumnType = 'text' | 'whole' | 'number' | 'truth';
export type Value = string | number | boolean | null;

export interface Column {
  /** In snake_case, with its unit. */
  readonly name: string;
  readonly type: ColumnType;
  /** What it means, in Markdown. */
  readonly about: string;
  /** May be null. */
  readonly nullable: boolean;
}

/** What tables are made of: a finished run, or what there is of one so far. Each may be gone through more than once. */
export interface TableSource {
  /** Cells that have results, in plan order when the run is finished. */
  readonly records: Iterable<CellRecord>;
  readonly failed: Iterable<FailedCell>;
  readonly summary: readonly SummaryEntry[];
}

export interface Table {
  readonly name: string;
  /** What a row is. */
  readonly about: string;
  readonly columns: readonly Column[];
  /**
   * Values made one row at a time, in the order of the columns; of the columns at the indexes `only` alone where they
   * are given.
   */
  readonly rows: (run: TableSource, only?: readonly number[]) => Iterable<readonly Value[]>;
}

/** A value as formats with typed columns take it: a whole number of 64 bits is a bigint there. */
export function typedValue(value: Value, type: ColumnType): Value | bigint {
  return type === 'whole' && typeof value === 'number' ? BigInt(value) : value;
}

/** A column and where its value comes from. */
export interface ColumnOf<Row> extends Column {
  readonly of: (row: Row) => Value;
}

/** A column of `Row`s; `nullable` ones say so. */
export function column<Row>(
  name: string,
  type: ColumnType,
  about: string,
  of: (row: Row) => Value,
  nullable = false,
): ColumnOf<Row> {
  return { name, type, about, nullable, of };
}

/** Puts a table together. `rowsOf` is asked for one row at a time. */
export function tableOf<Row>(
  name: string,
  about: string,
  columns: readonly ColumnOf<Row>[],
  rowsOf: (run: TableSource) => Iterable<Row>,
): Table {
  return {
    name,
    about,
    columns,
    rows: function* (run, only) {
      const wanted = only === undefined ? columns : only.map((index) => columns[index]);
      for (const row of rowsOf(run)) yield wanted.map(({ of }) => finite(of(row)));
    },
  };
}

/** No format has a word for infinity that every reader knows. */
function finite(value: Value): Value {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/** The unit that a column's name says; '' for counts, shares and texts. */
export function unitOf({ name, type }: Pick<Column, 'name' | 'type'>): string {
  if (type === 'text' || type === 'truth') return '';
  const part = /(?:^|_)(us|ms|s|bytes|seconds|pages)(?:_|$)/.exec(name)?.[1] ?? '';
  return part === 'seconds' ? 's' : part;
}
