/**
 * Results on their way from a worker to the journal: an entry of the run's stream holds some cells as compressed JSON
 * lines, with a checksum. Or it says which cells were not run, and why.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { canonicalJson } from '../plan/index.ts';
import { amount, list, oneOf, record, refuse, text, type Check } from '../plan/shape.ts';
import type { Cell } from '../plan/types.ts';
import { ERROR_LENGTHS, pluginIds } from '../run/cell.ts';
import type { CellError } from '../run/cell.ts';
import type { WorkerReply } from '../run/worker.ts';
import { recordShape } from './recordShape.ts';
import { jobOf, MOST_CELLS_OF_JOB, readJob, type JobCell } from './protocol.ts';

/**
 * A worker that holds more than this in one entry begins another: a Redis command this long takes some milliseconds.
 */
export const ENTRY_BYTES = 1024 ** 2;
/**
 * Of an entry before compression. One cell may be longer than ENTRY_BYTES; its log of requests is what makes it long.
 */
const MOST_ENTRY_BYTES = 64 * 1024 ** 2;

export interface CellResult {
  readonly cell: JobCell;
  readonly reply: WorkerReply;
}

/** What an entry says: results, or cells that nobody runs any more and why. */
export type Delivery =
  | { readonly kind: 'results'; readonly results: readonly CellResult[] }
  | { readonly kind: 'lost' | 'refused'; readonly cells: readonly JobCell[]; readonly why: string };

export interface Entry {
  readonly worker: string;
  readonly job: string;
  readonly kind: string;
  readonly sum: string;
  readonly data: Buffer;
}

/** The fields of a stream entry, in pairs. */
export function entryFields({ worker, job, kind, sum, data }: Entry): (string | Buffer)[] {
  return ['worker', worker, 'job', job, 'kind', kind, 'sum', sum, 'data', data];
}

/** Throws InputError when fields are missing. */
export function readEntry(fields: readonly Buffer[]): Entry {
  const found = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) found.set(fields[i].toString(), fields[i + 1]);
  const field = (name: string): Buffer => found.get(name) ?? refuse({ document: 'result', path: name }, 'is missing');
  const short = (name: string): string => text(100)(field(name).toString(), { document: 'result', path: name });
  return { worker: short('worker'), job: short('job'), kind: short('kind'), sum: short('sum'), data: field('data') };
}

/** One line a cell; `place` is what the job said of it. */
export function resultLine({ cell, reply }: CellResult): string {
  // Of other cells nothing is said: workers run them all, so that what a cell takes is learned from each.
  return JSON.stringify({ cells: jobOf([cell]).cells, ...reply, alike: undefined });
}

/** An entry with the results of these lines. */
export function resultsEntry(worker: string, job: string, lines: readonly string[]): Entry {
  return packed(worker, job, 'results', lines.join('\n'));
}

/** An entry that says that these cells were not run. */
export function notRunEntry(
  worker: string,
  job: string,
  kind: 'lost' | 'refused',
  cells: readonly JobCell[],
  why: string,
): Entry {
  return packed(worker, job, kind, JSON.stringify({ ...jobOf(cells), why }));
}

function packed(worker: string, job: string, kind: string, content: string): Entry {
  return { worker, job, kind, sum: checksum(content), data: gzipSync(content) };
}

function checksum(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

const HERE = { document: 'result', path: '' };

const errorShape: Check<CellError> = record<CellError>({
  name: text(ERROR_LENGTHS.name),
  message: text(ERROR_LENGTHS.message),
  stack: text(ERROR_LENGTHS.stack),
});
const kindShape = oneOf('results', 'lost', 'refused');
const whyShape = text(2000);

/** Throws InputError for anything but what `resultsEntry` and `notRunEntry` make. */
export function readDelivery(entry: Entry): Delivery {
  let content: string;
  try {
    content = gunzipSync(entry.data, { maxOutputLength: MOST_ENTRY_BYTES }).toString();
  } catch (thrown) {
    refuse(HERE, `cannot be read: ${messageOf(thrown)}`);
  }
  if (checksum(content) !== entry.sum) refuse(HERE, 'its checksum is wrong');
  const kind = kindShape(entry.kind, { ...HERE, path: 'kind' });
  if (kind === 'results') {
    const lines = list(text(MOST_ENTRY_BYTES), 1, MOST_CELLS_OF_JOB)(content.split('\n'), HERE);
    return { kind, results: lines.map(readResult) };
  }
  const { cells, why } = parsed(content);
  return { kind, cells: readJob({ cells }), why: whyShape(why, { ...HERE, path: 'why' }) };
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  return refuse(HERE, 'is no JSON');
}

function readResult(line: string): CellResult {
  const { cells, ok, wallSeconds, firstError, ...rest } = parsed(line);
  const [cell] = readJob({ cells });
  const attempt = {
    wallSeconds: amount(wallSeconds, { ...HERE, path: 'wallSeconds' }),
    ...(firstError === undefined ? {} : { firstError: errorShape(firstError, { ...HERE, path: 'firstError' }) }),
  };
  if (ok === false) {
    const { error } = record<{ error: CellError }>({ error: errorShape })(rest, HERE);
    return { cell, reply: { ok, error, ...attempt } };
  }
  if (ok !== true || Object.keys(rest).join() !== 'record') refuse(HERE, 'has neither a record nor an error');
  return { cell, reply: { ok, record: rest['record'] as never, ...attempt } };
}

/** Throws InputError unless the record is one of `cell`. */
export function checkRecord(cell: Cell, reply: WorkerReply): void {
  if (!reply.ok) return;
  const found = reply.record as unknown;
  if (typeof found !== 'object' || found === null) refuse(HERE, 'the record is no map');
  const { id, workload, strategy, kernel, device, seed, settings } = cell;
  const expected = { id, workload, strategy, kernel, device, seed, settings, ...pluginIds(cell) };
  for (const [key, value] of Object.entries(expected)) {
    const got = (found as Record<string, unknown>)[key];
    if (got === undefined || canonicalJson(got) !== canonicalJson(value))
      refuse({ ...HERE, path: key }, 'is not that of the cell');
  }
  recordShape(found, HERE);
}

/** What two results of a cell are compared by: 48 bits of a hash of the line that the journal has, as a number. */
export function resultHash(line: string): number {
  return createHash('sha256').update(line).digest().readUIntBE(0, 6);
}
