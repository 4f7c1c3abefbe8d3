/**
 * Lines of `cells.ndjson`: the JSON of a cell. While a run goes on each has a checksum as its last field, `sum`, the
 * first 16 hex digits of the SHA-256 of the line without it, which tells a finished line from one that a crash tore or
 * a disk garbled, and leaves it JSON to every other program. In a finished run the digest of the whole file takes its
 * place.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { InputError } from '../errors.ts';
import type { CellLine } from './cell.ts';

const SUM = /,"sum":"([0-9a-f]{16})"\}$/;
const NEWLINE = 0x0a;
/** Read at a time. */
const CHUNK_BYTES = 1 << 22;

/** A line as it lies in the file. */
export interface StoredLine {
  /** Without its newline. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Where it begins, and its bytes with the newline. */
  readonly offset: number;
  readonly length: number;
}

/** What results of the cell are, as text: what the digest of a run is made of. */
export function plainText(line: CellLine): string {
  return JSON.stringify(line);
}

/** The line of a run that goes on, with its checksum and newline. `text`: as `plainText` makes it. */
export function sealed(text: string): string {
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}\n`;
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The text without its checksum; null when it has one that is wrong. */
export function unsealed(stored: string): string | null {
  const match = SUM.exec(stored);
  if (match === null) return stored;
  const text = `${stored.slice(0, match.index)}}`;
  return sumOf(text) === match[1] ? text : null;
}

/** Text and cell of a stored line; `number` counts from 1. Throws InputError. */
export function readLine(
  stored: string,
  file: string,
  number: number,
): { readonly text: string; readonly line: CellLine } {
  const text = unsealed(stored);
  if (text === null) throw problem(file, number, 'this line does not have its checksum: it was changed or damaged');
  try {
    return { text, line: JSON.parse(text) as CellLine };
  } catch {
    throw problem(file, number, 'this line is not a JSON document');
  }
}

/** The cell of a stored line. Throws InputError. */
export function parseLine(stored: string, file: string, number: number): CellLine {
  return readLine(stored, file, number).line;
}

/** The cell of a line of a run that was cut short; null when the line is damaged. */
export function intactLine(stored: string): CellLine | null {
  const text = unsealed(stored);
  if (text === null) return null;
  try {
    return JSON.parse(text) as CellLine;
  } catch {
    return null;
  }
}

/** SHA-256 of a file; null when there is none. */
export function fileDigest(file: string): string | null {
  if (!existsSync(file)) return null;
  const digest = createHash('sha256');
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let read = 0; (read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null)) > 0;)
      digest.update(chunk.subarray(0, read));
    return digest.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

/** SHA-256 of the file of these cells in plan order. */
export function digestOf(lines: readonly CellLine[]): string {
  const digest = createHash('sha256');
  for (const line of lines) digest.update(`${plainText(line)}\n`);
  return digest.digest('hex');
}

function problem(file: string, line: number, message: string): InputError {
  return new InputError([{ file, line, column: 1, path: '', message }]);
}

/**
 * The whole lines of a file from `start` to `end` (bytes), read in pieces. What stands behind the last newline is being
 * written, or was torn, and is left out. `file`: its path, or its descriptor, which stays open.
 */
export function* storedLines(file: string | number, start = 0, end = Infinity): Generator<StoredLine> {
  const descriptor = typeof file === 'number' ? file : openSync(file, 'r');
  try {
    let number = 1;
    let offset = start;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const wanted = Math.min(CHUNK_BYTES, end - offset - rest.length);
      const chunk = Buffer.allocUnsafe(Math.max(0, wanted));
      const read = wanted <= 0 ? 0 : readSync(descriptor, chunk, 0, wanted, offset + rest.length);
      if (read === 0) return;
      const bytes = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
        const length = at + 1 - from;
        yield { text: bytes.toString('utf8', from, at), number, offset, length };
        from += length;
        offset += length;
        number++;
      }
      rest = bytes.subarray(from);
    }
  } finally {
    if (descriptor !== file) closeSync(descriptor);
  }
}
