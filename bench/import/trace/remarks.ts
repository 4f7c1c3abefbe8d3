/** What could not be read, by kind: the first few places, and how many there were. */
import { quote } from '../../plan/quote.ts';

const SHOWN = 3;
/** Different kinds of trouble; a parser has about ten. */
const MOST_KINDS = 50;

interface Trouble {
  count: number;
  readonly shown: string[];
}

export class Remarks {
  readonly #troubles = new Map<string, Trouble>();
  readonly #sentences: string[] = [];
  readonly #unit: 'line' | 'record';

  /** `unit`: what a place in the file is counted in. */
  constructor(unit: 'line' | 'record') {
    this.#unit = unit;
  }

  /**
   * `what` for one line or record and for many: `is no event of ftrace`. `text`: what stands there, '' when it tells
   * nothing.
   */
  at(place: number, what: string, text = ''): void {
    let trouble = this.#troubles.get(what);
    if (trouble === undefined) {
      if (this.#troubles.size >= MOST_KINDS) return;
      this.#troubles.set(what, (trouble = { count: 0, shown: [] }));
    }
    trouble.count++;
    if (trouble.shown.length < SHOWN) {
      trouble.shown.push(text === '' ? `${this.#unit} ${place}` : `${this.#unit} ${place} ${quote(text.trim())}`);
    }
  }

  /** A sentence of its own. */
  say(sentence: string): void {
    if (this.#sentences.length < MOST_KINDS) this.#sentences.push(sentence);
  }

  sentences(): string[] {
    const counted = [...this.#troubles].map(([what, { count, shown }]) => {
      const more = count > shown.length ? ` and ${count - shown.length} more` : '';
      return `${what}: ${shown.join(', ')}${more}`;
    });
    return [...this.#sentences, ...counted];
  }
}
