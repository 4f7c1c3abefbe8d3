/** A bundle in its parts, and how messages call a plug-in's files. */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import type { Problem } from '../errors.ts';

const MAP_MARK = '\n//# sourceMappingURL=data:application/json;base64,';

/** The code with its source map (JSON) behind it. */
export function withMap(code: string, map: string): string {
  return `${code}${MAP_MARK}${Buffer.from(map).toString('base64')}\n`;
}

/** The code that is run, and its source map as JSON. */
export function partsOf(source: string): { code: string; map: string } {
  const mark = source.lastIndexOf(MAP_MARK);
  if (mark < 0) return { code: source, map: '' };
  return { code: source.slice(0, mark), map: Buffer.from(source.slice(mark + MAP_MARK.length), 'base64').toString() };
}

/** Hash of code without its map. */
export function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

/** An error of the plug-in as a whole, or at a place of one of its files. */
export function pluginProblem(file: string, message: string, place: Partial<Problem> = {}): InputError {
  return new InputError([{ file, line: null, column: null, path: 'plug-in', message, ...place }]);
}

/** A file of the plug-in, by its path in the bundle, as a message calls it. */
export function shownFile(file: string, inside: string): string {
  return inside === basename(file) ? file : join(dirname(file), inside);
}
