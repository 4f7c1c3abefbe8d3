/**
 * A table as a Parquet file, by hyparquet-writer: typed columns, Snappy in JavaScript (its bytes do not depend on the
 * libraries that Node was built with), and where it comes from in the file's key-value metadata.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { StoredRun } from '../../run/readRun.ts';
import { columnDocument } from './json.ts';
import { TABLES_SCHEMA, typedValue } from './table.ts';
import type { Column, Table, Value } from './table.ts';

/** Rows in memory at once. */
const ROW_GROUP = 10_000;

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** The bytes of the file, a row group a piece. */
export function* parquetPieces(run: StoredRun, table: Table): Iterable<Uint8Array> {
  const { manifest, digest } = run;
  const { columns, name, about } = table;
  const bytes = new ByteWriter();
  const metadata = {
    schema: TABLES_SCHEMA,
    table: name,
    about,
    tool: manifest.tool,
    model: manifest.model,
    reproduce: manifest.reproduce,
    digest,
    columns: JSON.stringify(columns.map(columnDocument)),
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(element)],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key: `cma-stress.${key}`, value })),
    createdBy: `cma-stress version ${manifest.tool}`,
  });
  for (const rows of groups(table.rows(run))) {
    const columnData = columns.map((column, i) => ({
      name: column.name,
      data: rows.map((row) => typedValue(row[i], column.type)),
    }));
    void writer.write({ columnData, rowGroupSize: ROW_GROUP });
    yield taken(bytes);
  }
  void writer.finish();
  yield taken(bytes);
}

const TYPES: Readonly<Record<Column['type'], Partial<SchemaElement>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  whole: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  truth: { type: 'BOOLEAN' },
};

function element({ name, type, nullable }: Column): SchemaElement {
  return { name, ...TYPES[type], repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' };
}

function* groups(rows: Iterable<readonly Value[]>): Iterable<(readonly Value[])[]> {
  let group: (readonly Value[])[] = [];
  for (const row of rows) {
    group.push(row);
    if (group.length < ROW_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** What was written since the last time. The buffer begins anew, offsets in the file go on. */
function taken(writer: ByteWriter): Uint8Array {
  const piece = writer.getBytes().slice();
  writer.index = 0;
  return piece;
}
