/**
 * Names out of a trace, each kept once and as a string of its own: a piece of a line would keep the whole block of text
 * that it was cut from in memory.
 */
import { ownText } from '../lines.ts';

/** Different names kept; a trace of a device has some thousand. */
const MOST_NAMES = 65_536;
/** task_struct.comm has 15 characters; a file name of exec has more. */
const LONGEST = 64;

export class KeptNames {
  readonly #names = new Map<string, string>();

  /** The name with at most 64 characters; control characters, which could steer a terminal, as `?`. */
  keep(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = ownText(name.slice(0, LONGEST)).replaceAll(/\p{C}/gu, '?');
    if (this.#names.size < MOST_NAMES && name.length <= LONGEST) this.#names.set(ownText(name), own);
    return own;
  }
}
