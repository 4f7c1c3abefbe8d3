/** Parsers of option values, shared by the commands. Each throws UsageError with what was expected. */
import { availableParallelism } from 'node:os';
import { Argument, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { MOST_THREADS } from '../run/limits.ts';

/**
 * An option that takes one of some words, which completion offers; of `<list>` several, separated by commas. The
 * command itself refuses others: it knows what to suggest.
 */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description);
  option.argChoices = [...words];
  return option;
}

/** The same for an argument. */
export function argumentOf(name: string, description: string, words: readonly string[]): Argument {
  const argument = new Argument(name, description);
  argument.argChoices = [...words];
  return argument;
}

/** All values of a repeatable option. */
export const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

/** A whole number from `least` to `most`. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(`${option} expects a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}

/** A share above 0 and below 1, as a number or in per cent. */
export function share(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
  const value = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (!(value > 0 && value < 1)) {
    throw new UsageError(`${option} expects a width such as 1% or 0.01, above 0 and below 100 %, not '${text}'`);
  }
  return value;
}

/** Stands in for `--threads` where that is left out: on a machine that others use, too, set once for all commands. */
const THREADS_VARIABLE = 'CMA_STRESS_THREADS';

/** Options that many commands have, each for `Command.option`. */
export const THREADS = [
  '--threads <n>',
  `worker threads; results do not depend on it (default: what ${THREADS_VARIABLE} says, or one for each processor)`,
] as const;
export const JSON_DOCUMENT = ['--json', 'print one JSON document on stdout'] as const;

/** What `--threads` says, without it the variable, without both one for each processor. Throws UsageError. */
export function threadsOf({ threads }: { readonly threads?: string } = {}): number {
  if (threads !== undefined) return wholeNumber('--threads', threads, 1, MOST_THREADS);
  const usual = process.env[THREADS_VARIABLE] ?? '';
  return usual === '' ? availableParallelism() : wholeNumber(THREADS_VARIABLE, usual, 1, MOST_THREADS);
}

/** The limits of a cell (bench/run/limits.ts), each for `Command.option`. */
export const CELL_HEAP = ['--cell-heap <size>', 'heap that one cell may use (default: 1GB)'] as const;
export const CELL_TIME = ['--cell-time <time>', 'wall time after which a cell is ended (default: 10m)'] as const;
export const CELL_SIMULATED = [
  '--cell-simulated <time>',
  'simulated time after which a cell is ended (default: 48h)',
] as const;
