/** Reading single numbers into tables. */
import type { Doubts } from '../doubts.ts';
import type { ReadPlace, Table } from '../facts.ts';

/** Names of one table; no file of a kernel has as many. */
const MOST_FIELDS = 4096;

/** A whole number of decimal digits that a double holds exactly; null for anything else. */
export function wholeNumber(text: string): number | null {
  if (!/^\d{1,20}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** Puts a number into a table; a number that is out of range is a doubt. */
export function put(table: Table, field: string, text: string, place: ReadPlace, doubts: Doubts | null): void {
  const value = wholeNumber(text);
  if (value === null) {
    doubts?.add(place.line ?? 1, `the number of ${field.slice(0, 40)} is out of range`);
    return;
  }
  if (table.size < MOST_FIELDS || table.has(field)) table.set(field, { value, place, field });
}
