/** Which steps of a litmus test are shown: those that `--steps` names, or those at which a picture changes. */
import { UsageError } from '../../errors.ts';
import type { LitmusState, LitmusTest } from '../../../sim/index.ts';

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

/**
 * Pages that a picture is about: those that are KSM pages at some time, and those that an action names; all if there is
 * none.
 */
export function pagesOf({ actions }: LitmusTest, states: readonly LitmusState[]): ReadonlySet<string> {
  const labels = new Set<string>();
  for (const { pages } of states) {
    for (const [label, { kind }] of Object.entries(pages)) if (kind !== 'anon') labels.add(label);
  }
  for (const { op, page } of actions) if (op !== 'write' && typeof page === 'string') labels.add(page);
  return labels.size > 0 ? labels : new Set(states.flatMap(({ pages }) => Object.keys(pages)));
}

/** Actions whose result is told even if they leave everything as it was. */
const TELLING = /^(?:(?:migrate|cma)(?:_finish)?|ksmd_to|ksmd_finish)$/;

/**
 * From the first KSM page on, or the first page that the picture is about: every state in which one of its pages, or
 * the way to it, is not as in the state shown before, and those after a migration, an allocation, or a stop of ksmd.
 */
export function tellingStates(test: LitmusTest, states: readonly LitmusState[]): LitmusState[] {
  const labels = pagesOf(test, states);
  const firstKsm = states.findIndex(({ pages }) => Object.values(pages).some(({ kind }) => kind !== 'anon'));
  const first =
    firstKsm >= 0 ? firstKsm : states.findIndex(({ pages }) => Object.keys(pages).some((one) => labels.has(one)));
  const shown: LitmusState[] = [];
  for (const state of states.slice(Math.max(first, 0))) {
    const before = shown.at(-1);
    const looksNew = before === undefined || looksOf(state, labels) !== looksOf(before, labels);
    if (looksNew || TELLING.test(state.op)) shown.push(state);
  }
  return shown;
}

function looksOf({ pages, relations }: LitmusState, labels: ReadonlySet<string>): string {
  const about = [...labels].map((label) => {
    const { leads, found, missed, references } = (relations.walks as Partial<typeof relations.walks>)[label] ?? {};
    return [(pages as Partial<typeof pages>)[label], leads, found, missed, references];
  });
  return JSON.stringify(about);
}
