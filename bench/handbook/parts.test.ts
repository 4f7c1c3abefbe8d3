/**
 * The generated parts of the handbook are as the code is, and say all of it: a real run has no field or file they leave
 * out.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CAUSES, strategies } from '../../sim/index.ts';
import { EXIT } from '../errors.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import type { RunDocument } from '../run/document.ts';
import { writtenPart } from '../report/generatedPart.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { pluginText, write } from '../testing/plugins.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { CELL_METRICS } from './cellMetrics.ts';
import { FORMATS, RUN_FILES } from './formats.ts';
import { LINE_METRICS } from './lineMetrics.ts';
import { PARTS } from './parts.ts';
import { SUMMARY_METRICS } from './summaryMetrics.ts';

const test = suiteInScratch('handbook');
const DOCS = join(packageRoot(), 'docs');

for (const { file, name, text } of PARTS) {
  test(`${file}: ${name}`, () => {
    assert.is(writtenPart(join(packageRoot(), file), name), text(), 'stale: npm run handbook');
  });
}

const WORKLOAD = `events: [{ at: 1 s, exec: server, name: late }, { at: 1.5 s, exit: late }]\n`;
/** Paths of all leaves of a value, with what differs from cell to cell written as metrics have it. */
function leaves(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => leaves(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

function generic(path: string): string {
  return path
    .replace(/^settings\..*/, 'settings.<key>')
    .replace(/^(cma\.byClient)\.[^.]+/, '$1.<name>')
    .replace(new RegExp(`(\\.|\\[\\]\\.)(?:${CAUSES.join('|')})$`), '$1<cause>');
}

const fieldsOf = (value: unknown): string[] => [...new Set(leaves(value).map(generic))].sort();
const CELL_FIELDS = CELL_METRICS.flatMap(({ metrics }) => metrics.map(({ path }) => path));

test('every field of a cell, of a line, of the summary and every file of a run is described, and nothing else', async ({
  dir,
}) => {
  const tiny = writeTinyWorkload(dir);
  writeFileSync(tiny, readFileSync(tiny, 'utf8') + WORKLOAD);
  write(dir, 'mine.ts', pluginText('mine'));
  const words = [
    'run',
    './tiny.yaml',
    '--strategy',
    'stock,./mine.ts',
    '--seeds',
    '2',
    '--threads',
    '1',
    '--out',
    'run',
  ];
  const { code, stdout, stderr } = await command([...words, '--json'], dir);
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as RunDocument;
  assert.equal(
    fieldsOf(document.cells[0]).filter((field) => !CELL_FIELDS.includes(field)),
    [],
    'of stock',
  );
  assert.equal(fieldsOf(document.cells.at(-1)), [...CELL_FIELDS].sort(), 'of a plug-in, with events');
  assert.equal(fieldsOf(document.summary[0]), SUMMARY_METRICS.metrics.map(({ path }) => path).sort());

  const lines = readFileSync(join(dir, 'run', 'cells.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  const beyond = new Set(
    lines.flatMap((line) => fieldsOf(JSON.parse(line))).filter((field) => !CELL_FIELDS.includes(field)),
  );
  // Of a request that did not fail `blocked` is null, and a finished run has no checksums.
  beyond.delete('attemptLog.blocked[]');
  const described = LINE_METRICS.metrics.map(({ path }) => path).filter((path) => path !== 'sum');
  assert.equal([...beyond].sort(), described.sort());

  const files = RUN_FILES.map(([name]) => name);
  assert.equal(
    readdirSync(join(dir, 'run')).filter((name) => !files.includes(name)),
    [],
  );
  const manifest = JSON.parse(readFileSync(join(dir, 'run', 'run.json'), 'utf8')) as object;
  const page = readFileSync(join(DOCS, 'reference', 'results.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const key of Object.keys(manifest))
    assert.ok(
      rows.some((row) => row.split('|')[1].includes(`\`${key}\``)),
      `run.json: ${key} is not described`,
    );
});

test('every format that the code names is in the table, and no other', () => {
  const sources = readdirSync(join(packageRoot(), 'bench'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|^handbook\/|^testing\//.test(file),
  );
  const named = sources.flatMap((file) =>
    [...readFileSync(join(packageRoot(), 'bench', file), 'utf8').matchAll(/'(cma-stress\/[a-z-]+\/\d+)'/g)].map(
      ([, schema]) => schema,
    ),
  );
  // Those of a search are put together.
  const folders = ['tune', 'size'].map((search) => `cma-stress/${search}-folder/1`);
  assert.equal(FORMATS.map(([schema]) => schema).sort(), [...new Set([...named, ...folders])].sort());
});

test('docs/strategies/README.md says of each strategy what it says of itself', () => {
  const page = readFileSync(join(DOCS, 'strategies', 'README.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { name, about } of strategies) {
    const row = rows.find((cells) => cells[1] === `\`${name}\``);
    assert.ok(row !== undefined, `${name} is missing: npm run strategies`);
    assert.is(row[2].replaceAll('\\', ''), about, `${name} is stale: npm run strategies`);
  }
});

test('exit-codes.md has every exit code of EXIT, and no other', () => {
  const page = readFileSync(join(DOCS, 'reference', 'exit-codes.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) +\| `(\w+)` +\|/gm)].map(([, code, name]) => [name, Number(code)]);
  assert.equal(Object.fromEntries(rows), EXIT);
});

test.run();
