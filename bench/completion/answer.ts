/**
 * What the scripts of the shells (scripts/) are told. The first line: what the shell adds of its own (`none`, `files`,
 * `directories`), for bash with `nospace` when no blank shall follow. Then a line a candidate.
 */
import { complete } from './complete.ts';
import { splitLine } from './shellWords.ts';
import { TABLE } from './table.ts';
import type { Answer, Candidate } from './types.ts';

/** Letters of an explanation: with the word it has to fit into a line. */
const LONGEST_ABOUT = 60;

/** `words`: for bash the line and the cursor's place in it, else the words behind `cma-stress`. */
export function answerShell(shell: string, words: readonly string[], env: NodeJS.ProcessEnv): string {
  const lines = shell === 'bash' ? forBash(words, env) : forOthers(complete(words, TABLE, process.cwd()), shell);
  return `${lines.join('\n')}\n`;
}

function forOthers({ candidates, fallback }: Answer, shell: string): string[] {
  const line = ({ value, about, isOpen }: Candidate): string =>
    [...(shell === 'zsh' ? [isOpen ? 'open' : 'closed'] : []), value, short(about)].join('\t');
  return [fallback, ...candidates.map(line)];
}

function short(about: string): string {
  const first = about.split(/(?<=\.) |\s*\(default|; /)[0];
  return first.length <= LONGEST_ABOUT ? first : `${first.slice(0, LONGEST_ABOUT - 3).replace(/[\s,;:]+$/, '')}...`;
}

/**
 * bash replaces the last word only from the last of its own word breaks on, `=` and `:` among them (not in quotes), so
 * that candidates lose what stands before.
 */
function forBash([line = '', point = String(line.length)]: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const { words, raw, beforeQuote } = splitLine(line.slice(0, Number(point)));
  const { candidates, fallback } = complete(words.slice(1), TABLE, process.cwd());
  const breaks = Array.from(env['COMP_WORDBREAKS'] ?? '=:').filter((letter) => letter === '=' || letter === ':');
  const kept = beforeQuote?.length ?? Math.max(...breaks.map((letter) => raw.lastIndexOf(letter)), -1) + 1;
  const values = candidates.map(({ value }) => value.slice(kept));
  const noSpace = candidates.length > 0 && candidates.every(({ isOpen }) => isOpen);
  return [
    noSpace ? `${fallback} nospace` : fallback,
    ...(beforeQuote === null ? values.map((value) => value.replaceAll(/[\s'"$`\\&;|<>()*?!#]/g, '\\$&')) : values),
  ];
}
