/** Errors that are the user's to mend, and the exit codes (one table, as docs/reference/exit-codes.md has it). */

export const EXIT = {
  done: 0,
  checkFailed: 1,
  badInput: 2,
  thresholdCrossed: 3,
  cellsFailed: 4,
  invariantBroken: 5,
  interrupted: 130,
} as const;

/** Where in a file something is wrong. Line and column count from 1; null when the file as a whole is meant. */
export interface Problem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Path inside the document, `load.groups[0].count`; '' for the document. */
  readonly path: string;
  /** What is wrong, what was expected, what to do: one sentence or two. */
  readonly message: string;
}

/** Bad input: exit code 2, nothing was started. */
export class InputError extends Error {
  readonly problems: readonly Problem[];

  /** `problems`: at least one; the message has a line for each. */
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'InputError';
    this.problems = problems;
  }

  /** A file as a whole, or what stands at `path` in it, is wrong. */
  static ofFile(file: string, message: string, path = ''): InputError {
    return new InputError([{ file, line: null, column: null, path, message }]);
  }
}

/** Bad usage of the command line: exit code 2. */
export class UsageError extends Error {
  /** What to type instead, when there is something to say. */
  readonly hint: string | null;

  /** `hint` is told behind the message. */
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** Results cannot be kept (a full disk, a lost drive): what was kept before is safe, and the run can be continued. */
export class StorageError extends Error {
  /** `thrown`: what writing the file came to. */
  constructor(file: string, thrown: unknown) {
    super(`cannot write ${file}: ${messageOf(thrown)}`);
    this.name = 'StorageError';
  }
}

/** A plug-in's code went wrong while it ran, or something did while it acted: never taken for a fault of the model. */
export class PluginError extends Error {
  /** `stack`: of what was thrown in the first place. */
  constructor(message: string, stack: string) {
    super(message);
    this.name = 'PluginError';
    if (stack !== '') this.stack = `PluginError: ${message}\n${stack}`;
  }
}

/** A cell gave two results, on whatever machines: exit code 5, since nothing can be said while that is so. */
export class DeterminismError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeterminismError';
  }
}

/**
 * The exit code of cells that broke down with these errors, which may come from other threads: their names say what
 * they are.
 */
export function exitCodeOfBroken(errors: readonly { readonly name: string }[]): number {
  return errors.some(({ name }) => name === 'InvariantError') ? EXIT.invariantBroken : EXIT.cellsFailed;
}

/** The message of what was thrown, which need not be an Error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What was thrown as an Error, which it need not be. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** By the code of a system's error, for files that are read. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'it is a directory'],
]);

/** Why a file could not be read, by what reading it threw: in words, or as the system says it. */
export function whyUnreadable(thrown: unknown): string {
  return REFUSALS.get((thrown as { readonly code?: unknown } | null)?.code) ?? messageOf(thrown);
}

/** `file:line:column: path: message`, the form editors and terminals can jump to. */
function formatProblem(problem: Problem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}:${problem.column ?? 1}`;
  return problem.path === '' ? `${place}: ${problem.message}` : `${place}: ${problem.path}: ${problem.message}`;
}
