/**
 * A result as text in pieces, so that long ones need not be in memory: a table, CSV, one JSON document, or a JSON
 * object a line.
 */
import { withoutControls } from '../plan/quote.ts';
import { csvLine } from '../report/tables/csv.ts';
import { left, right, table } from '../report/table.ts';
import type { Column } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import type { QueryResult } from './database.ts';
import { plainOf } from './values.ts';
import type { Json } from './values.ts';

export const QUERY_SCHEMA = 'cma-stress/query/1';

/** Rows below one head: the columns are as wide as these rows need. */
const ROWS_PER_TABLE = 1000;

/** Aligned columns; after every 1000 rows the head again. Ends in a newline. */
export async function* tablePieces({ columns, chunks }: QueryResult, terminal: Terminal): AsyncIterable<string> {
  const heads = columns.map(({ name, type }) => (isNumeric(type) ? right : left)(withoutControls(name)));
  let first = true;
  for await (const rows of groups(chunks)) {
    yield `${first ? '' : '\n'}${rendered(terminal, heads, rows)}`;
    first = false;
  }
  if (first) yield rendered(terminal, heads, []);
}

function rendered(terminal: Terminal, heads: readonly Column[], rows: readonly (readonly Json[])[]): string {
  const texts = rows.map((row) => row.map((value) => withoutControls(String(plainOf(value) ?? 'NULL'))));
  return `${table(terminal, heads, texts).join('\n')}\n`;
}

function isNumeric(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|BIGNUM|DECIMAL\(\d+,\s*\d+\))$/.test(type);
}

async function* groups(chunks: QueryResult['chunks']): AsyncIterable<(readonly Json[])[]> {
  let group: (readonly Json[])[] = [];
  for await (const rows of chunks) {
    for (const row of rows) {
      group.push(row);
      if (group.length < ROWS_PER_TABLE) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** RFC 4180, as the tables of `report`. */
export async function* csvPieces({ columns, chunks }: QueryResult): AsyncIterable<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of chunks) yield rows.map((row) => csvLine(row.map(plainOf))).join('');
}

/** One document: `head`, the columns, and the rows as objects. Ends in a newline. */
export async function* jsonPieces(
  { columns, chunks }: QueryResult,
  head: Readonly<Record<string, Json>>,
): AsyncIterable<string> {
  yield `${JSON.stringify({ schema: QUERY_SCHEMA, ...head, columns }).slice(0, -1)},"rows":[`;
  let first = true;
  for await (const rows of chunks) {
    if (rows.length === 0) continue;
    yield `${first ? '' : ','}\n${rows.map((row) => objectText(columns, row)).join(',\n')}`;
    first = false;
  }
  yield ']}\n';
}

export async function* ndjsonPieces({ columns, chunks }: QueryResult): AsyncIterable<string> {
  for await (const rows of chunks) yield rows.map((row) => `${objectText(columns, row)}\n`).join('');
}

function objectText(columns: QueryResult['columns'], row: readonly Json[]): string {
  return `{${columns.map(({ name }, index) => `${JSON.stringify(name)}:${JSON.stringify(row[index])}`).join(',')}}`;
}
