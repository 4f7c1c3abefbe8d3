/** For tests of traces: text and files as the streams that parsers read. */
import { createReadStream } from 'node:fs';
import { testdata } from '../testing.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { parseFtrace } from './ftraceText.ts';
import type { Chunks } from './unpack.ts';

/** Runs whose ring buffer is among the test data, `NAME.ftrace.txt.gz`. */
export const RECORDED_TRACES = [
  'raw_free_s20_p1000',
  'raw_gdet',
  'raw_gnat',
  'raw_heavy_s20_p1000',
  'raw_heavy_small_full',
  'raw_ldet1',
] as const;

/** In pieces of `size` bytes. */
export async function* chunksOf(content: string | Uint8Array, size = 1 << 16): Chunks {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** A file that `testdata` finds. */
export function testFile(name: string): { path: string; chunks: Chunks } {
  const path = testdata(name);
  return { path, chunks: createReadStream(path) };
}

/** Lines of ftrace text, each ended by a line feed. */
export function ftraceOf(lines: readonly string[], name = 'trace.txt'): Promise<TraceFacts> {
  return parseFtrace(chunksOf(lines.map((line) => `${line}\n`).join('')), name);
}
