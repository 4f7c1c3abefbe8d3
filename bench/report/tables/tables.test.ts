/** Tables: their columns, and that every format says the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { HOSTILE, storedRun, twoStrategies, withoutLog } from '../../testing/storedRuns.ts';
import { cells } from '../../testing/finishedRuns.ts';
import { csvLines } from './csv.ts';
import { TABLES } from './index.ts';
import { jsonPieces } from './json.ts';
import { DOCS_COMMAND, tablesPage } from './page.ts';
import { parquetPieces } from './parquet.ts';
import { TABLES_SCHEMA } from './table.ts';
import type { Table, Value } from './table.ts';

type TableRecord = Readonly<Record<string, Value>>;

interface Document {
  readonly schema: string;
  readonly columns: Readonly<Record<string, readonly { name: string; type: string; nullable: boolean }[]>>;
  readonly tables: Readonly<Record<string, readonly TableRecord[]>>;
}

const hostile = (): StoredRun =>
  storedRun([...twoStrategies(), ...HOSTILE.flatMap((name) => cells('fork-heavy', name, [5, 6]))]);

function jsonOf(run: StoredRun): Document {
  return JSON.parse([...jsonPieces(run)].join('')) as Document;
}

/** RFC 4180 to the letter: quoted fields, CRLF behind every record, nothing else. */
function parseCsv(text: string): { readonly text: string; readonly quoted: boolean }[][] {
  const records: { text: string; quoted: boolean }[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    assert.ok(match !== null, `not CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    const quoted = (match[1] as string | undefined) !== undefined;
    records[records.length - 1].push({ text: quoted ? match[1].replaceAll('""', '"') : match[2], quoted });
    if (match[3] === '\r\n' && field.lastIndex < text.length) records.push([]);
  }
  return records;
}

test('columns are in snake_case, once each, and every value has its type', () => {
  const { columns, tables, schema } = jsonOf(hostile());
  assert.is(schema, TABLES_SCHEMA);
  for (const { name } of TABLES) {
    const names = columns[name].map((column) => column.name);
    assert.is(new Set(names).size, names.length, `${name}: a column twice`);
    for (const column of names) assert.match(column, /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
    // Made-up cells have no samples, and none of them failed.
    assert.is(tables[name].length > 0, name !== 'samples' && name !== 'failed_cells', name);
    for (const record of tables[name]) {
      for (const { name: column, type, nullable } of columns[name]) {
        const value = record[column];
        const place = `${name}.${column}: ${JSON.stringify(value)}`;
        if (value === null) assert.ok(nullable, place);
        else if (type === 'text') assert.type(value, 'string', place);
        else if (type === 'truth') assert.type(value, 'boolean', place);
        else assert.ok(typeof value === 'number' && (type === 'number' || Number.isInteger(value)), place);
      }
    }
  }
});

test('CSV reads back as the records of JSON', () => {
  const run = hostile();
  const { tables } = jsonOf(run);
  for (const table of TABLES) {
    const [head, ...lines] = parseCsv([...csvLines(run, table)].join(''));
    assert.equal(
      head.map(({ text }) => text),
      table.columns.map(({ name }) => name),
    );
    assert.is(lines.length, tables[table.name].length, table.name);
    for (const [i, line] of lines.entries()) {
      const record = Object.fromEntries(table.columns.map(({ name }, j) => [name, valueOf(line[j], table, j)]));
      assert.equal(record, tables[table.name][i], `${table.name} ${i}`);
    }
  }
});

function valueOf({ text, quoted }: { text: string; quoted: boolean }, { columns }: Table, index: number): Value {
  if (text === '' && !quoted) return null;
  const { type } = columns[index];
  if (type === 'text') return text;
  return type === 'truth' ? text === 'true' : Number(text);
}

test('Parquet reads back as the records of JSON, with its origin and types', async () => {
  const run = hostile();
  const { tables } = jsonOf(run);
  for (const table of TABLES) {
    const file = bytesOf(parquetPieces(run, table));
    const records = (await parquetReadObjects({ file })) as Readonly<Record<string, Value | bigint>>[];
    assert.equal(
      records.map((record) =>
        Object.fromEntries(
          Object.entries(record).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
        ),
      ),
      tables[table.name],
      table.name,
    );
    const { key_value_metadata, schema, created_by } = parquetMetadata(file);
    const metadata = Object.fromEntries((key_value_metadata ?? []).map(({ key, value }) => [key, value]));
    assert.is(metadata['cma-stress.schema'], TABLES_SCHEMA);
    assert.is(metadata['cma-stress.digest'], run.digest);
    assert.is(metadata['cma-stress.table'], table.name);
    const described = JSON.parse(metadata['cma-stress.columns']!) as { name: string; unit: string }[];
    assert.equal(
      described.map(({ name }) => name),
      table.columns.map(({ name }) => name),
    );
    assert.is(created_by, 'cma-stress version 0.1.0');
    const kinds = { text: 'BYTE_ARRAY', whole: 'INT64', number: 'DOUBLE', truth: 'BOOLEAN' } as const;
    assert.equal(
      schema.slice(1).map(({ type }) => type),
      table.columns.map(({ type }) => kinds[type]),
    );
  }
});

function bytesOf(pieces: Iterable<Uint8Array>): ArrayBuffer {
  const all = Buffer.concat([...pieces]);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
}

test('more rows than a row group, and none at all', async () => {
  const [record] = cells('fork-heavy', 'stock', [3]);
  const run = storedRun([record]);
  const attempts = TABLES.find(({ name }) => name === 'attempts')!;
  const many: Table = {
    ...attempts,
    rows: function* (of) {
      for (let i = 0; i < 401; i++) yield* attempts.rows(of);
    },
  };
  const read = await parquetReadObjects({ file: bytesOf(parquetPieces(run, many)) });
  assert.is(read.length, 401 * 50);
  const none = parquetMetadata(bytesOf(parquetPieces(storedRun([withoutLog(record)]), attempts)));
  assert.is(none.num_rows, 0n);
  assert.is(none.schema.length, attempts.columns.length + 1);
});

test('the attempts of a cell are those that it counts', () => {
  const { tables } = jsonOf(storedRun(twoStrategies()));
  assert.is(tables['attempts'].length, 600);
  const failed = tables['attempts'].filter(({ outcome }) => outcome === 'EBUSY');
  assert.is(failed.length, 60);
  for (const row of failed) assert.equal([row['errno'], row['blocked_by_b1'], row['retries_ranges']], [-16, 2, 2]);
  const cell = tables['cells'][0];
  assert.equal([cell['attempts_not_logged'], cell['cma_errors_ebusy'], cell['cma_latency_us_p50']], [0, 10, 10_000]);
});

test('docs/reference/tables.md has the columns as they are: npm run tables writes it', () => {
  const file = join(packageRoot(), 'docs', 'reference', 'tables.md');
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(tablesPage()), 'stale: npm run tables');
  assert.ok(text.includes(`<!-- cma-stress ${DOCS_COMMAND}: begin -->`));
});

test.run();
