/** A workload as the library is given it: named, in a file, or said on the spot. */
import { UsageError } from '../errors.ts';
import { bundleWorkload, loadWorkloadText } from '../plan/index.ts';
import type { LoadOptions } from '../plan/index.ts';
import { quote } from '../plan/quote.ts';
import type { LoadedWorkload } from '../run/newRun.ts';
import { pathOf } from './options.ts';

/** A workload that lies in no file. */
export interface OwnWorkload {
  /** What results call it: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** What a workload file would say: its text (YAML or JSON), or the same as an object. */
  readonly content: string | object;
}

/** Name of a built-in workload (`listWorkloads`), path or `file:` URL of a file, or a workload said on the spot. */
export type Workload = string | URL | OwnWorkload;

const NAME = /^[\w.-]{1,40}$/;

/** Throws UsageError for an unknown name, InputError with everything that is wrong with what it says. */
export function load(given: Workload, options: LoadOptions): LoadedWorkload {
  if (typeof given === 'string' || given instanceof URL) return bundleWorkload(pathOf(given), options);
  if (!isOwn(given)) throw new UsageError('a workload is a name, a path, a URL, or { name, content }');
  const { name, content } = given;
  if (!NAME.test(name))
    throw new UsageError(`${quote(name)} cannot be a workload's name`, 'letters, digits, . _ and -');
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  return { workload: loadWorkloadText(text, name, options), bundle: null };
}

function isOwn(given: unknown): given is OwnWorkload {
  if (typeof given !== 'object' || given === null) return false;
  const { name, content } = given as Partial<OwnWorkload>;
  return typeof name === 'string' && (typeof content === 'string' || typeof content === 'object');
}

/** What records of a run call it. */
export function shownWorkload(given: Workload): string {
  return typeof given === 'string' || given instanceof URL ? pathOf(given) : given.name;
}
