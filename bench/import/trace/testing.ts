/** For tests of traces: text and files as the streams that parsers read. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../plan/files.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { parseFtrace } from './ftraceText.ts';
import type { Chunks } from './unpack.ts';

/** In pieces of `size` bytes. */
export async function* chunksOf(content: string | Uint8Array, size = 1 << 16): Chunks {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** A file of bench/import/testdata. */
export function testFile(name: string): { path: string; chunks: Chunks } {
  const path = join(packageRoot(), 'bench', 'import', 'testdata', name);
  return { path, chunks: createReadStream(path) };
}

/** Lines of ftrace text, each ended by a line feed. */
export function ftraceOf(lines: readonly string[], name = 'trace.txt'): Promise<TraceFacts> {
  return parseFtrace(chunksOf(lines.map((line) => `${line}\n`).join('')), name);
}
