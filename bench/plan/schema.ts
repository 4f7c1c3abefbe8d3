/**
 * Schemas: what a tree may hold, as data. One schema reads a node into a typed value and notes every problem it meets;
 * the same schema tells `--set` which paths exist, editors what may be typed (jsonSchema.ts), and the handbook what
 * each key means.
 *
 * `read` returns undefined when the value is unusable; the problem is then already noted and the caller goes on with
 * the rest of the file.
 */
import type { Form } from './forms.ts';
import { found, type MapNode, type Step, type TreeNode } from './node.ts';
import { Problems } from './problems.ts';
import { quote } from './quote.ts';
import { nearest, suggestion } from './suggest.ts';

/** What may stand below a schema's node. */
export type Shape =
  | { readonly kind: 'scalar'; readonly form: Form; readonly orNone: boolean }
  | { readonly kind: 'object'; readonly fields: Fields; readonly exactlyOne: readonly string[] }
  | {
      readonly kind: 'named';
      readonly what: string;
      readonly value: Schema<unknown>;
      readonly most: number;
      readonly nameLength: number;
    }
  | { readonly kind: 'list'; readonly item: Schema<unknown>; readonly least: number; readonly most: number };

export interface Schema<T> {
  readonly shape: Shape;
  /** How messages call what belongs here: `a size such as ...`. */
  readonly expected: string;
  read(node: TreeNode, path: readonly Step[], problems: Problems): T | undefined;
}

/** A field of an object: required, or with the value it has when it is left out. */
export interface Field<T> {
  readonly schema: Schema<T>;
  readonly fallback: { readonly value: T } | null;
  /** What it means, in Markdown: a phrase. */
  readonly about: string;
  /** What holds when it is left out, in Markdown, where the value of `fallback` does not say it; null where it does. */
  readonly otherwise: string | null;
}

export function required<T>(schema: Schema<T>, about: string, otherwise: string | null = null): Field<T> {
  return { schema, fallback: null, about, otherwise };
}

export function optional<T>(
  schema: Schema<T>,
  value: NoInfer<T>,
  about: string,
  otherwise: string | null = null,
): Field<T> {
  return { schema, fallback: { value }, about, otherwise };
}

/** A field that may be left out; it is null then. */
export function maybe<T>(schema: Schema<T>, about: string, otherwise: string | null = null): Field<T | null> {
  return { schema, fallback: { value: null }, about, otherwise };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
type Read<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/**
 * A map with exactly these keys. `exactlyOne`: keys of which each map has one and no other, for those who describe it;
 * a check of its own sees to it, since it can say more than that there are two.
 */
export function object<F extends Fields>(fields: F, exactlyOne: readonly (keyof F & string)[] = []): Schema<Read<F>> {
  const names = Object.keys(fields);
  const expected = `a map of ${names.join(', ')}`;
  return {
    shape: { kind: 'object', fields, exactlyOne },
    expected,
    read(node, path, problems) {
      if (!isMapNode(node, path, expected, problems)) return undefined;
      noteUnknownKeys(node, path, names, problems);
      const values: Record<string, unknown> = {};
      let complete = true;
      for (const name of names) {
        const value = readField(fields[name], name, node, path, problems);
        if (value === undefined) complete = false;
        values[name] = value;
      }
      return complete ? (values as Read<F>) : undefined;
    },
  };
}

/** What a map is in which nothing is said. Throws InputError for one with a field that may not be left out. */
export function saidNothing<T>(schema: Schema<T>): T {
  const problems = new Problems();
  const empty = { kind: 'map', place: { file: '', line: 1, column: 1 }, entries: new Map() } as const;
  const value = schema.read(empty, [], problems);
  problems.throwIfAny();
  return value!;
}

function readField(
  field: Field<unknown>,
  name: string,
  node: MapNode,
  path: readonly Step[],
  problems: Problems,
): unknown {
  const entry = node.entries.get(name);
  if (entry !== undefined) return field.schema.read(entry.value, [...path, name], problems);
  if (field.fallback !== null) return field.fallback.value;
  problems.add(node.place, path, `\`${name}\` is missing: expected ${field.schema.expected}`);
  return undefined;
}

function noteUnknownKeys(node: MapNode, path: readonly Step[], known: readonly string[], problems: Problems): void {
  const free = known.filter((name) => !node.entries.has(name));
  for (const [name, entry] of node.entries) {
    if (known.includes(name)) continue;
    problems.add(
      entry.keyPlace,
      [...path, name],
      `unknown key ${quote(name)}${suggestion(name, nearest(name, free) === null ? known : free)}`,
    );
  }
}

export function isMapNode(
  node: TreeNode,
  path: readonly Step[],
  expected: string,
  problems: Problems,
): node is MapNode {
  if (node.kind === 'map') return true;
  problems.add(node.place, path, `expected ${expected}, found ${found(node)}`);
  return false;
}

/** What a name of the user's choosing looks like. */
export const NAME = /^[a-z][a-z0-9_-]*$/;

/** What is wrong with a name of the user's choosing for a `what`, or null. */
export function nameProblem(name: string, what: string, longest: number): string | null {
  if (NAME.test(name) && name.length <= longest) return null;
  return `${quote(name)} is no name for a ${what}: at most ${longest} of a-z 0-9 _ -, beginning with a letter`;
}

/** A value under a name of the user's choosing. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
}

/** A map from names the user chooses to values, in the order of the file. `what` names one entry: `group`. */
export function named<T>(
  what: string,
  value: Schema<T>,
  most: number,
  nameLength: number,
): Schema<readonly Named<T>[]> {
  const expected = `a map from the name of each ${what} to ${value.expected}`;
  return {
    shape: { kind: 'named', what, value, most, nameLength },
    expected,
    read(node, path, problems) {
      if (!isMapNode(node, path, expected, problems)) return undefined;
      if (node.entries.size > most) {
        problems.add(node.place, path, `${node.entries.size} entries (${what}); at most ${most} are possible`);
        return undefined;
      }
      const list: Named<T>[] = [];
      let complete = true;
      for (const [name, entry] of node.entries) {
        const wrong = nameProblem(name, what, nameLength);
        if (wrong !== null) {
          problems.add(entry.keyPlace, path, wrong);
          complete = false;
        }
        const read = value.read(entry.value, [...path, name], problems);
        if (read === undefined) complete = false;
        else list.push({ name, value: read });
      }
      return complete ? list : undefined;
    },
  };
}

/** A list of values of one kind. */
export function list<T>(item: Schema<T>, least: number, most: number): Schema<readonly T[]> {
  const expected = `a list of ${item.expected}`;
  return {
    shape: { kind: 'list', item, least, most },
    expected,
    read(node, path, problems) {
      if (node.kind !== 'list') {
        problems.add(node.place, path, `expected ${expected}, found ${found(node)}`);
        return undefined;
      }
      if (node.items.length < least || node.items.length > most) {
        problems.add(node.place, path, `expected ${least} to ${most} entries, found ${node.items.length}`);
        return undefined;
      }
      const values = node.items.map((entry, index) => item.read(entry, [...path, index], problems));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}
