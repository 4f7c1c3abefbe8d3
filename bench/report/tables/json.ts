/**
 * All tables in one JSON document, arrays of records: what `jq`, `pandas.DataFrame` and DuckDB's `unnest` take as it
 * is.
 */
import type { StoredRun } from '../../run/readRun.ts';
import { TABLES } from './index.ts';
import { TABLES_SCHEMA, unitOf } from './table.ts';
import type { Column, Table } from './table.ts';

/** The document in pieces, a row each, so that big runs need not be in memory twice. Ends in a newline. */
export function* jsonPieces(run: StoredRun): Iterable<string> {
  const { manifest, digest, failed, warnings, claims } = run;
  const head = {
    schema: TABLES_SCHEMA,
    tool: manifest.tool,
    model: manifest.model,
    command: manifest.command,
    reproduce: manifest.reproduce,
    digest,
    columns: Object.fromEntries(TABLES.map(({ name, columns }) => [name, columns.map(columnDocument)])),
    failedCells: failed,
    warnings,
    claims,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"tables":{`;
  for (const [index, table] of TABLES.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(table.name)}:[`;
    yield* rowPieces(run, table);
    yield ']';
  }
  yield '}}\n';
}

function* rowPieces(run: StoredRun, { columns, rows }: Table): Iterable<string> {
  let first = true;
  for (const row of rows(run)) {
    const record = Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]));
    yield `${first ? '' : ','}\n${JSON.stringify(record)}`;
    first = false;
  }
}

/** A column as documents describe it. */
export function columnDocument(column: Column): Record<string, string | boolean> {
  const { name, type, nullable, about } = column;
  return { name, type, unit: unitOf(column), nullable, about };
}
