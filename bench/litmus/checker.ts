/** Reads values of a located document and notes what is wrong with them, each problem at its place. */
import type { Step } from '../plan/node.ts';
import type { Problems } from '../plan/problems.ts';
import { suggestion } from '../plan/suggest.ts';
import type { LocatedDocument } from './document.ts';

export type Path = readonly Step[];
export type PlainObject = Readonly<Record<string, unknown>>;

export class Checker {
  readonly document: LocatedDocument;
  readonly problems: Problems;

  constructor(document: LocatedDocument, problems: Problems) {
    this.document = document;
    this.problems = problems;
  }

  /** Notes that the value at `path` is not what was expected. */
  unexpected(path: Path, expected: string, value: unknown): null {
    this.problems.add(this.document.place(path), path, `expected ${expected}, found ${shown(value)}`);
    return null;
  }

  object(path: Path, value: unknown, what: string): PlainObject | null {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as PlainObject;
    return this.unexpected(path, what, value);
  }

  list(path: Path, value: unknown, what: string, most: number): readonly unknown[] | null {
    if (!isList(value)) return this.unexpected(path, what, value);
    if (value.length > most) return this.unexpected(path, `at most ${most} entries`, `${value.length} entries`);
    return value;
  }

  text(path: Path, value: unknown, what: string, most: number): string | null {
    if (typeof value !== 'string') {
      const hint = typeof value === 'number' || typeof value === 'boolean' ? ' (put it in quotes)' : '';
      return this.unexpected(path, `${what}, a text${hint}`, value);
    }
    if (value.length > most)
      return this.unexpected(path, `${what} of at most ${most} letters`, `${value.length} letters`);
    return value;
  }

  whole(path: Path, value: unknown, what: string, least: number, most: number): number | null {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.unexpected(path, `${what}, a whole number from ${least} to ${most}`, value);
  }

  texts(path: Path, value: unknown, what: string, most: number): void {
    const items = this.list(path, value, what, most);
    items?.forEach((item, index) => this.text([...path, index], item, 'an entry', most));
  }

  oneOf(path: Path, value: unknown, allowed: readonly (string | number)[]): void {
    if (allowed.includes(value as string | number)) return;
    const hint =
      typeof value === 'string' ? suggestion(value, allowed.map(String)) : `; there are: ${allowed.join(', ')}`;
    this.problems.add(this.document.place(path), path, `unknown value ${shown(value)}${hint}`);
  }

  /** Notes keys of `object` that are not in `known`. */
  knownKeys(path: Path, object: PlainObject, known: readonly string[], what: string): void {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue;
      const place = this.document.keyPlace([...path, key]);
      this.problems.add(place, [...path, key], `unknown key of ${what}${suggestion(key, known)}`);
    }
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A value as a message shows it. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
