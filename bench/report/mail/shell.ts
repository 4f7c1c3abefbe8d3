/**
 * A command line over several lines that a shell reads back as the same words: backslashes at the ends of lines, and
 * `$'\xc3\xa4'` for letters beyond ASCII (bash, zsh, ksh). `command` is as bench/cli/commandLine.ts writes it.
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
  let empty = true;
  for (const word of wordsOf(command)) {
    const length = lengthOf(word);
    if (!empty && line.length + 1 + length + 2 > WIDTH) {
      lines.push(`${line} \\`);
      line = `${INDENT}  `;
      empty = true;
    }
    if (!empty) line += ' ';
    empty = false;
    for (const [i, { text }] of word.entries()) {
      const before = i > 0 && word[i - 1].quoted;
      // Room for a closing quote and the backslash.
      if (line.length + text.length + 2 > WIDTH) {
        lines.push(`${line}${before ? "'" : ''}\\`);
        line = before ? "'" : '';
      }
      line += text;
    }
  }
  return [...lines, line];
}

function lengthOf(word: readonly Atom[]): number {
  return word.reduce((total, { text }) => total + text.length, 0);
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
