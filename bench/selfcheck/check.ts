/**
 * What a self-check is: a sentence about the model that must come out by itself, the runs that decide it, and the rule
 * that says whether it came out. The rule is a pure function of the results, so that a test can show that it can fail.
 */
import type { CmaAttempt, Exploration } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import type { CellRecord } from '../run/cell.ts';

/** `quick`: fewer seeds and shorter runs, same rules; for the tests. */
export type Mode = 'full' | 'quick';

/** A cell's record with its single requests, which records do not keep. */
export interface CellResult {
  readonly record: CellRecord;
  readonly attempts: readonly CmaAttempt[];
}

/** All interleavings of every script of one litmus file, under one strategy. */
export interface ScriptTask {
  readonly file: string;
  readonly strategy: string;
}

export interface ScriptResult {
  readonly script: string;
  readonly strategy: string;
  readonly complete: boolean;
  readonly states: number;
  readonly causes: Exploration['causes'];
}

/** What a check wants to have run. */
export interface Needs {
  /** Cells by the name under which the check asks for their results: one for each seed. */
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  readonly scripts: readonly ScriptTask[];
}

export interface Results {
  /** In the order of the cells asked for, by the same names. */
  readonly cells: ReadonlyMap<string, readonly CellResult[]>;
  readonly scripts: readonly ScriptResult[];
}

/**
 * A row of figures: shares are 0..1, everything else has its unit in its name. All rows of a verdict have the same
 * keys.
 */
export type Row = Readonly<Record<string, string | number>>;

export interface Verdict {
  /** What did not come out, one sentence each; empty when the check holds. */
  readonly failed: readonly string[];
  readonly figures: readonly Row[];
}

export interface Check {
  /** Name on the command line. */
  readonly id: string;
  /** What must come out. */
  readonly claim: string;
  /** How it is decided: what was run, and what words such as large or small mean, with the reason. */
  readonly rule: string;
  readonly needs: (mode: Mode) => Needs;
  readonly judge: (results: Results) => Verdict;
}

/** Results under a name; a check asks only for what it needs. */
export function resultsOf(results: Results, name: string): readonly CellResult[] {
  const found = results.cells.get(name);
  if (found === undefined) throw new Error(`no results of ${name}`);
  return found;
}
