/** The generated part of a handbook page: what stands between two comments is replaced, the rest is written by hand. */
import { readFileSync } from 'node:fs';
import { InputError, messageOf } from '../errors.ts';
import { writePieces } from './writeFile.ts';

const beginOf = (command: string): string => `<!-- cma-stress ${command}: begin -->`;
const endOf = (command: string): string => `<!-- cma-stress ${command}: end -->`;

/**
 * Throws InputError unless the file has both comments of the command, in this order: asked before the model runs for
 * long.
 */
export function checkDocs(file: string, command: string): void {
  parts(file, command);
}

/** Puts `text` between the comments. Throws InputError as `checkDocs`, UsageError when the file cannot be written. */
export function rewriteDocs(file: string, command: string, text: string): void {
  const [before, after] = parts(file, command);
  writePieces(file, [`${before}${beginOf(command)}\n\n${text}\n\n${endOf(command)}${after}`]);
}

/** What stands between the comments now. Throws InputError as above. */
export function writtenPart(file: string, command: string): string {
  const [before, after] = parts(file, command);
  const text = readFileSync(file, 'utf8');
  return text.slice(before.length + beginOf(command).length, text.length - after.length - endOf(command).length).trim();
}

function parts(file: string, command: string): readonly [before: string, after: string] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    refuse(file, `cannot be read: ${messageOf(thrown)}`);
  }
  const begin = text.indexOf(beginOf(command));
  const end = text.indexOf(endOf(command));
  if (begin < 0 || end < begin)
    refuse(file, `expected a line ${beginOf(command)} and below it a line ${endOf(command)}`);
  return [text.slice(0, begin), text.slice(end + endOf(command).length)];
}

function refuse(file: string, message: string): never {
  throw InputError.ofFile(file, message);
}
