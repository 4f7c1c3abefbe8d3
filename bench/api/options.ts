/** What calls of the library are given, checked: types help an editor, but a script in JavaScript may say anything. */
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.ts';
import type { LoadOptions } from '../plan/index.ts';
import { parseDuration } from '../plan/index.ts';
import { quote } from '../plan/quote.ts';
import { suggestion } from '../plan/suggest.ts';

/** A span of simulated time: text with a unit (`'10s'`, `'250 ms'`, `'2 min'`), or whole ns. */
export type Duration = string | number;

/** Knobs of a workload file by their path: `{ 'ksm.sleep_millisecs': 500, 'cma_clients.camera.rate': '2/s' }`. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** What changes a workload before it is run. */
export interface WorkloadOptions {
  /** Knobs to change, as `--set` does; values are written as in a workload file. */
  readonly settings?: Settings;
  /** Simulated time to measure; default: what the workload says. */
  readonly duration?: Duration;
  /** A short version: at most 20 s measured after at most 5 s of warm-up, where nothing else is said. */
  readonly quick?: boolean;
  /** Check all invariants of the model every simulated second. */
  readonly audit?: boolean;
}

export const WORKLOAD_KEYS = ['settings', 'duration', 'quick', 'audit'] as const satisfies (keyof WorkloadOptions)[];

/** Throws UsageError for the first key of `given` that is none of `known`. */
export function refuseUnknown(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new UsageError(
    `${what}: unknown option ${quote(unknown)}${suggestion(unknown, known)}`,
    `there are: ${known.join(', ')}`,
  );
}

/** ns; throws UsageError. `name`: what the message calls it. */
export function durationNs(name: string, given: Duration): number {
  if (typeof given === 'string') return parseDuration(given);
  if (!Number.isSafeInteger(given) || given < 0)
    throw new UsageError(`${name}: expected whole ns, 0 or more, or a text such as '30s', found ${String(given)}`);
  return given;
}

/** A whole number from `least` to `most`; throws UsageError. */
export function wholeFrom(name: string, given: number, least: number, most: number): number {
  if (Number.isInteger(given) && given >= least && given <= most) return given;
  throw new UsageError(`${name}: expected a whole number from ${least} to ${most}, found ${String(given)}`);
}

/** The same as the options of a command would say. */
export function loadOptions({ settings = {}, duration, quick }: WorkloadOptions): LoadOptions {
  return {
    set: Object.entries(settings).map(([path, value]) => `${path}=${String(value)}`),
    durationNs: duration === undefined ? null : durationNs('duration', duration),
    quick: quick === true,
  };
}

/** A name or path as it is, the path of a file's URL. */
export function pathOf(given: string | URL): string {
  return given instanceof URL ? fileURLToPath(given) : given;
}

/** One thing, or a list of them, as a list. */
export function listOf<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}
