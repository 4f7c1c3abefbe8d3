/** Bytes of a file to text: strict UTF-8, and where it goes wrong. */
import { InputError } from '../errors.ts';

/** Throws InputError at the first byte that is not UTF-8, or for a byte order mark: it would shift columns. */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (lenient.startsWith('\ufeff')) {
    const message = 'begins with a byte order mark; save the file as plain UTF-8';
    throw new InputError([{ file, line: 1, column: 1, path: '', message }]);
  }
  // Written back, the text differs from the bytes where a replacement character stands for something unreadable.
  const rewritten = new TextEncoder().encode(lenient);
  const differs = bytes.findIndex((byte, at) => byte !== rewritten[at]);
  // No byte differs, but more were written back: the file ends inside a letter.
  const bad = differs < 0 && rewritten.length !== bytes.length ? bytes.length : differs;
  if (bad >= 0) {
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, bad)).split('\n');
    const message = 'is not UTF-8 from here on';
    throw new InputError([{ file, line: before.length, column: before.at(-1)!.length + 1, path: '', message }]);
  }
  return lenient;
}
