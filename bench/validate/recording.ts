/** Reads recordings of the testbed: JSON files, or all of a directory. Bad input is an InputError with its place. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestbedRecord } from '../../sim/index.ts';
import { InputError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import { pathText } from '../plan/node.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { printable, quote } from '../plan/quote.ts';
import { readBytes, statOf } from '../plan/readBytes.ts';
import { decodeUtf8 } from '../plan/utf8.ts';
import { placeOfPath, syntaxFault } from './jsonPlace.ts';
import { asRecord, faultsOf } from './recordCheck.ts';

/** The longest recorded file has 168 kB. */
export const MAX_BYTES = 16 * 1024 ** 2;
const MAX_FILES = 10_000;

export interface Recording {
  readonly file: string;
  readonly record: TestbedRecord;
}

/** The recordings that come with the package. */
export function shippedRecordings(): string {
  return join(packageRoot(), 'workloads', 'recordings');
}

/** Reads files and directories, in order of their names within a directory. Throws InputError. */
export function readRecordings(paths: readonly string[]): Recording[] {
  const files = paths.flatMap(filesOf);
  if (files.length > MAX_FILES) refuse(paths[0], `${files.length} recordings are too many; at most ${MAX_FILES}`);
  const recordings = files.map((file) => ({ file, record: readRecording(file) }));
  refuseSameNames(recordings);
  return recordings;
}

/** Throws InputError for two of one name: most likely the same one twice. */
export function refuseSameNames(recordings: readonly Recording[]): void {
  const seen = new Map<string, string>();
  for (const { file, record } of recordings) {
    const other = seen.get(record.name);
    if (other !== undefined) refuse(file, `has the same name as ${other}: ${quote(record.name)}`);
    seen.set(record.name, file);
  }
}

/** One file. */
export function readRecording(file: string): TestbedRecord {
  return parseRecording(readBytes(file, file, 'a recording', MAX_BYTES), file);
}

/** The content of one file. Throws InputError. */
export function parseRecording(bytes: Uint8Array, file: string): TestbedRecord {
  const text = decodeUtf8(bytes, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { message, place } = syntaxFault(text);
    throw new InputError([{ file, line: place?.line ?? null, column: place?.column ?? null, path: '', message }]);
  }
  const problems = faultsOf(value).map(({ path, message }): Problem => {
    const place = placeOfPath(text, path);
    return { file, line: place?.line ?? null, column: place?.column ?? null, path: printable(pathText(path)), message };
  });
  if (problems.length > 0) throw new InputError(problems);
  return asRecord(value);
}

function filesOf(path: string): string[] {
  if (!statOf(path, path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.json'));
  if (names.length === 0) refuse(path, 'there is no *.json file in this directory');
  return names.sort().map((name) => join(path, name));
}

function refuse(file: string, message: string): never {
  throw InputError.ofFile(file, message);
}
