/**
 * What completion knows (table.ts): the command line and the names that can stand in it, as plain data without what
 * most options are not; and what it answers.
 */

/** A word that can be typed, and what it is. */
export interface Word {
  readonly name: string;
  readonly about: string;
}

/**
 * What belongs in the place of a value:
 * - `words`: one of some; `list`: several of them, separated by commas
 * - `strategies`: a list of combinations; `strategy`: one combination
 * - `workloads`, `workloads-or-devices`, `device`: names, or files where the command takes them
 * - `runs`, `searches`: directories below results/; `cell`: a cell of the run that is named
 * - `knob`: a path of a workload file and `=`; `range`: one of two paths
 * - `commands`: names of commands, one a word
 * - `files`, `directories`: what the shell itself completes
 * - `any`: nobody knows
 */
export type ValueKind =
  | 'words'
  | 'list'
  | 'strategies'
  | 'strategy'
  | 'workloads'
  | 'workloads-or-devices'
  | 'device'
  | 'runs'
  | 'searches'
  | 'cell'
  | 'knob'
  | 'range'
  | 'commands'
  | 'files'
  | 'directories'
  | 'any';

export interface ValueWords {
  readonly kind: ValueKind;
  /** Of `words` and `list` only. */
  readonly words?: readonly string[];
}

export interface OptionWords {
  /** `-o` and `--output`. */
  readonly names: readonly string[];
  readonly about: string;
  /** Absent: it takes none. */
  readonly value?: ValueWords;
  /** It may stand without one: the next word is not taken for it. */
  readonly isValueOptional?: true;
  readonly isRepeatable?: true;
}

export interface CommandWords {
  /** As typed behind `cma-stress`: `litmus explore`; '' for `cma-stress` itself. */
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionWords[];
  readonly arguments: readonly ValueWords[];
  /** The last argument may be given again and again. */
  readonly isVariadic?: true;
}

export interface CompletionTable {
  readonly commands: readonly CommandWords[];
  readonly strategies: readonly Word[];
  readonly workloads: readonly Word[];
  readonly devices: readonly Word[];
  /** What `--set` can change: paths of a workload file, `*` for a name of somebody's choosing. */
  readonly knobs: readonly string[];
  /** The names that the built-in files have there, by the path up to them: `groups`, `groups.*.regions`. */
  readonly knobNames: Readonly<Record<string, readonly string[]>>;
}

/** Something the word being completed could become. */
export interface Candidate {
  /** The whole word. */
  readonly value: string;
  readonly about: string;
  /** It can go on: no blank behind it. */
  readonly isOpen: boolean;
}

export interface Answer {
  readonly candidates: readonly Candidate[];
  /** What the shell may add of its own. */
  readonly fallback: 'none' | 'files' | 'directories';
}

/** What has been typed before the word being completed. */
export interface Typed {
  readonly command: CommandWords;
  /** Words that are no options, nor their values, nor names of commands. */
  readonly arguments: readonly string[];
  /** Where files are looked for. */
  readonly folder: string;
}
