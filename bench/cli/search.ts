/** What `tune` and `size` do alike: begin or go on, run to the end or an interruption, and say how it ended. */
import { EXIT, exitCodeOfBroken, StorageError, UsageError } from '../errors.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { LIMIT_OPTIONS, parseLimits } from '../run/limits.ts';
import type { LimitOptions } from '../run/limits.ts';
import { beginSearch, resumeSearch } from '../tune/begin.ts';
import type { Ask, AskedSearch, Begun, CommonOptions } from '../tune/begin.ts';
import type { Evaluator } from '../tune/evaluator.ts';
import type { SearchFolder } from '../tune/folder.ts';
import { lockFolder } from '../run/lock.ts';
import { startSearchProgress } from '../tune/progress.ts';
import { runSearch } from '../tune/session.ts';
import type { Outcome, Searchable, Tell } from '../tune/session.ts';
import { onInterruptFinish } from './interrupt.ts';
import { threadsOf } from './options.ts';
import { say } from './stderr.ts';

/** Options that say how, not what. */
export interface SearchCommandOptions extends LimitOptions {
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly resume?: string;
}

const NOT_DECIDING: readonly string[] = ['threads', 'out', 'json', 'plot', 'report', 'resume', ...LIMIT_OPTIONS];

/** A command that searches. */
export interface SearchCommand<O extends CommonOptions, A extends AskedSearch & Searchable, T> {
  readonly name: string;
  readonly ask: (invoked: string) => Ask<O, A>;
  readonly search: (asked: A, evaluator: Evaluator, tell: Tell) => Promise<T>;
  /** Prints and keeps the result. Returns the exit code. */
  readonly finish: (result: T, folder: SearchFolder) => number | Promise<number>;
}

/** Runs it. Returns the exit code. */
export async function runSearchCommand<O extends CommonOptions, A extends AskedSearch & Searchable, T>(
  { name, ask, search, finish }: SearchCommand<O, A, T>,
  words: readonly string[],
  options: O & SearchCommandOptions,
): Promise<number> {
  const threads = threadsOf(options);
  const limits = parseLimits(options);
  const invoked = invokedAs(process.argv);
  const { folder, asked } = await open(name, words, options, ask(invoked));
  const resume = `go on with: ${commandLine(invoked, [name, '--resume', folder.path])}\n`;
  await lockFolder(folder.path);
  let begun: Evaluator | null = null;
  const interrupt = onInterruptFinish(
    () => begun?.running ?? 0,
    `what was learnt is kept in ${folder.path}\n${resume}`,
  );
  const progress = interrupt.show(startSearchProgress(threads, process.stderr));
  let outcome: Outcome<T> | StorageError;
  try {
    const { signal } = interrupt;
    outcome = await runSearch(asked, folder, { threads, limits, signal, progress }, (evaluator, tell) => {
      begun = evaluator;
      return search(asked, evaluator, tell);
    });
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    outcome = thrown;
  } finally {
    progress.stop();
    interrupt.release();
  }
  if (outcome instanceof StorageError) {
    process.stderr.write(`error: ${outcome.message}\nwhat was learnt before is kept in ${folder.path}\n${resume}`);
    return EXIT.interrupted;
  }
  if (outcome.kind === 'interrupted') {
    const best = outcome.best === null ? '' : `; best so far ${outcome.best}`;
    process.stderr.write(`interrupted: what was learnt is kept in ${folder.path}${best}\n${resume}`);
    return EXIT.interrupted;
  }
  if (outcome.kind === 'failed') {
    say(`error: the device as it is cannot be run: ${outcome.error.name}: ${outcome.error.message}`);
    return exitCodeOfBroken([outcome.error]);
  }
  const code = await finish(outcome.result, folder);
  say(`results    ${folder.path}`);
  const { broken } = outcome;
  for (const error of broken) say(`failed: ${error.name}: ${error.message}`);
  return broken.length > 0 ? exitCodeOfBroken(broken) : code;
}

function open<O extends CommonOptions, A extends AskedSearch>(
  command: string,
  words: readonly string[],
  options: O & SearchCommandOptions,
  ask: Ask<O, A>,
): Promise<Begun<A>> {
  const { out, resume } = options;
  const deciding = Object.entries(options).filter(([name]) => !NOT_DECIDING.includes(name));
  if (resume === undefined) return beginSearch(command, words, Object.fromEntries(deciding) as unknown as O, out, ask);
  if (words.length > 0 || deciding.length > 0 || out !== undefined)
    throw new UsageError(
      '--resume goes on with a search as it was begun',
      'leave out workloads and options that decide what is searched',
    );
  return resumeSearch(command, resume, ask);
}
