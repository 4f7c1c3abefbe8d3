/** Text that comes in pieces, line by line, in bounded memory. */
import { StringDecoder } from 'node:string_decoder';

/** Characters of a line that are looked at; the rest of a longer one is skipped. */
export const LONGEST_LINE = 16_384;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** It was longer than LONGEST_LINE, and this is its beginning. */
  readonly cut: boolean;
  /** It is the last and no line feed ends it. */
  readonly open: boolean;
}

/** Cuts text into lines, the line feed and a carriage return before it left out. */
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
      else this.#hand(text.slice(from, text[end - 1] === '\r' ? Math.max(from, end - 1) : end), false);
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

  #hand(text: string, open: boolean): void {
    this.#number++;
    const cut = text.length > LONGEST_LINE;
    this.#take({ text: cut ? text.slice(0, LONGEST_LINE) : text, number: this.#number, cut, open });
  }
}
