/** `cma-stress report`: a finished run as a page, a mail, as Markdown, or as tables for other programs. */
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { FORMATS } from '../report/formats.ts';
import type { DocumentFormat, Pieces, ReportFormat, TableFormat } from '../report/formats.ts';
import { TABLES } from '../report/tables/index.ts';
import type { Table } from '../report/tables/table.ts';
import { makeDirectory, writePieces } from '../report/writeFile.ts';
import { startProgress } from '../run/progress.ts';
import { readRun } from '../run/readRun.ts';
import type { StoredRun } from '../run/readRun.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { choice, threadsOf } from './options.ts';
import type { SetExitCode } from './program.ts';
import { toStdout } from './stdout.ts';
import { say } from './stderr.ts';

interface ReportOptions {
  readonly format?: string;
  readonly output?: string;
  readonly table?: string;
}

/** Where the report goes. */
type Target = { readonly kind: 'stdout' } | { readonly kind: 'file' | 'directory'; readonly path: string };

const ALL_TABLES = 'all';

const names = (things: readonly { name: string }[]): string[] => things.map(({ name }) => name);

const listed = (things: readonly { name: string; about: string }[]): string => {
  const width = Math.max(...things.map(({ name }) => name.length)) + 2;
  return things.map(({ name, about }) => `  ${name.padEnd(width)}${about}`).join('\n');
};

const HELP: HelpParts = {
  notes: [
    `Formats:\n${listed(FORMATS)}`,
    `Tables of csv and parquet (docs/reference/tables.md):\n${listed(TABLES.map(({ name, about }) => ({ name, about: `a row is ${about.split(',')[0]}` })))}`,
  ],
  exits: {
    0: 'written',
    2: 'bad usage, there is no finished run, or it was changed',
    130: 'interrupted; nothing was written',
  },
  examples: [
    { command: 'cma-stress report results/fork-heavy', about: 'a mail, on stdout' },
    { command: 'cma-stress report results/fork-heavy -o fork-heavy.md', about: 'for a pull request' },
    { command: 'cma-stress report results/fork-heavy --format csv --table attempts > attempts.csv' },
    { command: 'cma-stress report results/fork-heavy --format parquet -o tables/', about: 'all tables' },
    { command: "cma-stress report results/fork-heavy --format json | jq '.tables.summary[].failure_rate'" },
  ],
  page: 'reference/report.md',
};

export function addReportCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('report')
    .description('write a finished run as a page, a mail, as Markdown, or as tables')
    .argument('<RUN>', 'directory of a finished run')
    .addOption(
      choice(
        '--format <name>',
        `${names(FORMATS).join(', ')} (default: by the extension of -o, else ${FORMATS[0].name})`,
        names(FORMATS),
      ),
    )
    .option('-o, --output <file>', 'file to write; a directory takes every table of csv and parquet (default: stdout)')
    .addOption(
      choice(
        '--table <name>',
        `of csv and parquet: ${names(TABLES).join(', ')}, or ${ALL_TABLES} (default: ${TABLES[0].name})`,
        [...names(TABLES), ALL_TABLES],
      ),
    )
    .action(async (path: string, options: ReportOptions) => {
      setExitCode(await report(path, options));
    });
  addHelp(command, HELP);
}

async function report(path: string, options: ReportOptions): Promise<number> {
  const output = options.output === '-' ? undefined : options.output;
  const format = formatOf(options.format, output);
  const tables = tablesOf(format, options.table);
  const target = targetOf(output, format, options.table);
  if (target.kind === 'stdout') refuseTerminal(format, process.stdout.isTTY);
  const run = readRun(path);
  if (format.kind === 'document') {
    const pieces = await documentOf(run, format);
    if (pieces === null) {
      say('interrupted: nothing was written');
      return EXIT.interrupted;
    }
    await send(pieces, target);
  } else if (target.kind === 'directory') sendTables(run, format, tables ?? TABLES, target.path);
  else await send(format.write(run, (tables ?? TABLES)[0]), target);
  if (format.kind === 'tables' && run.failed.length > 0) {
    const cells = run.failed.length === 1 ? '1 cell' : `${run.failed.length} cells`;
    say(`warning: ${cells} failed and are in no table but failed_cells`);
  }
  return EXIT.done;
}

