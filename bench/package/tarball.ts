/** The package as npm makes it: what is in it, and what strangers' checks say of it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

export interface Tarball {
  readonly path: string;
  /** Paths within the package, sorted. */
  readonly files: readonly string[];
  /** Bytes. */
  readonly packed: number;
  readonly unpacked: number;
  /** SHA-512, as package-lock.json has it. */
  readonly integrity: string;
}

interface NpmPack {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly integrity: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the project in `root`, which is built, into `folder`. Throws when npm does. */
export function pack(root: string, folder: string): Tarball {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const text = execFileSync('npm', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [{ filename, size, unpackedSize, integrity, files }] = JSON.parse(text) as [NpmPack];
  return {
    path: join(folder, filename),
    files: files.map(({ path }) => path).sort(),
    packed: size,
    unpacked: unpackedSize,
    integrity,
  };
}

/** What publint and "are the types wrong" find; empty when nothing. */
export async function complaints({ path }: Tarball): Promise<string[]> {
  const data = readFileSync(path);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(data).buffer } });
  const types = await checkPackage(createPackageFromTarballData(data));
  const problems = types.types === false ? ['no types'] : types.problems.map(({ kind }) => kind);
  return [
    ...messages.map((message) => formatMessage(message, pkg) ?? message.code),
    // ES modules only: CommonJS has require(esm) or import().
    ...problems.filter((kind) => kind !== 'CJSResolvesToESM'),
  ];
}
