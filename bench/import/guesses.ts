/** What an import had to guess, and how to vary it. */
import { pathText, type Step } from '../plan/node.ts';
import { commandLine } from '../report/commandLine.ts';
import type { Draft, DraftField } from './draft.ts';

export interface Guess {
  readonly path: string;
  readonly value: string;
  readonly why: string;
  /** Arguments that change it: `--set ksm.sleep_millisecs=20`. */
  readonly vary: string;
}

export function guessesOf(draft: Draft): Guess[] {
  return draft.entries().flatMap((field) => guessOf(field) ?? []);
}

/** null: it is none. */
function guessOf({ guess, steps, text }: DraftField): Guess | null {
  if (guess === null || text === null) return null;
  const path = pathText(steps);
  return { path, value: text, why: guess, vary: varyText(path, text) };
}

/** `device` and the profiles are names of files: they are set like any other value. */
function varyText(path: string, value: string): string {
  return commandLine('', ['--set', `${path}=${value}`]).trim();
}

/** Guesses of one sort: the same value of several groups or regions, for the same reason. */
export interface GuessSort {
  /** `groups.*.regions.*.writes.rate`. */
  readonly pattern: string;
  readonly why: string;
  readonly count: number;
  readonly first: Guess;
}

export function sortsOf(draft: Draft): GuessSort[] {
  const sorts = new Map<string, { pattern: string; why: string; count: number; first: Guess }>();
  for (const field of draft.entries()) {
    const guess = guessOf(field);
    if (guess === null) continue;
    const pattern = patternOf(field);
    const key = `${pattern} ${guess.why}`;
    const sort = sorts.get(key) ?? { pattern, why: guess.why, count: 0, first: guess };
    sort.count++;
    sorts.set(key, sort);
  }
  return [...sorts.values()];
}

/** Sections whose next step is a name of the user's. */
const NAMED = ['groups', 'regions', 'pools', 'pins', 'cma', 'reserved'];

function patternOf({ steps }: DraftField): string {
  return pathText(
    steps.map((step, at): Step => (typeof step === 'number' || NAMED.includes(String(steps[at - 1])) ? '*' : step)),
  );
}

/** What decides most and a capture tells least comes first: how often memory is written, launches, requests. */
const DECIDING = [
  /\.inherited_writes\.rate$/,
  /(?<!-unmerged)\.writes\.rate$/,
  /^spawners\..*\.rate$/,
  /^cma_clients\..*\.rate$/,
];

/** The guess to vary first; null without any. */
export function decidingGuess(guesses: readonly Guess[]): Guess | null {
  for (const pattern of DECIDING) {
    const found = guesses.find(({ path }) => pattern.test(path));
    if (found !== undefined) return found;
  }
  return guesses.at(-1) ?? null;
}
