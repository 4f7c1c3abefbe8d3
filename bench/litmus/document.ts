/**
 * A YAML or JSON text as plain values that know where they were written. Several YAML documents may stand in one text.
 */
import { LineCounter, isCollection, isMap, isNode, isScalar, parseAllDocuments, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Place, Step } from '../plan/node.ts';
import { messageOf } from '../errors.ts';
import { Problems } from '../plan/problems.ts';
import { LITMUS_LIMITS } from './limits.ts';

export interface LocatedDocument {
  readonly value: unknown;
  /** Where the value at `path` is written, or the nearest thing around it. */
  place(path: readonly Step[]): Place;
  /** Where the last key of `path` is written. */
  keyPlace(path: readonly Step[]): Place;
}

/** The documents of a text. Throws InputError with every syntax error. */
export function readDocuments(text: string, file: string): LocatedDocument[] {
  const problems = new Problems();
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (text.length > LITMUS_LIMITS.fileBytes) {
    problems.add(
      place(0),
      [],
      `the file is longer than ${LITMUS_LIMITS.fileBytes / 1024 ** 2} MiB, the most it may have`,
    );
    problems.throwIfAny();
  }
  const documents = compose(text, lines, problems, place).map((document) => located(document, problems, place));
  problems.throwIfAny();
  return documents;
}

function compose(text: string, lines: LineCounter, problems: Problems, place: (offset: number) => Place): Document[] {
  try {
    // Duplicate keys are looked for below: the library's own search takes quadratic time.
    const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    const documents = 'empty' in parsed ? [] : parsed;
    for (const document of documents) {
      for (const error of [...document.errors, ...document.warnings]) {
        problems.add(place(error.pos[0]), [], `not valid YAML: ${error.message}`);
      }
    }
    return documents;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    problems.add(place(0), [], 'nested too deeply');
    return [];
  }
}

function located(document: Document, problems: Problems, place: (offset: number) => Place): LocatedDocument {
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) problems.add(place(startOf(key)), [], `key '${String(name)}' is given twice`);
        seen.add(name);
      }
    },
  });
  const place0 = startOf(document.contents);
  let value: unknown = null;
  try {
    value = document.toJS();
  } catch (thrown) {
    // Too many aliases, or one without an anchor.
    problems.add(place(place0), [], messageOf(thrown));
  }
  return {
    value,
    place(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node)) return place(startOf(node));
      }
      return place(place0);
    },
    keyPlace(path) {
      const above: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
      const key = path.at(-1);
      if (!isMap(above)) return isCollection(above) ? place(startOf(above)) : place(place0);
      const pair = above.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      return place(startOf(pair?.key));
    },
  };
}

function startOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0;
}
