/** The bytes of a file that the user names: regular, and not larger than it may be. */
import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { InputError, whyUnreadable } from '../errors.ts';

/**
 * Reads the file at `path`, which messages call `shown`, and a file of its kind `what`. Throws InputError; `most`:
 * bytes that it may have.
 */
export function readBytes(path: string, shown: string, what: string, most: number): Uint8Array {
  // Looked at before it is opened: opening a pipe would wait for a writer.
  const stat = statOf(path, shown);
  if (!stat.isFile()) throw InputError.ofFile(shown, 'cannot be read: it is not a regular file');
  if (stat.size > most) throw InputError.ofFile(shown, `is ${stat.size} bytes; ${what} may have at most ${most}`);
  return orRefuse(shown, () => readFileSync(path));
}

/** What is at `path`. Throws InputError when nothing is, or nobody may know. */
export function statOf(path: string, shown: string): Stats {
  return orRefuse(shown, () => statSync(path));
}

function orRefuse<T>(shown: string, ask: () => T): T {
  try {
    return ask();
  } catch (thrown) {
    throw InputError.ofFile(shown, `cannot be read: ${whyUnreadable(thrown)}`);
  }
}
