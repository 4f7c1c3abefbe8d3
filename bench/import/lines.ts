/** Lines of a stream of bytes, in bounded memory whatever the stream holds. */

/** Letters of a line that are kept; what is longer is cut. */
export const LONGEST_LINE = 16 * 1024;

/** How reading ended. */
export interface LinesRead {
  readonly lines: number;
  /** The first line that was longer than LONGEST_LINE, 0 when none was. */
  readonly firstCut: number;
}

/**
 * Calls `each` for every line without its line feed (and carriage return), in order, from line 1. A last line without a
 * line feed counts. Returning false ends the reading. Bytes are read as UTF-8; wrong ones become replacement characters.
 */
export async function eachLine(
  bytes: AsyncIterable<Uint8Array>,
  each: (line: string, number: number) => unknown,
): Promise<LinesRead> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false });
  let rest = '';
  let number = 0;
  let firstCut = 0;
  const hand = (line: string): boolean => {
    number++;
    let kept = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (kept.length >= LONGEST_LINE) {
      if (firstCut === 0) firstCut = number;
      kept = kept.slice(0, LONGEST_LINE);
    }
    return each(kept, number) !== false;
  };
  const take = (text: string): boolean => {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const line = from === 0 ? rest + text.slice(0, at) : text.slice(from, at);
      rest = '';
      from = at + 1;
      if (!hand(line)) return false;
    }
    // What is beyond the cap is dropped here already, so that a file without line feeds stays small.
    if (rest.length < LONGEST_LINE) rest += text.slice(from, from + LONGEST_LINE);
    return true;
  };
  for await (const chunk of bytes)
    if (!take(decoder.decode(chunk, { stream: true }))) return { lines: number, firstCut };
  if (take(decoder.decode()) && rest !== '') hand(rest);
  return { lines: number, firstCut };
}

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
