/** Lines of a file that could not be used: a few are told with their place, the rest are counted. */
import { quote } from '../plan/quote.ts';
import type { Facts } from './facts.ts';
import { LONGEST_LINE, type LinesRead } from './lines.ts';

/** Sentences about all inputs together; more help nobody. */
const MOST_SENTENCES = 200;

/** Adds a sentence, unless there are too many already: then the last one says so. */
export function addPartial(facts: Facts, sentence: string): void {
  if (facts.partial.length < MOST_SENTENCES) facts.partial.push(sentence);
  else if (facts.partial.length === MOST_SENTENCES) facts.partial.push('and more of that kind, which is not listed');
}

/** Collects what is wrong with one file. */
export class Doubts {
  private readonly file: string;
  private readonly what: string;
  private first: { readonly line: number; readonly why: string } | null = null;
  private count = 0;

  /** `what`: what its lines should be: `a line of meminfo`. */
  constructor(file: string, what: string) {
    this.file = file;
    this.what = what;
  }

  /** A line that is not what it should be. */
  line(number: number, text: string): void {
    this.add(number, `${quote(text.trim())} is not ${this.what}`);
  }

  /** Something else that is wrong there. */
  add(number: number, why: string): void {
    this.count++;
    this.first ??= { line: number, why };
  }

  /** Says what was found. `read`: how reading ended. */
  tell(facts: Facts, read: LinesRead | null = null): void {
    if (this.first !== null) {
      const more = this.count === 1 ? '' : ` (and ${this.count - 1} more such lines)`;
      addPartial(facts, `${this.file}:${this.first.line}: ${this.first.why}${more}; skipped`);
    }
    if (read !== null && read.firstCut > 0)
      addPartial(facts, `${this.file}:${read.firstCut}: longer than ${LONGEST_LINE} letters; cut there`);
  }
}
