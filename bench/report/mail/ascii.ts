/** Text for a plain mail: ASCII, at most 75 columns, no tabs. */
import { chunks } from '../breakName.ts';
import { wrap } from '../table.ts';

/** Columns of every line. */
export const WIDTH = 75;

/** What decomposition does not turn into ASCII and people type. */
const PLAIN: Readonly<Record<string, string>> = {
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '×': 'x',
  '→': '->',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  ł: 'l',
  μ: 'u',
};

/** Letters without their accents; a blank for other white space; `<U+4E2D>` for what has no letter in ASCII. */
export function ascii(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s/g, ' ');
  return plain.replaceAll(/[^ -~]/gu, (letter) => {
    if (Object.hasOwn(PLAIN, letter)) return PLAIN[letter];
    return `<U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/**
 * A paragraph: broken at blanks, and words that are too long for a line within themselves. Later lines begin with
 * `indent`.
 */
export function fill(text: string, indent = '  '): string[] {
  const most = WIDTH - indent.length;
  const words = ascii(text)
    .split(' ')
    .flatMap((word) => (word.length > most ? chunks(word, most) : [word]));
  return wrap(words.join(' '), WIDTH, indent);
}

/** `heading` underlined. */
export function underlined(heading: string): string[] {
  const lines = fill(heading);
  return [...lines, '-'.repeat(Math.max(...lines.map((line) => line.length)))];
}
