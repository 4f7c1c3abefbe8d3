/** Cuts a stream of protobuf messages `repeated packet = 1` into its packets, holding one of them at a time. */
import { TRACE } from './perfettoEvents.ts';

/** Perfetto's own packets are far below a megabyte; a compressed one holds half a megabyte of them. */
export const LARGEST_PACKET = 64 * 1024 ** 2;
const LENGTH_DELIMITED = 2;
const PACKET_TAG = (TRACE.packet << 3) | LENGTH_DELIMITED;
/** Bytes of the tag and of a length of 32 bits. */
const LONGEST_HEADER = 6;

export class PacketCutter {
  #pieces: Uint8Array[] = [];
  #have = 0;
  /** Bytes that are needed to go on. */
  #need = 2;
  #number = 0;
  #broken: string | null = null;
  readonly #take: (packet: Uint8Array, number: number) => void;

  /** `take`: gets each packet with its number from 1. */
  constructor(take: (packet: Uint8Array, number: number) => void) {
    this.#take = take;
  }

  /** After something that is no packet nothing is taken any more. */
  write(chunk: Uint8Array): void {
    if (this.#broken !== null) return;
    this.#pieces.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    const bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces);
    let at = 0;
    this.#need = 2;
    for (let header = headerAt(bytes, at); header !== null; header = headerAt(bytes, at)) {
      if (typeof header === 'string') {
        this.#broken = header;
        break;
      }
      this.#need = header.size + header.length;
      if (bytes.length - at < this.#need) break;
      this.#number++;
      this.#take(bytes.subarray(at + header.size, at + this.#need), this.#number);
      at += this.#need;
      this.#need = 2;
    }
    this.#need = Math.max(this.#need, bytes.length - at + 1);
    // A copy: the rest is small, and the chunk it stands in is not to be kept.
    this.#pieces = at < bytes.length ? [at === 0 ? bytes : Buffer.from(bytes.subarray(at))] : [];
    this.#have = bytes.length - at;
  }

  /** What was wrong, as a sentence; null when the last packet ended where the stream did. */
  end(): string | null {
    const after = this.#number === 0 ? 'at the beginning' : `after packet ${this.#number}`;
    if (this.#broken !== null) return `${this.#broken} ${after}: what follows was not read`;
    return this.#have > 0 ? `the trace is cut off in the middle of a packet ${after}` : null;
  }
}

/** The first packet, or as much of it as there is; null when no packet begins here. */
export function firstPacket(bytes: Uint8Array): { readonly packet: Uint8Array; readonly isWhole: boolean } | null {
  const header = headerAt(bytes, 0);
  if (header === null || typeof header === 'string') return null;
  const { size, length } = header;
  return { packet: bytes.subarray(size, size + length), isWhole: bytes.length >= size + length };
}

/** Size of the header and length of the packet behind it; null when more bytes are needed, a text when it is none. */
function headerAt(bytes: Uint8Array, at: number): { size: number; length: number } | string | null {
  if (at >= bytes.length) return null;
  if (bytes[at] !== PACKET_TAG) return 'something that is no packet of a trace stands';
  let length = 0;
  for (let i = 1; i < LONGEST_HEADER && at + i < bytes.length; i++) {
    const byte = bytes[at + i];
    length += (byte & 0x7f) * 2 ** (7 * (i - 1));
    if (byte < 0x80) {
      return length > LARGEST_PACKET ? `a packet of ${length} bytes stands` : { size: i + 1, length };
    }
  }
  return bytes.length - at < LONGEST_HEADER ? null : 'a packet of more than 4 GB stands';
}
