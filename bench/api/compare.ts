/** `compare`: what `cma-stress compare` does, with runs in memory or in their directories. Loaded when first called. */
import type { CompareDocument } from '../compare/document.ts';
import type { Run } from './runResult.ts';

/** A run, or one strategy of it. A text is the directory of a run. */
export type Compared = Run | string | { readonly run: Run | string; readonly strategy: string };

/** A run, whose strategies are compared, or several under the names that the comparison gives them. */
export type ComparedRuns = Run | string | Readonly<Record<string, Compared>>;

/** What a comparison may be told. */
export interface CompareOptions {
  /** What the sides may differ in, for example `'ksm.sleep_millisecs'`; default: the one thing in which they do. */
  readonly factor?: string;
  /** Compares although they differ in more. */
  readonly force?: boolean;
  /** Name of the side that the others are compared with; default: the first. */
  readonly baseline?: string;
  /** Conditions to be looked for, for example `'p99_latency regresses 10%'`: `crossings` says where they hold. */
  readonly failIf?: readonly string[];
}

/**
 * Compares runs seed by seed: the difference of their failure rates with its 95 % interval and p, latencies, what ksmd
 * takes and saves. Given one run, it compares its strategies; given several under names, those.
 *
 * @throws UsageError when they cannot be compared, with what they differ in; InputError for a directory without a run.
 *
 * @example
 * ```ts
 * const { rows } = await compare({ 'every 20 ms': often, 'every 500 ms': seldom });
 * const { difference, low, high } = rows[1].vsBaseline;
 * ```
 */
export async function compare(runs: ComparedRuns, options: CompareOptions = {}): Promise<CompareDocument> {
  const { compareRuns } = await import('./compareRuns.ts');
  return compareRuns(runs, options);
}
