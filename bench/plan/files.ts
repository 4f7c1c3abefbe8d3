/** Finds and reads workload and profile files: built-in ones by name, the user's own by path. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.ts';
import { LIMITS } from './limits.ts';
import type { TreeNode } from './node.ts';
import { parseYaml } from './parse-yaml.ts';

/** The four kinds of files under `workloads/`. */
export type FileKind = 'workload' | 'device' | 'kernel' | 'cost profile';

const FOLDER: Readonly<Record<FileKind, string>> = {
  workload: '.',
  device: 'devices',
  kernel: 'kernels',
  'cost profile': 'costs',
};

/** A file that was found: the name results call it by, where it is, what messages call it. */
export interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly shown: string;
}

/** The package's own folder: the nearest one above this file whose package.json says cma-stress. */
function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name === 'cma-stress'
    ) {
      return folder;
    }
    if (folder === dirname(folder)) throw new Error('the package folder of cma-stress was not found');
  }
}

function builtInFolder(kind: FileKind): string {
  return join(packageRoot(), 'workloads', FOLDER[kind]);
}

/** Names of the built-in files of a kind, sorted. */
export function builtInNames(kind: FileKind): string[] {
  return readdirSync(builtInFolder(kind))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

export function isPath(nameOrPath: string): boolean {
  return nameOrPath.includes('/') || /\.(?:ya?ml|json)$/.test(nameOrPath);
}

/** The file a name or path means, or null when no built-in one has that name. A relative path starts at `from`. */
export function findFile(kind: FileKind, nameOrPath: string, from: string): FoundFile | null {
  if (isPath(nameOrPath)) {
    const path = isAbsolute(nameOrPath) ? nameOrPath : resolve(from, nameOrPath);
    return { name: basename(path).replace(/\.(?:ya?ml|json)$/, ''), path, shown: nameOrPath };
  }
  if (!builtInNames(kind).includes(nameOrPath)) return null;
  const path = join(builtInFolder(kind), `${nameOrPath}.yaml`);
  return { name: nameOrPath, path, shown: join('workloads', FOLDER[kind], `${nameOrPath}.yaml`) };
}

/** The tree of a file; throws InputError when it cannot be read, is too long, not UTF-8 or not YAML. */
export function readTree(file: FoundFile): TreeNode {
  return parseYaml(decode(readBytes(file), file.shown), file.shown);
}

function refuse(file: string, message: string): never {
  throw new InputError([{ file, line: null, column: null, path: '', message }]);
}

function readBytes(file: FoundFile): Uint8Array {
  let handle: number;
  try {
    handle = openSync(file.path, 'r');
  } catch (error) {
    refuse(file.shown, `cannot be read: ${reason(error)}`);
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) refuse(file.shown, 'cannot be read: it is not a regular file');
    if (stat.size > LIMITS.fileBytes)
      refuse(file.shown, `is ${stat.size} bytes; a file may have at most ${LIMITS.fileBytes}`);
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof InputError) throw error;
    refuse(file.shown, `cannot be read: ${reason(error)}`);
  } finally {
    closeSync(handle);
  }
}

function reason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  return typeof code === 'string' ? code : String(error);
}

/** Strict UTF-8; a byte order mark is refused because it would shift every column of the first line. */
export function decode(bytes: Uint8Array, shown: string): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new InputError([
      {
        file: shown,
        line: 1,
        column: 1,
        path: '',
        message: 'begins with a byte order mark; save the file as plain UTF-8',
      },
    ]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const { line, column } = firstBadByte(bytes);
    throw new InputError([{ file: shown, line, column, path: '', message: 'is not UTF-8 from here on' }]);
  }
}

/** Line and column (in bytes) of the first byte that is not part of a UTF-8 letter: the longest good prefix, by halving. */
function firstBadByte(bytes: Uint8Array): { line: number; column: number } {
  const good = (length: number): boolean => {
    try {
      // `stream` forgives a letter cut off at the end of the prefix.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (good(middle)) low = middle;
    else high = middle - 1;
  }
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < low; at++) {
    if (bytes[at] === 0x0a) {
      line += 1;
      lineStart = at + 1;
    }
  }
  return { line, column: low - lineStart + 1 };
}
