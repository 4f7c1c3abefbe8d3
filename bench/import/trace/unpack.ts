/** What a trace may be packed in: gzip, or the zlib stream of `atrace -z`. Read in pieces, never whole. */
import { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { InputError } from '../../errors.ts';

/** A trace of this many bytes unpacked is no capture any more but a bomb. */
const MOST_BYTES = 32 * 1024 ** 3;
/** `atrace -z` begins with it. */
const ATRACE = 'TRACE:\n';

export type Chunks = AsyncIterable<Uint8Array>;

/** Hands on what comes, unpacked; `damaged` is told when the packed data end too early or are broken. */
export async function* unpacked(chunks: Chunks, name: string, damaged: (why: string) => void): Chunks {
  const [head, all] = await peek(chunks, ATRACE.length + 2);
  const isAtrace = Buffer.from(head).toString('latin1').startsWith(`${ATRACE}\x78`);
  if (!isAtrace && !isGzip(head)) {
    for await (const chunk of all) yield chunk;
    return;
  }
  const source = Readable.from(isAtrace ? without(all, ATRACE.length) : all);
  const unpack = source.pipe(isAtrace ? createInflate() : createGunzip());
  source.on('error', (error) => unpack.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of unpack as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw tooLong(name);
      yield chunk;
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    damaged(`the packed data are damaged or cut off after ${bytes} bytes of text (${thrown.message})`);
  } finally {
    source.destroy();
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The first bytes, at least `least` unless there are fewer, and all chunks from the first on. */
export async function peek(chunks: Chunks, least: number): Promise<[head: Uint8Array, all: Chunks]> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < least) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return [head, joined(head, iterator)];
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): Chunks {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* without(chunks: Chunks, bytes: number): Chunks {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

function tooLong(name: string): InputError {
  const message = `unpacks to more than ${MOST_BYTES / 1024 ** 3} GB; cut the trace to the time that matters`;
  return new InputError([{ file: name, line: null, column: null, path: '', message }]);
}

/** zlib's own errors: Z_DATA_ERROR, Z_BUF_ERROR and so on. */
function isDamage(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
}
