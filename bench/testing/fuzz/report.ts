/** A disagreement, made as short as it goes and written as a litmus test that anybody can run. */
import { performance } from 'node:perf_hooks';
import { stringify } from 'yaml';
import type { LitmusAction } from '../../../sim/litmus/types.ts';
import { compareActions, type Disagreement } from './compare.ts';

/** A model that does not return is slow to shorten. */
const LIMIT_MS = 60_000;

/** Leaves out every action, and every page of a range, without which the models still disagree. */
export function shorten(found: Disagreement): Disagreement {
  const end = performance.now() + LIMIT_MS;
  let best = found;
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (let i = best.actions.length - 1; i >= 0 && performance.now() < end; i--) {
      for (const actions of variants(best.actions, i)) {
        const { disagreement } = compareActions(best.setup, actions);
        if (disagreement === null || size(disagreement.actions) >= size(best.actions)) continue;
        best = disagreement;
        isShorter = true;
        break;
      }
    }
  }
  return best;
}

/** Without action `i`; with less of what it has. */
function variants(actions: readonly LitmusAction[], i: number): LitmusAction[][] {
  const replaced = (...by: LitmusAction[]): LitmusAction[] => [...actions.slice(0, i), ...by, ...actions.slice(i + 1)];
  const action = actions.at(i);
  if (action === undefined) return [];
  const less = ['n', 'count'].flatMap((key) => {
    const value = action[key];
    return typeof value === 'number' && value > 1 ? [replaced({ ...action, [key]: value - 1 })] : [];
  });
  return [replaced(), ...less];
}

function size(actions: readonly LitmusAction[]): number {
  const extent = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return actions.reduce((sum, { n, count }) => sum + 1000 + extent(n) + extent(count), 0);
}

/** The litmus file: what the reference expects is in it, so that `cma-stress litmus` shows the difference. */
export function litmusYaml({ setup, actions, differences, expected }: Disagreement, seed: number): string {
  const script = actions.map((action, i) => {
    const isLast = i === actions.length - 1;
    return isLast && expected !== undefined && Object.keys(expected.report).length > 0
      ? { ...action, expect: expected.report }
      : action;
  });
  const state: { readonly pages?: Readonly<Record<string, unknown>> } | undefined = expected?.state;
  const test = {
    id: `fuzz-${seed}`,
    title: expected === undefined ? 'the model breaks an invariant' : 'the model and the reference disagree',
    kind: 'fuzz',
    ...(Object.keys(setup.config).length > 0 ? { config: setup.config } : {}),
    actions: state === undefined ? script : [...script, checkOf(state)],
    why: [`under ${setup.strategies.join(' + ')}`, ...differences].join('\n'),
  };
  return stringify(test, { lineWidth: 120, flowCollectionPadding: true });
}

/** Pages that the reference does not have must be free. */
function checkOf(state: { readonly pages?: Readonly<Record<string, unknown>> }): LitmusAction {
  const pages = Object.entries(state.pages ?? {});
  const absent = pages.flatMap(([label, page]) => (page === null ? [label] : []));
  const expect = { ...state, pages: Object.fromEntries(pages.filter(([, page]) => page !== null)) };
  return { op: 'check', expect, ...(absent.length > 0 ? { absent } : {}) };
}
