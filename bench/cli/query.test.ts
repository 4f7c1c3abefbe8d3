/** `cma-stress query` through the real command: SQL over finished and unfinished runs. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import * as assert from 'uvu/assert';
import { QUERY_SCHEMA } from '../query/formats.ts';
import { EXAMPLES } from '../query/overview.ts';
import { TABLES } from '../report/tables/index.ts';
import type { Value } from '../report/tables/table.ts';
import type { FailedCell } from '../run/cell.ts';
import { RunFolder } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import { plainText, sealed } from '../run/lines.ts';
import { readRun } from '../run/readRun.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { cells, finishedRun, workload } from '../testing/finishedRuns.ts';
import { HOSTILE, twoStrategies } from '../testing/storedRuns.ts';

interface Document {
  readonly schema: string;
  readonly model: string;
  readonly run: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
}

const FAILED: FailedCell = {
  id: 'x',
  workload: 'fork-heavy',
  strategy: 'stock',
  kernel: 'k',
  device: 'd',
  seed: 99,
  settings: {},
  error: { name: 'Error', message: 'no' },
};

const test = suiteInScratch('query');

test.before(({ dir }) => {
  const records = [...twoStrategies(), ...HOSTILE.flatMap((name) => cells('fork-heavy', name, [5]))];
  finishedRun(join(dir, 'done'), [workload('fork-heavy')], records);
  const manifest = JSON.parse(readFileSync(join(dir, 'done', 'run.json'), 'utf8')) as RunManifest;
  const folder = RunFolder.create(join(dir, 'half'), { ...manifest, digest: null });
  const lines = [...cells('fork-heavy', 'stock', [10, 12]), FAILED].map((line) => sealed(plainText(line)));
  writeFileSync(folder.cellsFile, `${lines.join('')}{"id":"torn`);
});

async function ask(dir: string, words: readonly string[]): Promise<Document> {
  const { code, stdout, stderr } = await command(['query', ...words, '--json'], dir);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as Document;
}

test('each table has the rows of report, and SQL finds the failure rate of the summary', async ({ dir }) => {
  const run = readRun(join(dir, 'done'));
  const counts = TABLES.map(({ name }) => `(SELECT count(*) FROM ${name}) AS ${name}`);
  const { schema, model, run: path, rows } = await ask(dir, ['done', `SELECT ${counts.join(', ')}`]);
  assert.equal([schema, model, path], [QUERY_SCHEMA, run.manifest.model, 'done']);
  assert.equal(rows[0], Object.fromEntries(TABLES.map((table) => [table.name, [...table.rows(run)].length])));
  const rates = await ask(dir, [
    'done',
    `SELECT workload, strategy, failure_rate, rate FROM summary
     JOIN (SELECT workload, strategy, sum(cma_failures) / sum(cma_attempts) AS rate FROM cells GROUP BY ALL)
     USING (workload, strategy) ORDER BY strategy`,
  ]);
  assert.is(rates.rows.length, run.summary.length);
  for (const row of rates.rows) {
    const { mean } = run.summary.find(({ strategy }) => strategy === row['strategy'])!.failureRate;
    assert.equal([row['rate'], row['failure_rate']], [mean, mean], String(row['strategy']));
  }
});

test('parquet reads back as the table, typed and with its origin; nothing is left beside it', async ({ dir }) => {
  const temporary = join(dir, 'tmp');
  mkdirSync(temporary);
  const words = ['query', 'done', 'SELECT * FROM cells; -- all', '-o', 'cells.parquet'];
  const { code, stderr } = await command(words, dir, { TMPDIR: temporary });
  assert.is(code, 0, stderr);
  assert.equal(readdirSync(temporary), []);
  const bytes = readFileSync(join(dir, 'cells.parquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const read = (await parquetReadObjects({ file })) as Readonly<Record<string, unknown>>[];
  const table = TABLES.find(({ name }) => name === 'cells')!;
  const expected = [...table.rows(readRun(join(dir, 'done')))].map((row) =>
    Object.fromEntries(
      table.columns.map(({ name, type }, i) => [
        name,
        type === 'whole' && row[i] !== null ? BigInt(row[i] as number) : row[i],
      ]),
    ),
  );
  assert.equal(read, expected);
  const keys = (parquetMetadata(file).key_value_metadata ?? []).map(({ key }) => key);
  assert.ok(keys.includes('cma-stress.query'), String(keys));
  assert.equal(
    readdirSync(dir).filter((name) => name.includes('.parquet')),
    ['cells.parquet'],
  );
});

test('bad SQL: told with its place and what was meant, and no file is left', async ({ dir }) => {
  const bad = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(['query', 'done', ...words], dir);
    assert.equal([code, stdout], [2, ''], stderr);
    return stderr;
  };
  assert.match(
    await bad('SELECT strategy,\n  cma_failure FROM cells'),
    /LINE 2: +cma_failure [^]*\^[^]*did you mean `cma_failures`/,
  );
  assert.match(await bad('SELECT * FROM cels', '-o', 'bad.csv'), 'did you mean `cells`?');
  assert.not(existsSync(join(dir, 'bad.csv')) || existsSync(join(dir, 'bad.csv.tmp')));
  assert.match(await bad('SELECT 1 AS a', '--format', 'parquet'), '-o result.parquet');
});

test('a run that is not complete: what it has so far; cells that failed; several runs', async ({ dir }) => {
  const sql = 'SELECT (SELECT count(*) FROM cells) AS n, seed, error_message FROM failed_cells';
  writeFileSync(join(dir, 'q.sql'), sql);
  const { code, stdout, stderr } = await command(['query', 'half', '-f', 'q.sql', '--format', 'ndjson'], dir);
  assert.equal([code, JSON.parse(stdout)], [0, { n: 2, seed: 99, error_message: 'no' }]);
  assert.match(stderr, /half is not complete: the tables have the 3 of \d+ cells/);
  const { rows } = await ask(dir, ['half', 'done', 'SELECT count(*) AS n, run FROM cells GROUP BY run ORDER BY n']);
  assert.equal(rows, [
    { n: 2, run: 'half' },
    { n: readRun(join(dir, 'done')).count, run: 'done' },
  ]);
});

test('without SQL: every table and column; the examples run', async ({ dir }) => {
  const { code, stdout } = await command(['query', 'done'], dir);
  assert.is(code, 0);
  for (const { name, columns } of TABLES) {
    assert.match(stdout, `${name}: a row is`);
    for (const column of columns) assert.match(stdout, new RegExp(`\\b${column.name}\\b`));
  }
  const table = await command(['query', 'done', EXAMPLES.map(({ sql }) => sql).join(';\n')], dir);
  assert.is(table.code, 0, table.stderr);
  assert.match(table.stdout, /^strategy +cause +pages\n-+\n[^]*\nstock +B1 +180\n/);
});

test.run();
