/** The database of a query: what SQL can reach, and how values are written. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { PLAIN } from '../report/terminal.ts';
import { suiteInScratch } from '../testing/command.ts';
import { RunFolder } from '../run/folder.ts';
import { cells, finishedRun, workload } from '../testing/finishedRuns.ts';
import { Database } from './database.ts';
import type { DatabaseOptions } from './database.ts';
import { loadDuckDB } from './duckdb.ts';
import { csvPieces, jsonPieces, ndjsonPieces, tablePieces } from './formats.ts';
import { QueriedRun } from './runs.ts';
import { queryTables } from './tables.ts';

const test = suiteInScratch('database');

test.before(({ dir }) => {
  finishedRun(join(dir, 'done'), [workload('fork-heavy')], cells('fork-heavy', 'stock', [3, 4, 5]));
});

/** What `use` makes of a database with the run, or the error. */
async function withDatabase<T>(
  dir: string,
  use: (database: Database) => Promise<T>,
  options: Partial<DatabaseOptions> = {},
): Promise<T> {
  const run = new QueriedRun(join(dir, 'done'));
  const { signal } = new AbortController();
  const database = await Database.open(queryTables([run]), { signal, allowFiles: false, output: null, ...options });
  try {
    return await use(database);
  } finally {
    database.close();
    run.close();
  }
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** The error of the SQL; null when there is none. */
async function errorOf(database: Database, sql: string): Promise<unknown> {
  try {
    await textOf(csvPieces(await database.query(sql)));
    return null;
  } catch (thrown) {
    return thrown;
  }
}

test('numbers stay numbers where they are exact; every format', async ({ dir }) => {
  const sql = `SELECT 9007199254740993 AS big, 7::HUGEINT AS small, 1.50 AS dec, NULL AS none, [1, 2] AS list,
    {'a': 1.5} AS struct, DATE '2026-01-02' AS day, 'x,"y' AS text, 'nan'::DOUBLE AS nan, chr(27) || '[31m' AS red`;
  const row = {
    big: '9007199254740993',
    small: 7,
    dec: 1.5,
    none: null,
    list: [1, 2],
    struct: { a: 1.5 },
    day: '2026-01-02',
    text: 'x,"y',
    nan: 'NaN',
    red: '\u001b[31m',
  };
  await withDatabase(dir, async (database) => {
    const json = JSON.parse(await textOf(jsonPieces(await database.query(sql), { tool: 't' }))) as {
      readonly columns: readonly unknown[];
      readonly rows: readonly unknown[];
    };
    assert.equal(json.rows, [row]);
    assert.equal(json.columns[1], { name: 'small', type: 'HUGEINT' });
    assert.equal(JSON.parse(await textOf(ndjsonPieces(await database.query(sql)))), row);
    assert.is(
      (await textOf(csvPieces(await database.query(sql)))).split('\r\n')[1],
      '9007199254740993,7,1.5,,"[1,2]","{""a"":1.5}",2026-01-02,"x,""y",NaN,\u001b[31m',
    );
    const [head, rule, line] = (await textOf(tablePieces(await database.query(sql), PLAIN))).split('\n');
    assert.match(head, /^ +big +small +dec +none +list +struct/);
    assert.match(rule, /^-+$/);
    assert.match(line, /^9007199254740993 +7 +1\.5 +NULL +\[1,2\] .*\?\[31m$/);
  });
});

test('long results: the head again after 1000 rows, and no row lost', async ({ dir }) => {
  const text = await withDatabase(dir, async (database) =>
    textOf(tablePieces(await database.query('SELECT range AS n FROM range(2500)'), PLAIN)),
  );
  const lines = text.split('\n').map((line) => line.trim());
  assert.is(lines.filter((line) => line === 'n').length, 3);
  assert.equal(
    lines.filter((line) => /^\d+$/.test(line)).map(Number),
    Array.from({ length: 2500 }, (_, n) => n),
  );
});

test('SQL reaches no file, no net and no setting unless it is let', async ({ dir }) => {
  const mine = join(dir, 'mine.csv');
  const out = join(dir, 'out');
  writeFileSync(mine, 'a\n1\n2\n');
  await withDatabase(dir, async (database) => {
    for (const sql of [
      `SELECT * FROM '${mine}'`,
      `SELECT * FROM read_csv('${mine}')`,
      `SELECT * FROM glob('${mine}')`,
      `COPY cells TO '${out}'`,
      `ATTACH '${out}'`,
      'INSTALL httpfs',
      'LOAD httpfs',
      "SELECT * FROM read_text('https://localhost/x')",
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
    ]) {
      assert.instance(await errorOf(database, sql), UsageError, sql);
    }
  });
  assert.not(existsSync(out));
  await withDatabase(
    dir,
    async (database) => {
      const sql = `SELECT sum(a) AS n FROM '${mine}'`;
      assert.is(await textOf(ndjsonPieces(await database.query(sql))), '{"n":3}\n');
      for (const net of ['INSTALL httpfs', "SELECT * FROM read_text('https://localhost/x')"]) {
        assert.instance(await errorOf(database, net), UsageError, net);
      }
    },
    { allowFiles: true },
  );
});

test('parquet takes one SELECT, whatever stands behind it', async ({ dir }) => {
  const output = join(dir, 'one.parquet');
  await withDatabase(
    dir,
    async (database) => {
      for (const sql of ['SELECT 1; SELECT 2', 'CREATE TABLE t (a INT)', 'SELECT 1) TO (SELECT 2']) {
        assert.instance(
          await database.writeParquet(sql, output, {}).catch((thrown: unknown) => thrown),
          UsageError,
          sql,
        );
      }
      for (const sql of ['SELECT * FROM cells -- ;\n ; -- "end"\n;', "SELECT ';--b'", "SELECT '--;'; -- a;b\n"]) {
        await database.writeParquet(sql, output, { "it's": 'me' });
      }
    },
    { output },
  );
  assert.ok(existsSync(output));
});

test('a damaged run is told by file and line; Ctrl-C ends a query', async ({ dir }) => {
  finishedRun(join(dir, 'damaged'), [workload('fork-heavy')], cells('fork-heavy', 'stock', [3]));
  writeFileSync(join(dir, 'damaged', 'cells.ndjson'), '{"id":\n');
  assert.throws(() => new QueriedRun(join(dir, 'damaged')), /cells\.ndjson: does not have the digest/);
  const { manifest } = RunFolder.open(join(dir, 'damaged'));
  writeFileSync(join(dir, 'damaged', 'run.json'), JSON.stringify({ ...manifest, digest: null }));
  const run = new QueriedRun(join(dir, 'damaged'));
  const controller = new AbortController();
  const options = { signal: controller.signal, allowFiles: false, output: null };
  const database = await Database.open(queryTables([run]), options);
  assert.match(String(await errorOf(database, 'SELECT seed FROM cells')), 'cells.ndjson:1:1');
  const endless = errorOf(database, 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b');
  setTimeout(() => {
    controller.abort();
  }, 50);
  assert.ok((await endless) !== null);
  database.close();
  run.close();
});

test('no DuckDB for the platform', async () => {
  const thrown: unknown = await loadDuckDB(() => Promise.reject(new Error('no such package'))).catch(
    (error: unknown) => error,
  );
  assert.instance(thrown, UsageError);
  assert.match((thrown as UsageError).message, 'no such package');
});

test.run();
