/**
 * A command line of bash as words: quotes and backslashes taken off, as far as one needs to know which word is which.
 */
export interface SplitLine {
  readonly words: readonly string[];
  /** The last word as it was typed. */
  readonly raw: string;
  /** What stands in the last word before a quote that is still open; null when none is. */
  readonly beforeQuote: string | null;
}

export function splitLine(line: string): SplitLine {
  const words: string[] = [];
  let word = '';
  let start = 0;
  let quote = '';
  let beforeQuote = '';
  const isBlank = (letter: string): boolean => letter === ' ' || letter === '\t' || letter === '\n';
  for (let at = 0; at < line.length; at++) {
    const letter = line[at];
    if (quote === '' && isBlank(letter)) {
      if (at > start) words.push(word);
      word = '';
      start = at + 1;
    } else if (letter === quote) quote = '';
    else if (quote === '' && (letter === "'" || letter === '"')) {
      quote = letter;
      beforeQuote = word;
    } else if (letter === '\\' && quote !== "'" && at + 1 < line.length) word += line[++at];
    else word += letter;
  }
  return { words: [...words, word], raw: line.slice(start), beforeQuote: quote === '' ? null : beforeQuote };
}
