/** Finds and reads workload and profile files: built-in ones by name, the user's own by path. */
import { readdirSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { LIMITS } from './limits.ts';
import type { TreeNode } from './node.ts';
import { parseYaml } from './parseYaml.ts';
import { packageRoot } from './packageRoot.ts';
import { readBytes } from './readBytes.ts';
import { decodeUtf8 } from './utf8.ts';

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
  /** It comes with the package: it stays as it is, and was asked for by its name. */
  readonly isBuiltIn: boolean;
}

/** What finds and reads files: this machine's own disk, or a bundle that came from another one. Throws InputError. */
export interface Files {
  /** null when no built-in file has that name. A relative path starts at `from`. */
  find(kind: FileKind, nameOrPath: string, from: string): FoundFile | null;
  read(file: FoundFile): string;
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
    return { name: basename(path).replace(/\.(?:ya?ml|json)$/, ''), path, shown: nameOrPath, isBuiltIn: false };
  }
  if (!builtInNames(kind).includes(nameOrPath)) return null;
  const path = join(builtInFolder(kind), `${nameOrPath}.yaml`);
  return { name: nameOrPath, path, shown: join('workloads', FOLDER[kind], `${nameOrPath}.yaml`), isBuiltIn: true };
}

export const ON_DISK: Files = {
  find: findFile,
  read: ({ path, shown }) => decodeUtf8(readBytes(path, shown, 'a file', LIMITS.fileBytes), shown),
};

/** The trees of built-in files that were read: most workloads have the same device, and every device a kernel. */
const builtInTrees = new Map<string, TreeNode>();

/** The tree of a file; throws InputError when it cannot be read, is too long, not UTF-8 or not YAML. */
export function readTree(file: FoundFile, files: Files = ON_DISK): TreeNode {
  const known = file.isBuiltIn ? builtInTrees.get(file.path) : undefined;
  if (known !== undefined) return known;
  const tree = parseYaml(files.read(file), file.shown);
  if (file.isBuiltIn) builtInTrees.set(file.path, tree);
  return tree;
}
