/** `cma-stress report` from outside: a run made by the real command, every format, and every way to hold it wrong. */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { FORMATS } from '../report/formats.ts';
import type { RunManifest } from '../run/folder.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { refuseTerminal } from './report.ts';

const test = suiteInScratch('report');

const TINY = ['--duration', '2s', '--no-report', '--threads', '1'];
const TABLE_NAMES = ['attempts', 'causes', 'cells', 'clients', 'failed_cells', 'samples', 'summary'];

test.before(async ({ dir }) => {
  const tiny = writeTinyWorkload(dir);
  writeFileSync(join(dir, 'other.yaml'), readFileSync(tiny, 'utf8').replace('rate: 10/s', 'rate: 11/s'));
  const words = ['run', './tiny.yaml', './other.yaml', '--strategy', 'stock,keep-forever', '--seeds', '2', ...TINY];
  const { code, stderr } = await command([...words, '--out', 'run'], dir);
  assert.is(code, 0, stderr);
});

interface Tables {
  readonly schema: string;
  readonly tool: string;
  readonly model: string;
  readonly digest: string;
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>[]>>;
}

async function jsonOf(dir: string): Promise<Tables> {
  return JSON.parse((await command(['report', 'run', '--format', 'json'], dir)).stdout) as Tables;
}

test('text by default, on stdout: ASCII, 75 columns, no tabs, the same each time', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['report', 'run'], dir);
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  for (const line of stdout.split('\n')) assert.match(line, /^[ -~]{0,75}$/);
  for (const part of ['[model] ', 'tiny / small', 'other / small', '\nOps Forks', '--seeds 2']) {
    assert.match(stdout, part);
  }
  assert.is((await command(['report', 'run', '--format', 'text', '-o', '-'], dir)).stdout, stdout);
  const manifest = JSON.parse(readFileSync(join(dir, 'run', 'run.json'), 'utf8')) as RunManifest;
  assert.match(stdout, manifest.digest!);
});

test('-o: the extension says the format, and what was there is replaced', async ({ dir }) => {
  const begins: Readonly<Record<string, string>> = {
    '.html': '<!doctype html>',
    '.txt': '[model] ',
    '.md': '# ',
    '.json': '{"schema":"cma-stress/tables/1"',
    '.csv': 'cell_id,workload,',
    '.parquet': 'PAR1',
  };
  for (const { extension } of FORMATS) {
    const file = `report${extension}`;
    writeFileSync(join(dir, file), 'old');
    const { code, stdout, stderr } = await command(['report', 'run', '-o', file], dir);
    assert.is(code, 0, stderr);
    assert.is(stdout, '');
    // A page tells of the cells that it runs again.
    if (extension === '.html') assert.match(stderr, `wrote ${file}\n`);
    else assert.is(stderr, `wrote ${file}\n`);
    const text = readFileSync(join(dir, file), 'latin1');
    assert.ok(text.startsWith(begins[extension]), `${file}: ${text.slice(0, 40)}`);
    assert.not.ok(existsSync(join(dir, `${file}.tmp`)));
  }
  const { code } = await command(['report', 'run', '--format', 'md', '-o', 'notes'], dir);
  assert.is(code, 0);
  assert.ok(readFileSync(join(dir, 'notes'), 'utf8').startsWith('# '));
});

test('json: one document whose tables belong together', async ({ dir }) => {
  const { schema, tool, model, digest, tables } = await jsonOf(dir);
  assert.is(schema, 'cma-stress/tables/1');
  for (const text of [tool, model, digest]) assert.ok(text.length > 0);
  assert.equal(Object.keys(tables).sort(), TABLE_NAMES);
  assert.is(tables['cells'].length, 8);
  assert.is(tables['summary'].length, 4);
  const total = tables['cells'].reduce((sum, cell) => sum + (cell['cma_attempts'] as number), 0);
  assert.is(tables['attempts'].length, total);
  const ids = new Set(tables['cells'].map((cell) => cell['cell_id']));
  for (const name of ['attempts', 'causes', 'clients', 'samples'])
    for (const row of tables[name]) assert.ok(ids.has(row['cell_id']), name);
});

