/** Streams of bytes: looked at before they are read, unpacked when they are gzip, and limited. */
import { Readable } from 'node:stream';
import { createGunzip, type Gunzip, type Inflate } from 'node:zlib';
import { whyUnreadable } from '../../errors.ts';
import { withoutControls } from '../../plan/quote.ts';
import { HEAD_BYTES } from '../importer.ts';

/** Bytes of one input, unpacked. */
const MOST_BYTES = 8 * 1024 ** 3;
/** Text of a kernel is packed to a twentieth or so, zeros to a thousandth. */
const MOST_EXPANSION = 250;
/** Below this nobody is hurt, and short repetitive files may be packed that well. */
const ALWAYS_FINE = 64 * 1024 ** 2;

/** Thrown out of a stream that is longer than anything real. */
class TooLong extends Error {}

export interface Peeked {
  readonly head: Buffer;
  /** The whole stream, head included. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The first `wanted` bytes of a stream (fewer when it is shorter). */
export async function peek(bytes: AsyncIterable<Uint8Array>, wanted = HEAD_BYTES): Promise<Peeked> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let failure: { readonly thrown: unknown } | null = null;
  while (length < wanted) {
    try {
      const next = await iterator.next();
      if (next.done === true) break;
      chunks.push(next.value);
      length += next.value.length;
    } catch (thrown) {
      if (length === 0) throw thrown;
      // What was there before counts; the failure is met again by whoever reads on.
      failure = { thrown };
      break;
    }
  }
  const start = Buffer.concat(chunks);
  return { head: start.subarray(0, wanted), bytes: rest(start, iterator, failure) };
}

async function* rest(
  start: Buffer,
  iterator: AsyncIterator<Uint8Array>,
  failure: { readonly thrown: unknown } | null,
): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    if (failure !== null) throw failure.thrown;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** Reads a stream to its end, to hear how it ends. */
export async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

export function isGzip(head: Buffer): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** A header of tar: its checksum is right. */
export function isTar(head: Buffer): boolean {
  if (head.length < 512 || head[0] === 0) return false;
  const stored = parseInt(head.toString('latin1', 148, 156).replace(/\0.*$/, '').trim(), 8);
  let sum = 8 * 32;
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += head[at];
  return stored === sum;
}

/** Unpacked; throws as `unzipped` does. */
export function gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return unzipped(bytes, createGunzip());
}

/** Unpacked by `unzip`; throws TooLong when it expands beyond belief, and what zlib says of damage. */
export async function* unzipped(bytes: AsyncIterable<Uint8Array>, unzip: Gunzip | Inflate): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      packed += chunk.length;
      yield chunk;
    }
  }
  const source = Readable.from(counted(), { objectMode: false });
  source.on('error', (error) => unzip.destroy(error));
  source.pipe(unzip);
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      if (unpacked > ALWAYS_FINE && unpacked > packed * MOST_EXPANSION)
        throw new TooLong(`expands to more than ${MOST_EXPANSION} times its size, as no capture does`);
      yield chunk;
    }
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/** The same bytes; throws TooLong behind 8 GB. */
export async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new TooLong(`is longer than ${MOST_BYTES / 1024 ** 3} GB, the most that is read`);
    yield chunk;
  }
}

/**
 * Why a stream ended too early, of what it threw: damage of what it is packed in, too long, not readable; null: a fault
 * of ours.
 */
export function reasonOfEnd(thrown: unknown): string | null {
  if (thrown instanceof TooLong) return thrown.message;
  const { code } = thrown as { readonly code?: unknown };
  if (typeof code !== 'string') return null;
  if (code === 'Z_BUF_ERROR') return 'the gzip data breaks off';
  if (code.startsWith('Z_')) return 'the gzip data is damaged';
  return withoutControls(whyUnreadable(thrown));
}
