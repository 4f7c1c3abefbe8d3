/** The generated part of a handbook page: what stands between two comments is replaced, the rest is written by hand. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { InputError } from '../../errors.ts';

const BEGIN = '<!-- cma-stress validate: begin -->';
const END = '<!-- cma-stress validate: end -->';

/** Throws InputError unless the file has both comments, in this order: asked before the model runs for long. */
export function checkDocs(file: string): void {
  parts(file);
}

/** Puts `text` between the comments. */
export function rewriteDocs(file: string, text: string): void {
  const [before, after] = parts(file);
  writeFileSync(`${file}.tmp`, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
  renameSync(`${file}.tmp`, file);
}

function parts(file: string): readonly [before: string, after: string] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    refuse(file, `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) refuse(file, `expected a line ${BEGIN} and below it a line ${END}`);
  return [text.slice(0, begin), text.slice(end + END.length)];
}

function refuse(file: string, message: string): never {
  throw new InputError([{ file, line: null, column: null, path: '', message }]);
}
