/** `cma-stress query`: SQL over the cells of runs. */
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import { EXIT, messageOf, UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { Database } from '../query/database.ts';
import { csvPieces, jsonPieces, ndjsonPieces, QUERY_SCHEMA, tablePieces } from '../query/formats.ts';
import type { QueryResult } from '../query/database.ts';
import { EXAMPLES, overviewText, tableDocuments } from '../query/overview.ts';
import { QueriedRun } from '../query/runs.ts';
import { queryTables } from '../query/tables.ts';
import type { Json } from '../query/values.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import { beginReport } from '../report/writeFile.ts';
import { newestRun } from '../run/newest.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { choice } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface QueryOptions {
  readonly file?: string;
  readonly format?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly allowFiles?: boolean;
}

const FORMATS = ['table', 'csv', 'json', 'ndjson', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

/** SQL longer than this was not written to be read. */
const MAX_SQL_BYTES = 1 << 20;

const HELP: HelpParts = {
  notes: [
    'Without SQL the tables and their columns are listed. They are those of cma-stress report --format csv (docs/reference/tables.md); SQL is that of DuckDB. With several runs each table begins with a column run. A run that is not complete has the cells that ended so far; cells that failed are in failed_cells.',
  ],
  exits: {
    0: 'done',
    2: 'bad usage, bad SQL, no run, or no DuckDB for this platform',
    130: 'interrupted; no file was written',
  },
  examples: [
    { command: 'cma-stress query results/fork-heavy', about: 'what there is to ask' },
    ...EXAMPLES.map(({ about, sql }) => ({ command: `cma-stress query "${sql}"`, about })),
    { command: 'cma-stress query "SELECT * FROM attempts" -o attempts.parquet' },
    {
      command: 'cma-stress query results/before results/after "SELECT run, strategy, failure_rate FROM summary"',
      about: 'two runs side by side',
    },
  ],
  page: 'reference/query.md',
};

export function addQueryCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('query')
    .description("ask a run's cells in SQL")
    .argument(
      '[RUN...]',
      'directories of runs, and behind them the SQL; - reads it from stdin (default: the newest run in results/)',
    )
    .option('-f, --file <file>', 'read the SQL from there; - is stdin')
    .addOption(
      choice('--format <name>', `${FORMATS.join(', ')} (default: by the extension of -o, else table)`, FORMATS),
    )
    .option('-o, --output <file>', 'file to write; parquet needs it (default: stdout)')
    .option('--json', 'the same as --format json: one JSON document')
    .option('--allow-files', 'let the SQL read and write files of this machine; without it a query sees the runs alone')
    .action(async (words: readonly string[], options: QueryOptions) => {
      setExitCode(await query(words, options));
    });
  addHelp(command, HELP);
}

async function query(words: readonly string[], options: QueryOptions): Promise<number> {
  const output = options.output === '-' ? undefined : options.output;
  const format = formatOf(options, output);
  const { paths, sql } = await questionOf(words, options.file);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new UsageError(`run ${twice} is given twice`);
  const runs: QueriedRun[] = [];
  try {
    for (const path of paths.length === 0 ? [newest()] : paths) runs.push(new QueriedRun(path));
    if (sql === null) overview(runs, format);
    else return await answer(runs, sql, { format, output, allowFiles: options.allowFiles === true });
    return EXIT.done;
  } finally {
    for (const run of runs) run.close();
  }
}

function newest(): string {
  const path = newestRun();
  say(`run ${path}`);
  return path;
}

interface AnswerOptions {
  readonly format: Format;
  readonly output: string | undefined;
  readonly allowFiles: boolean;
}

async function answer(runs: readonly QueriedRun[], sql: string, options: AnswerOptions): Promise<number> {
  const { format, output, allowFiles } = options;
  tellWhatIsMissing(runs);
  const interrupt = onInterrupt();
  const file = output === undefined ? null : beginReport(output);
  let database: Database | null = null;
  try {
    database = await Database.open(queryTables(runs), {
      signal: interrupt.signal,
      allowFiles,
      output: file?.beside ?? null,
    });
    if (format === 'parquet') await database.writeParquet(sql, file!.beside, originOf(runs, sql));
    else {
      const pieces = piecesOf(await database.query(sql), format, headOf(runs, sql), output === undefined);
      for await (const piece of pieces) {
        interrupt.signal.throwIfAborted();
        if (file !== null) file.write(piece);
        else if (!process.stdout.write(piece)) await once(process.stdout, 'drain', { signal: interrupt.signal });
      }
    }
    file?.keep();
  } catch (thrown) {
    file?.drop();
    if (!interrupt.signal.aborted) throw thrown;
    say(`interrupted${file === null ? '' : ': nothing was written'}`);
    return EXIT.interrupted;
  } finally {
    database?.close();
    interrupt.release();
  }
  if (output !== undefined) say(`wrote ${output}`);
  return EXIT.done;
}

