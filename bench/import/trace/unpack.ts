/** What a trace may be packed in: gzip, or the zlib stream of `atrace -z`. Read in pieces, never whole. */
import { createInflate } from 'node:zlib';
import { gunzipped, isGzip, peek, reasonOfEnd, unzipped } from '../read/streams.ts';

/** `atrace -z` begins with it. */
const ATRACE = 'TRACE:\n';
const ZLIB = '\x78';

export type Chunks = AsyncIterable<Uint8Array>;

/** Hands on what comes, unpacked; `damaged` is told when it ends too early or is broken. */
export async function* unpacked(chunks: Chunks, damaged: (why: string) => void): Chunks {
  let bytes = 0;
  try {
    const { head, bytes: all } = await peek(chunks, ATRACE.length + ZLIB.length);
    const isAtrace = head.toString('latin1').startsWith(ATRACE + ZLIB);
    const plain = isAtrace
      ? unzipped(without(all, ATRACE.length), createInflate())
      : isGzip(head)
        ? gunzipped(all)
        : all;
    for await (const chunk of plain) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (thrown) {
    const why = reasonOfEnd(thrown);
    if (why === null) throw thrown;
    damaged(`${why} after ${bytes} bytes of text`);
  }
}

async function* without(chunks: Chunks, bytes: number): Chunks {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
