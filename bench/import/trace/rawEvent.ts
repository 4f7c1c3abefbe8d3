/** One event of a kind that is understood, as a parser hands it on, and the numbers in its fields. */

/** Values as the form has them: text, or numbers where it is binary or JSON. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

export interface RawEvent {
  /** ns on the trace's own clock. */
  readonly t: number;
  /** Line of the file, or number of the record. */
  readonly line: number;
  /** Thread that ran. */
  readonly pid: number;
  readonly comm: string;
  readonly fields: Fields;
  /** What stands behind the name in a text form; '' in others. */
  readonly text: string;
}

/** PID_MAX_LIMIT of 64-bit kernels. */
const MOST_PID = 2 ** 22;
/** Frames of 16 TB; no request of more is believed. */
const MOST_PAGES = 2 ** 32;

/** A whole number within the limits; null for anything else. Base 16 may have 0x in front. */
export function whole(
  value: string | number | undefined,
  low: number,
  high: number,
  base: 10 | 16 = 10,
): number | null {
  const number = typeof value === 'string' ? parsed(value, base) : value;
  return number !== undefined && Number.isInteger(number) && number >= low && number <= high ? number : null;
}

function parsed(text: string, base: 10 | 16): number {
  if (base === 10) return /^-?\d{1,20}$/.test(text) ? Number(text) : NaN;
  const digits = /^(?:0x)?([\da-f]{1,16})$/i.exec(text);
  return digits === null ? NaN : parseInt(digits[1], 16);
}

export function pidOf(value: string | number | undefined): number | null {
  return whole(value, 0, MOST_PID);
}

export function pagesOf(value: string | number | undefined): number | null {
  return whole(value, 1, MOST_PAGES);
}

/** %lx in kernels up to 5.x, 0x%lx later; null for -1 as well, which says that there is none. */
export function pfnOf(value: string | number | undefined): number | null {
  return whole(value, 0, MOST_PAGES - 2, 16);
}

export function textOf(value: string | number | undefined): string {
  return value === undefined ? '' : `${value}`;
}
