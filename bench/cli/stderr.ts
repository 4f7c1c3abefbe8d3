/** What a command says beside its output. */

/** A line on stderr. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
