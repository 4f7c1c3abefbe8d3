/**
 * Pictures of memory as text: runs of equal kinds, or of cells that are as they were in the picture before, in base64.
 * Runs in Node and in the page.
 *
 * A byte a run: the kind in its upper half, AS_BEFORE for an unchanged run; in the lower half the length, or 0 where
 * the length follows as groups of seven bits, the lowest first, with the eighth set in all but the last.
 */
const AS_BEFORE = 15;
const MOST_INLINE = 15;

/** `cells` holds kinds below 15; `before` is the picture before, of the same length. */
export function encodeFrames(cells: Uint8Array, before: Uint8Array | null): string {
  const bytes: number[] = [];
  for (let i = 0; i < cells.length;) {
    const from = i;
    const isSame = before !== null && cells[i] === before[i];
    const kind = cells[i];
    if (isSame) while (i < cells.length && cells[i] === before[i]) i++;
    else while (i < cells.length && cells[i] === kind && (before === null || before[i] !== kind)) i++;
    putRun(bytes, isSame ? AS_BEFORE : kind, i - from);
  }
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
}

function putRun(bytes: number[], value: number, length: number): void {
  if (length <= MOST_INLINE) {
    bytes.push((value << 4) | length);
    return;
  }
  bytes.push(value << 4);
  let rest = length;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
}

/** The cells again. Throws RangeError for a text that does not fit. */
export function decodeFrames(text: string, before: Uint8Array | null, length: number): Uint8Array {
  const bytes = atob(text);
  const cells = new Uint8Array(length);
  let cell = 0;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes.charCodeAt(at++);
    const value = byte >> 4;
    let run = byte & 15;
    if (run === 0) {
      let part = 128;
      for (let shift = 0; part > 127; shift += 7) {
        part = bytes.charCodeAt(at++);
        run += (part & 127) << shift;
      }
    }
    if (!(run > 0) || cell + run > length) throw new RangeError('a picture is longer than its memory');
    if (value !== AS_BEFORE) cells.fill(value, cell, cell + run);
    else if (before === null) throw new RangeError('a first picture refers to one before it');
    else cells.set(before.subarray(cell, cell + run), cell);
    cell += run;
  }
  if (cell < length) throw new RangeError('a picture is shorter than its memory');
  return cells;
}
