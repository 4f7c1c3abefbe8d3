/** Which steps of a litmus test are shown: those that `--steps` names, or those at which a picture changes. */
import { UsageError } from '../../errors.ts';
import type { LitmusState } from '../../../sim/index.ts';

/** Steps from 1 of a list such as `3,5-7`, in order. Throws UsageError. */
export function parseSteps(text: string): ReadonlySet<number> {
  const steps = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part);
    const first = Number(match?.[1] ?? 0);
    const last = Number(match?.at(2) ?? first);
    if (first < 1 || last < first) throw new UsageError(`--steps expects steps from 1 such as 3,5-7, not '${text}'`);
    for (let step = first; step <= last; step++) steps.add(step);
  }
  return steps;
}

/** States of the steps named. Throws UsageError when the test has no such step. */
export function statesNamed(states: readonly LitmusState[], steps: ReadonlySet<number>, id: string): LitmusState[] {
  const missing = [...steps].find((step) => step > states.length);
  if (missing !== undefined) throw new UsageError(`--steps: ${id} has ${states.length} steps, there is no ${missing}`);
  return states.filter(({ step }) => steps.has(step + 1));
}

/** Actions that a picture is about even if they leave everything as it was. */
const ALWAYS = /^(?:migrate|cma)/;

/**
 * From the first KSM page on: every state that looks different from the one shown before it, and those after a migration or
 * an allocation. The last state if there is nothing else to show.
 */
export function tellingStates(states: readonly LitmusState[]): LitmusState[] {
  const start = states.findIndex(({ pages }) => Object.values(pages).some(({ kind }) => kind !== 'anon'));
  const shown: LitmusState[] = [];
  for (const state of start < 0 ? states : states.slice(start)) {
    const before = shown.at(-1);
    if (before === undefined || ALWAYS.test(state.op) || looksOf(state) !== looksOf(before)) shown.push(state);
  }
  return shown;
}

const looksOf = ({ pages, relations, cursor }: LitmusState): string => JSON.stringify([pages, relations, cursor]);