/** null: Ctrl-C while cells were run again for it. */
async function documentOf(run: StoredRun, format: DocumentFormat): Promise<Pieces | null> {
  const threads = threadsOf();
  const interrupt = onInterrupt();
  try {
    return await format.write(run, {
      threads,
      signal: interrupt.signal,
      progress: (total) => startProgress(total, Math.min(threads, total), process.stderr, 'frame map'),
    });
  } catch (thrown) {
    if (interrupt.signal.aborted) return null;
    throw thrown;
  } finally {
    interrupt.release();
  }
}

function formatOf(wanted: string | undefined, output: string | undefined): ReportFormat {
  const extensions = FORMATS.map(({ extension }) => extension).join(', ');
  if (wanted !== undefined) {
    const found = FORMATS.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    throw new UsageError(`unknown format '${wanted}'${suggestion(wanted, names(FORMATS))}`);
  }
  if (output === undefined) return FORMATS[0];
  const found = FORMATS.find(({ extension }) => extension === extname(output).toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(
    `the name of ${output} does not say the format: expected one that ends in ${extensions}`,
    `or say it: --format ${names(FORMATS).join('|')}`,
  );
}

/** null when none is named. */
function tablesOf(format: ReportFormat, wanted: string | undefined): readonly Table[] | null {
  if (wanted === undefined) return null;
  if (format.kind !== 'tables') {
    const others = names(FORMATS.filter(({ kind }) => kind === 'tables')).join(' and ');
    throw new UsageError(`--table is for ${others}, not for ${format.name}`);
  }
  if (wanted === ALL_TABLES) return TABLES;
  const found = TABLES.find(({ name }) => name === wanted);
  if (found !== undefined) return [found];
  throw new UsageError(`unknown table '${wanted}'${suggestion(wanted, [...names(TABLES), ALL_TABLES])}`);
}

function targetOf(output: string | undefined, format: ReportFormat, table: string | undefined): Target {
  const hint = `name a directory for them: -o tables/`;
  if (output === undefined) {
    if (table === ALL_TABLES) throw new UsageError('all tables do not go into one stream', hint);
    return { kind: 'stdout' };
  }
  const isDirectory = statSync(output, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (table !== ALL_TABLES && !isDirectory && !output.endsWith('/')) return { kind: 'file', path: output };
  if (format.kind === 'tables') {
    const meansDirectory = isDirectory || output.endsWith('/') || extname(output) !== format.extension;
    if (meansDirectory) return { kind: 'directory', path: output };
    throw new UsageError(`all tables do not go into one file, ${output}`, hint);
  }
  throw new UsageError(
    `${output} is a directory: ${format.name} is one file`,
    `-o ${join(output, `report${format.extension}`)}`,
  );
}

/** Throws UsageError where bytes would go to a terminal. */
export function refuseTerminal(format: ReportFormat, isTerminal: boolean): void {
  if (format.binary !== true || !isTerminal) return;
  throw new UsageError(
    `${format.name} is nothing for a terminal`,
    `write it to a file (-o cells${format.extension}) or into a pipe`,
  );
}

function sendTables(run: StoredRun, format: TableFormat, tables: readonly Table[], directory: string): void {
  makeDirectory(directory);
  for (const table of tables) toFile(join(directory, `${table.name}${format.extension}`), format.write(run, table));
}

async function send(pieces: Pieces, target: Target): Promise<void> {
  if (target.kind !== 'stdout') toFile(target.path, pieces);
  else await toStdout(pieces);
}

function toFile(file: string, pieces: Pieces): void {
  writePieces(file, pieces);
  say(`wrote ${file}`);
}
