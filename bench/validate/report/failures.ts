/** Modelled runs that broke down, for people: how many, and why the first of them did. */
import type { FailedRun } from '../execute.ts';

const MOST = 5;

/** `1 modelled run broke down and is left out`. */
export function failureCount({ length }: readonly FailedRun[]): string {
  return length === 1
    ? '1 modelled run broke down and is left out'
    : `${length} modelled runs broke down and are left out`;
}

/** A line each for the first few, then how many more there are. */
export function failureLines(failed: readonly FailedRun[]): string[] {
  const lines = failed
    .slice(0, MOST)
    .map(({ group, seed, error }) => `${group}, seed ${seed}: ${error.name}: ${error.message}`);
  return failed.length > MOST ? [...lines, `and ${failed.length - MOST} more`] : lines;
}
