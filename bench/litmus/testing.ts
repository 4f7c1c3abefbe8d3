/** For the tests of this folder: what a litmus file is refused for. */
import { InputError } from '../errors.ts';
import { parseLitmus } from './parse.ts';

/** Problems of a text as `line:column path message`; none when it is a litmus file. Other errors pass through. */
export function problems(text: string): string[] {
  try {
    parseLitmus(text, 'f.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ line, column, path, message }) => `${line ?? 0}:${column ?? 0} ${path} ${message}`);
  }
}
