/**
 * Values that came from elsewhere as JSON, checked against a shape: every key is known, every type is right, nothing is
 * longer than it may be. A check hands back the value with its type, or throws InputError that names the place.
 */
import { InputError } from '../errors.ts';
import { quote } from './quote.ts';
import { suggestion } from './suggest.ts';

/** Where a value stands: `document` is what messages call the whole, `path` the way to the value in it. */
export interface Where {
  readonly document: string;
  readonly path: string;
}

export type Check<T> = (value: unknown, where: Where) => T;

/** Throws InputError: the value at `where` is not what was expected. */
export function refuse({ document, path }: Where, message: string): never {
  throw InputError.ofFile(document, message, path);
}

/** A text of at most `most` UTF-16 units, and of that form. */
export function text(most: number, form?: RegExp): Check<string> {
  return (value, where) => {
    if (typeof value !== 'string') refuse(where, 'expected a text');
    if (value.length > most) refuse(where, `is ${value.length} letters long; at most ${most} are allowed`);
    if (form !== undefined && !form.test(value)) refuse(where, `is ${quote(value)}, which has not the form of one`);
    return value;
  };
}

export function whole(least: number, most: number): Check<number> {
  return (value, where) => {
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most)
      refuse(where, `expected a whole number from ${least} to ${most}`);
    return value as number;
  };
}

/** A number that is not negative. */
export const amount: Check<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) refuse(where, 'expected a number from 0');
  return value;
};

export const flag: Check<boolean> = (value, where) => {
  if (typeof value !== 'boolean') refuse(where, 'expected true or false');
  return value;
};

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, where) => (value === null ? null : check(value, where));
}

export function oneOf<T extends string>(...allowed: readonly T[]): Check<T> {
  return (value, where) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) refuse(where, `expected ${allowed.map((one) => `'${one}'`).join(' or ')}`);
    return found;
  };
}

export function list<T>(check: Check<T>, least: number, most: number): Check<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) refuse(where, 'expected a list');
    if (value.length < least || value.length > most)
      refuse(where, `has ${value.length} entries; expected ${least} to ${most}`);
    return value.map((entry, index) => check(entry, { ...where, path: `${where.path}[${index}]` }));
  };
}

/** A list of fixed length, each entry with its own check. */
export function tuple<T extends readonly unknown[]>(...checks: { readonly [K in keyof T]: Check<T[K]> }): Check<T> {
  return (value, where) => {
    if (!Array.isArray(value) || value.length !== checks.length)
      refuse(where, `expected a list of ${checks.length} values`);
    const entries = checks.map((check, index) => check(value[index], { ...where, path: `${where.path}[${index}]` }));
    return entries as unknown as T;
  };
}

/**
 * A map with exactly these keys; those of `optional` may be absent. `others`: whether it may have further ones, which
 * are left out.
 */
export function record<T extends object>(
  checks: { readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>> },
  { optional = [], others = false }: { optional?: readonly (keyof T)[]; others?: boolean } = {},
): Check<T> {
  const keys = Object.keys(checks) as (keyof T & string)[];
  return (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(where, 'expected a map');
    const fields = value as Readonly<Record<string, unknown>>;
    const inside = (key: string): Where => ({ ...where, path: where.path === '' ? key : `${where.path}.${key}` });
    for (const key of others ? [] : Object.keys(fields))
      if (!keys.some((known) => known === key)) refuse(inside(key), `unknown key${suggestion(key, keys)}`);
    const entries = keys.flatMap((key) => {
      if (Object.hasOwn(fields, key)) return [[key, checks[key](fields[key], inside(key))] as const];
      if (!optional.includes(key)) refuse(inside(key), 'is missing');
      return [];
    });
    return Object.fromEntries(entries) as T;
  };
}
