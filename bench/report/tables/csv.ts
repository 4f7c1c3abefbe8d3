/**
 * A table as CSV after RFC 4180: a header line, CRLF behind each line, a field quoted where it has to be. Null is an
 * empty field; a text is quoted also when it is empty, so that the two differ.
 *
 * Texts that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` at their beginning) stay as they are: a mark in
 * front would be part of the data to every other reader. docs/reference/report.md says so.
 */
import type { Table, TableSource, Value } from './table.ts';

/** The lines of the file. */
export function* csvLines(run: TableSource, table: Table): Iterable<string> {
  yield csvLine(table.columns.map(({ name }) => name));
  for (const row of table.rows(run)) yield csvLine(row);
}

/** A line with its end. */
export function csvLine(values: readonly Value[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return `${value}`;
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