function piecesOf(
  result: QueryResult,
  format: Exclude<Format, 'parquet'>,
  head: Readonly<Record<string, Json>>,
  toStdout: boolean,
): AsyncIterable<string> {
  if (format === 'csv') return csvPieces(result);
  if (format === 'json') return jsonPieces(result, head);
  if (format === 'ndjson') return ndjsonPieces(result);
  return tablePieces(result, toStdout ? terminalOf(process.stdout) : PLAIN);
}

function overview(runs: readonly QueriedRun[], format: Format): void {
  if (format !== 'json' && format !== 'table') {
    throw new UsageError(`there is no SQL whose result could be written as ${format}`, 'put it behind the run');
  }
  const tables = queryTables(runs);
  if (format === 'json') {
    const document = { schema: QUERY_SCHEMA, ...headOf(runs, null), tables: tableDocuments(tables) };
    process.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const called = commandLine(invokedAs(process.argv), ['query', ...runs.map(({ path }) => path)]);
  process.stdout.write(overviewText(tables, called, terminalOf(process.stdout)));
}

/** What every document says: `run` is null with several. */
function headOf(runs: readonly QueriedRun[], sql: string | null): Record<string, Json> {
  const { tool, model } = runs[0].manifest;
  return {
    tool,
    model,
    run: runs.length === 1 ? runs[0].path : null,
    runs: runs.map(({ path, manifest }) => ({
      run: path,
      model: manifest.model,
      cells: manifest.cells,
      digest: manifest.digest,
    })),
    ...(sql === null ? {} : { query: sql }),
  };
}

/** For the footer of a Parquet file. */
function originOf(runs: readonly QueriedRun[], sql: string): Record<string, string> {
  const texts = Object.entries({ schema: QUERY_SCHEMA, ...headOf(runs, sql) });
  return Object.fromEntries(
    texts.map(([key, value]) => [`cma-stress.${key}`, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function tellWhatIsMissing(runs: readonly QueriedRun[]): void {
  for (const run of runs.filter(({ isComplete }) => !isComplete)) {
    const ended = `${run.countEnded()} of ${run.manifest.cells} cells`;
    say(`${run.path} is not complete: the tables have the ${ended} that have ended`);
  }
  if (new Set(runs.map(({ manifest }) => manifest.model)).size > 1) {
    say('warning: the runs are of different models: their cells cannot be compared');
  }
}

interface Question {
  readonly paths: readonly string[];
  /** null when there is none. */
  readonly sql: string | null;
}

async function questionOf(words: readonly string[], file: string | undefined): Promise<Question> {
  const last = words.at(-1);
  if (file !== undefined) return { paths: words, sql: await readSql(file) };
  if (last === '-') return { paths: words.slice(0, -1), sql: await readSql(last) };
  // Every statement that asks for something has a blank in it; a path that has one is there.
  const isSql = last !== undefined && /\s/.test(last) && !existsSync(last);
  return isSql ? { paths: words.slice(0, -1), sql: last } : { paths: words, sql: null };
}

/** At most MAX_SQL_BYTES. Throws UsageError. */
async function readSql(file: string): Promise<string> {
  const name = file === '-' ? 'stdin' : file;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MAX_SQL_BYTES) break;
    }
  } catch (thrown) {
    throw new UsageError(`cannot read the SQL from ${name}: ${messageOf(thrown)}`);
  }
  if (length > MAX_SQL_BYTES) throw new UsageError(`the SQL in ${name} is longer than ${MAX_SQL_BYTES} bytes`);
  const sql = Buffer.concat(chunks).toString();
  if (sql.trim() === '') throw new UsageError(`there is no SQL in ${name}`);
  return sql;
}

function formatOf({ format, json }: QueryOptions, output: string | undefined): Format {
  if (json === true) {
    if (format !== undefined && format !== 'json') throw new UsageError(`--json and --format ${format} contradict`);
    return 'json';
  }
  const extension = output === undefined ? '' : extname(output).slice(1).toLowerCase();
  const wanted = format ?? FORMATS.find((one) => one === extension) ?? 'table';
  const found = FORMATS.find((one) => one === wanted);
  if (found === undefined) throw new UsageError(`unknown format '${wanted}'${suggestion(wanted, FORMATS)}`);
  if (found === 'parquet' && output === undefined) {
    throw new UsageError('parquet needs a file to go to', 'name it: -o result.parquet');
  }
  return found;
}
