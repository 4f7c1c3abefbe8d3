/** An exploration from a litmus test to what is reported of it. */
import type { LitmusTest } from '../types.ts';
import { confirmFromScratch } from './fromScratch.ts';
import { compileScript } from './script.ts';
import { Search, type SearchOptions } from './search.ts';
import { findings, type Findings, type Verdict } from './verdict.ts';
import { WINDOW_CAUSES, type WindowCause } from './windows.ts';
import { witnessOf } from './witness.ts';

/** An exploration has every interleaving, those within an item of ksmd too. */
export type ExploreOptions = Omit<SearchOptions, 'wholeItems'>;

/** How long unfindable mappings last, in words that people use: from `never` to `for ever`. */
export type Grade = 'never' | 'visits' | 'next pass' | 'for ever';

/** Windows of one cause. */
export interface CauseReport {
  readonly states: number;
  readonly grade: Grade;
  readonly maxVisits: number | null;
}

export interface Exploration {
  readonly script: string;
  readonly states: number;
  readonly transitions: number;
  /** False: the state limit was hit, and the verdict speaks of what was seen. */
  readonly complete: boolean;
  readonly verdict: Verdict;
  readonly grade: Grade;
  /** Visits of ksmd after which everything is findable again, at most; null when unbounded. */
  readonly maxVisits: number | null;
  readonly unfindableStates: number;
  readonly causes: Readonly<Partial<Record<WindowCause, CauseReport>>>;
  readonly leaked: boolean;
  /** A shortest way to a state that needs most visits, or has no end; null when the verdict is never. */
  readonly witness: LitmusTest | null;
  /** Bytes of states and of those waiting at their most. */
  readonly bytes: number;
}

/** A search in slices. Construction runs the scene; throws LitmusError and ThreadError for what makes no sense. */
export class Explorer {
  readonly #search: Search;
  readonly #test: LitmusTest;
  readonly #options: ExploreOptions;

  constructor(test: LitmusTest, options: ExploreOptions) {
    this.#test = test;
    this.#options = options;
    this.#search = new Search(compileScript(test), options);
  }

  /** Takes the steps of up to `most` states; true when the search is over. Throws InvariantError. */
  run(most: number): boolean {
    this.#search.run(most);
    return this.#search.isOver;
  }

  get states(): number {
    return this.#search.met;
  }

  /** States met whose steps are still to be taken. */
  get waiting(): number {
    return this.#search.waiting;
  }

  /** What was found. Throws StrategyError when a plug-in makes it worthless. */
  report(): Exploration {
    const search = this.#search;
    const { strategies, plugins = [], reduce } = this.#options;
    if (plugins.length > 0) confirmFromScratch(search, strategies, plugins, reduce !== false);
    const found = findings(search.states);
    const { all } = found;
    const isNever = all.states === 0;
    return {
      script: this.#test.id,
      states: search.met,
      transitions: search.transitions,
      complete: search.isComplete,
      verdict: all.verdict,
      grade: gradeOf(all.verdict, all.maxPasses),
      maxVisits: all.maxVisits,
      unfindableStates: all.states,
      causes: causesOf(found),
      leaked: found.leaked,
      witness: isNever ? null : witnessOf(search, all.worst, this.#options, whyOf(found)),
      bytes: search.bytes,
    };
  }
}

function gradeOf(verdict: Verdict, maxPasses: number | null): Grade {
  if (verdict === 'never') return 'never';
  if (verdict === 'unbounded') return 'for ever';
  return maxPasses === 0 ? 'visits' : 'next pass';
}

function causesOf({ causes }: Findings): Exploration['causes'] {
  const reports: Partial<Record<WindowCause, CauseReport>> = {};
  for (const cause of WINDOW_CAUSES) {
    const report = causes[cause];
    if (report === undefined) continue;
    const { states, verdict, maxVisits, maxPasses } = report;
    reports[cause] = { states, grade: gradeOf(verdict, maxPasses), maxVisits };
  }
  return reports;
}

function whyOf({ all, causes }: Findings): string {
  const names = Object.keys(causes).join(', ');
  const lasts =
    all.maxVisits === null
      ? 'No number of visits of ksmd alone makes everything findable again from here.'
      : `ksmd alone needs ${all.maxVisits} more ${all.maxVisits === 1 ? 'visit' : 'visits'} until everything is findable again: from no state more.`;
  return `Found by exploring all interleavings (causes met: ${names}). ${lasts}`;
}
