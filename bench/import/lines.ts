/** Lines of a stream of bytes, in bounded memory whatever the stream holds. */
import { StringDecoder } from 'node:string_decoder';

/** Letters of a line that are kept; what is longer is cut. */
export const LONGEST_LINE = 16 * 1024;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** It was longer than LONGEST_LINE, and this is its beginning. */
  readonly cut: boolean;
  /** It is the last and no line feed ends it. */
  readonly open: boolean;
}

/** Cuts bytes, read as UTF-8, into lines; the line feed and a carriage return before it are left out. */
export class LineCutter {
  #rest = '';
  #number = 0;
  /** The rest of a line that was too long is being skipped. */
  #skipping = false;
  readonly #decoder = new StringDecoder('utf8');
  readonly #take: (line: Line) => void;

  constructor(take: (line: Line) => void) {
    this.#take = take;
  }

  write(chunk: Uint8Array): void {
    const text = this.#rest + this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (this.#skipping) this.#skipping = false;
      else this.#hand(text.slice(from, end), false);
      from = end + 1;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length <= LONGEST_LINE) return;
    if (!this.#skipping) this.#hand(this.#rest, false);
    this.#skipping = true;
    this.#rest = '';
  }

  end(): void {
    const rest = this.#rest + this.#decoder.end();
    if (rest !== '' && !this.#skipping) this.#hand(rest, true);
    this.#rest = '';
  }

  #hand(line: string, open: boolean): void {
    this.#number++;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const cut = text.length > LONGEST_LINE;
    this.#take({ text: cut ? text.slice(0, LONGEST_LINE) : text, number: this.#number, cut, open });
  }
}

/** How reading ended. */
export interface LinesRead {
  readonly lines: number;
  /** The first line that was longer than LONGEST_LINE, 0 when none was. */
  readonly firstCut: number;
}

/**
 * Calls `each` for every line, in order, from line 1. A last line without a line feed counts. Returning false ends the
 * reading. Wrong UTF-8 becomes replacement characters.
 */
export async function eachLine(
  bytes: AsyncIterable<Uint8Array>,
  each: (line: string, number: number) => unknown,
): Promise<LinesRead> {
  const read = { lines: 0, firstCut: 0, isOver: false };
  const cutter = new LineCutter(({ text, number, cut }) => {
    if (read.isOver) return;
    read.lines = number;
    if (cut && read.firstCut === 0) read.firstCut = number;
    const line = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    read.isOver = each(line, number) === false;
  });
  for await (const chunk of bytes) {
    cutter.write(chunk);
    if (read.isOver) break;
  }
  cutter.end();
  return read;
}

const BYTE_ORDER_MARK = '\ufeff';

/** Bytes of a file that is meant to be short. */
const SHORT_FILE = 64 * 1024;

/** The text of a short file; what is beyond 64 kB is left out. */
export async function shortText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= SHORT_FILE) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, SHORT_FILE));
}

/** A copy: a piece of a line that is kept keeps the whole chunk it was cut from in memory, unless it is copied. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
