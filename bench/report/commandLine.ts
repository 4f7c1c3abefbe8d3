/** Command lines as text that a shell reads back as the same words. */
import { basename, relative } from 'node:path';

/** One word, quoted where a POSIX shell needs it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** How this command was called: `cma-stress`, or `node dist/bench/cli/main.js` from a checkout. */
export function invokedAs(argv: readonly string[]): string {
  const script = argv[1] ?? '';
  if (!basename(script).endsWith('.js')) return 'cma-stress';
  const path = relative(process.cwd(), script);
  return path.startsWith('..') ? 'cma-stress' : `node ${quote(path)}`;
}

/** The command line of these words. */
export function commandLine(command: string, words: readonly string[]): string {
  return [command, ...words.map(quote)].join(' ');
}