test('csv and parquet: a table by name, or every one into a directory', async ({ dir }) => {
  const { tables } = await jsonOf(dir);
  const one = await command(['report', 'run', '--format', 'csv', '--table', 'samples'], dir);
  assert.is(one.code, 0, one.stderr);
  assert.is(one.stdout.split('\r\n').length, tables['samples'].length + 2);
  for (const format of ['csv', 'parquet']) {
    const { code, stderr } = await command(['report', 'run', '--format', format, '-o', `${format}/`], dir);
    assert.is(code, 0, stderr);
    assert.equal(
      readdirSync(join(dir, format)).sort(),
      TABLE_NAMES.map((name) => `${name}.${format}`),
    );
  }
  const piped = await command(['report', 'run', '--format', 'parquet', '--table', 'all', '-o', 'all'], dir);
  assert.is(piped.code, 0, piped.stderr);
  for (const name of TABLE_NAMES) {
    const bytes = readFileSync(join(dir, 'all', `${name}.parquet`));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = await parquetReadObjects({ file });
    const plain = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
      ),
    );
    assert.equal(plain, tables[name], name);
  }
});

test('parquet is nothing for a terminal', () => {
  const parquet = FORMATS.find(({ name }) => name === 'parquet')!;
  assert.throws(
    () => refuseTerminal(parquet, true),
    (error: unknown) => error instanceof UsageError && error.hint?.includes('-o cells.parquet') === true,
  );
  for (const format of FORMATS) refuseTerminal(format, false);
});

test('cells that failed: told, and in no table', async ({ dir }) => {
  const words = ['run', './tiny.yaml', '--seeds', '2', '--out', 'partly', ...TINY];
  writeFileSync(
    join(dir, 'broken.js'),
    "export default { name: 'broken', group: 'ksm', about: 'a', origin: 'o', claims: [], costs: 'c', attach() { throw new Error('no'); } };\n",
  );
  const { code: ran } = await command([...words, '--strategy', 'stock,./broken.js'], dir);
  assert.is(ran, 4);
  const csv = await command(['report', 'partly', '--format', 'csv'], dir);
  assert.is(csv.code, 0, csv.stderr);
  assert.match(csv.stderr, 'warning: 2 cells failed and are in no table but failed_cells');
  assert.is(csv.stdout.split('\r\n').length, 4);
  for (const format of ['text', 'md']) {
    const { code, stdout } = await command(['report', 'partly', '--format', format], dir);
    assert.is(code, 0);
    assert.match(stdout, 'failed cell tiny/broken seed 1');
  }
});

test('a run that is not complete, or was changed, is refused', async ({ dir }) => {
  for (const name of ['incomplete', 'changed']) cpSync(join(dir, 'run'), join(dir, name), { recursive: true });
  const file = join(dir, 'incomplete', 'run.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as RunManifest;
  writeFileSync(file, JSON.stringify({ ...manifest, digest: null }));
  const incomplete = await command(['report', 'incomplete', '-o', 'never.md'], dir);
  assert.is(incomplete.code, 2);
  assert.match(incomplete.stderr, 'incomplete is not complete');
  assert.match(incomplete.stderr, 'cma-stress run --resume incomplete');
  assert.not.ok(existsSync(join(dir, 'never.md')));
  const cells = join(dir, 'changed', 'cells.ndjson');
  appendFileSync(cells, readFileSync(cells, 'utf8').split('\n')[0] + '\n');
  const changed = await command(['report', 'changed'], dir);
  assert.is(changed.code, 2);
  assert.is(changed.stdout, '');
  assert.match(changed.stderr, 'changed/cells.ndjson: does not have the digest');
});

/** Words behind `report`, and what stderr has to say. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [[], 'missing required argument'],
  [['nowhere'], 'nowhere/run.json: there is no run in this directory'],
  [['run', '--format', 'cvs'], 'did you mean `csv`?'],
  [['run', '--format', 'docx'], 'there are: text, md'],
  [['run', '-o', 'report.xls'], 'expected one that ends in .txt, .md'],
  [['run', '-o', 'tables/'], 'does not say the format'],
  [['run', '--format', 'md', '-o', 'run'], 'is a directory'],
  [['run', '--format', 'md', '-o', 'no/such/x.md'], 'cannot write no/such/x.md'],
  [['run', '--format', 'csv', '--table', 'atempts'], 'did you mean `attempts`?'],
  [['run', '--table', 'cells'], '--table is for csv and parquet'],
  [['run', '--format', 'csv', '--table', 'all'], 'name a directory'],
  [['run', '--table', 'all', '-o', 'x.csv'], 'name a directory'],
  [['run', '--fromat', 'csv'], 'Did you mean --format?'],
];

for (const [words, message] of BAD) {
  test(`bad usage: report ${words.join(' ')}`, async ({ dir }) => {
    const { code, stdout, stderr } = await command(['report', ...words], dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not.match(stderr, /^ +at /m);
  });
}

test.run();
