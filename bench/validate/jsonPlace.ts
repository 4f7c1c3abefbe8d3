/** Where in a JSON text something stands: looked up only when there is something to complain about. */
import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';

/** Keys and indexes from the document down to a value. */
export type JsonPath = readonly (string | number)[];

/** Line and column, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false } as const;

/**
 * The place of the value at `path`, or of the nearest one above it that exists; null when the text is too deep to look.
 */
export function placeOfPath(text: string, path: JsonPath): TextPlace | null {
  const root = unlessTooDeep(() => parseTree(text, [], STRICT));
  if (root === undefined) return null;
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return placeOfOffset(text, node.offset);
  }
  return null;
}

/** What is wrong with a text that is not JSON, and where. */
export function syntaxFault(text: string): { message: string; place: TextPlace | null } {
  const errors: ParseError[] = [];
  unlessTooDeep(() => parseTree(text, errors, STRICT));
  const first = errors.at(0);
  if (first === undefined) return { message: 'is not JSON, or is nested too deeply', place: null };
  const what = printParseErrorCode(first.error).replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return { message: `is not JSON: ${what.toLowerCase()}`, place: placeOfOffset(text, first.offset) };
}

/** The parser calls itself for each level: a hostile text can exhaust the stack. */
function unlessTooDeep<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function placeOfOffset(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
