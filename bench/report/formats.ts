/** The formats that `cma-stress report` writes: a document of the whole run, or a file a table. */
import type { StoredRun } from '../run/readRun.ts';
import { mailText } from './mail/mail.ts';
import { markdownReport } from './markdown.ts';
import { csvLines } from './tables/csv.ts';
import { jsonPieces } from './tables/json.ts';
import { parquetPieces } from './tables/parquet.ts';
import type { Table } from './tables/table.ts';

/** What is written one after the other: text as UTF-8. */
export type Pieces = Iterable<string | Uint8Array>;

interface Named {
  readonly name: string;
  /** Of files, with the point: a file named so has this format. */
  readonly extension: string;
  readonly about: string;
  /** Nothing that a terminal should be sent. */
  readonly binary?: true;
}

export interface DocumentFormat extends Named {
  readonly kind: 'document';
  write(run: StoredRun): Pieces | Promise<string>;
}

export interface TableFormat extends Named {
  readonly kind: 'tables';
  write(run: StoredRun, table: Table): Pieces;
}

export type ReportFormat = DocumentFormat | TableFormat;

/** The first is the one that is written when none is named. */
export const FORMATS: readonly ReportFormat[] = [
  {
    kind: 'document',
    name: 'text',
    extension: '.txt',
    about: 'a mail: plain ASCII, 75 columns, in the layout of mmtests',
    write: (run) => [mailText(run)],
  },
  {
    kind: 'document',
    name: 'md',
    extension: '.md',
    about: 'a pull request: Markdown as GitHub shows it',
    write: (run) => [markdownReport(run)],
  },
  {
    kind: 'document',
    name: 'json',
    extension: '.json',
    about: 'every table in one document',
    write: jsonPieces,
  },
  { kind: 'tables', name: 'csv', extension: '.csv', about: 'one table', write: csvLines },
  {
    kind: 'tables',
    name: 'parquet',
    extension: '.parquet',
    about: 'one table, typed',
    binary: true,
    write: parquetPieces,
  },
];
