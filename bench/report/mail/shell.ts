/**
 * A command line over several lines that a shell reads back as the same words: backslashes at the ends of lines, and
 * `$'\xc3\xa4'` for letters beyond ASCII (bash, zsh, ksh). `command` is as bench/report/commandLine.ts writes it.
 */
import { WIDTH } from './ascii.ts';

const INDENT = '    ';

/** What must stay on one line, and whether it ends within single quotes. */
interface Atom {
  readonly text: string;
  readonly quoted: boolean;
}

/** Lines of at most 75 columns, each indented but those that go on within a word. */
export function shellLines(command: string): string[] {
  const lines: string[] = [];
  let line = INDENT;
  let begun = false;
  for (const word of wordsOf(command)) {
    if (begun && line.length + 1 + lengthOf(word) + 2 > WIDTH) {
      lines.push(`${line} \\`);
      line = `${INDENT}  `;
    } else if (begun) line += ' ';
    begun = true;
    let quoted = false;
    for (const [i, atom] of word.entries()) {
      // A list goes on behind a comma, if it can; there is room for a closing quote and the backslash.
      const part = i > 0 && word[i - 1].text === ',' ? lengthOf(partFrom(word, i)) : 0;
      const next = part + 2 + INDENT.length > WIDTH ? 0 : part;
      if (line.length + Math.max(atom.text.length, next) + 2 > WIDTH) {
        lines.push(`${line}${quoted ? "'" : ''}\\`);
        line = quoted ? "'" : '';
      }
      line += atom.text;
      quoted = atom.quoted;
    }
  }
  return [...lines, line];
}

/** From `first` to the next comma. */
function partFrom(word: readonly Atom[], first: number): readonly Atom[] {
  const comma = word.findIndex(({ text }, i) => i >= first && text === ',');
  return word.slice(first, comma < 0 ? undefined : comma + 1);
}

function lengthOf(atoms: readonly Atom[]): number {
  return atoms.reduce((total, { text }) => total + text.length, 0);
}

function wordsOf(command: string): Atom[][] {
  const words: Atom[][] = [[]];
  let quoted = false;
  const letters = Array.from(command);
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i];
    const word = words[words.length - 1];
    if (!quoted && letter === ' ') words.push([]);
    else if (!quoted && letter === '\\' && i + 1 < letters.length) word.push({ text: letter + letters[++i], quoted });
    else if (letter === "'") {
      quoted = !quoted;
      word.push({ text: letter, quoted });
    } else word.push({ text: /[ -~]/.test(letter) ? letter : escaped(letter, quoted), quoted });
  }
  return words.filter((word) => word.length > 0);
}

function escaped(letter: string, quoted: boolean): string {
  const bytes = [...Buffer.from(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return quoted ? `'$'${bytes}''` : `$'${bytes}'`;
}
