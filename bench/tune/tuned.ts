/** A finished search as plain data: what its document, text and page are made of. */
import type { Conclusion } from './conclude.ts';
import type { Finalist } from './finalist.ts';
import type { Reference } from './references.ts';
import type { Score } from './score.ts';
import type { Setting } from './setting.ts';
import type { Range } from './space.ts';

/** What was asked for. */
export interface Question {
  readonly workloads: readonly string[];
  readonly device: string;
  readonly kernel: string;
  readonly strategy: string;
  /** Names of the objectives, and conditions as they are shown. */
  readonly objectives: readonly string[];
  readonly limits: readonly string[];
  readonly target: string | null;
  readonly knobs: readonly string[];
  readonly sleep: Range;
  readonly pace: Range;
  /** s of the reference machine. */
  readonly budget: number;
  readonly seed: number;
  readonly grid: number | null;
  /** The command line that searches the same. */
  readonly reproduce: string;
}

/** A setting that was tried, as it looked on the seeds of the search. */
export interface Tried {
  readonly setting: Setting;
  readonly score: Score;
  readonly isFinalist: boolean;
}

/** A published setting among the finalists. */
export interface Published {
  readonly reference: Reference;
  readonly finalist: Finalist;
  /** The setting of the front that is better in every way that was asked for; null: it is on the front. */
  readonly beatenBy: Finalist | null;
}

export interface Tuned {
  readonly question: Question;
  readonly conclusion: Conclusion;
  readonly published: readonly Published[];
  readonly tried: readonly Tried[];
  /** Settings that could not be run, and why. */
  readonly problems: readonly { readonly setting: Setting; readonly message: string }[];
  readonly cells: number;
  /** s of the reference machine. */
  readonly spent: number;
  readonly apply: readonly string[];
}
