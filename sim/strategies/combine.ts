/** Several strategies acting together: one set of hooks that asks each in the order in which they were named. */
import type { DeviceDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { FORBIDDEN, type Strategy, type StrategyHooks } from './strategy.ts';

/** The device as all of them would have it, one after the other. */
export function combinedDevice(strategies: readonly Strategy[], description: DeviceDescription): DeviceDescription {
  return strategies.reduce((device, strategy) => strategy.device?.(device) ?? device, description);
}

/** Hooks that no strategy has stay absent. */
export function combineHooks(all: readonly StrategyHooks[]): StrategyHooks {
  return {
    // Whoever decides otherwise than the kernel wins, the last one among several.
    ...when(all, 'takeAnonVma', (hooks) => (own, ofPage) => {
      const taken = hooks.map((hook) => hook(own, ofPage)).filter((anonVma) => anonVma !== own);
      return taken.at(-1) ?? own;
    }),
    ...when(all, 'mayUpgrade', (hooks) => (pfn, vpn) => {
      const answers = hooks.map((hook) => hook(pfn, vpn));
      return answers.includes(FORBIDDEN) ? FORBIDDEN : answers.reduce((sum, ns) => sum + ns, 0);
    }),
    ...when(all, 'keptPage', (hooks) => (pfn, cpu) => firstAnswer(hooks, (hook) => frameOf(hook(pfn, cpu))) ?? NONE),
    ...when(all, 'targetOutsideCma', (hooks) => (pfn) => hooks.some((hook) => hook(pfn))),
    ...flag(all, 'mergesAtOnce'),
    ...flag(all, 'finishesUpgrade'),
    ...flag(all, 'unmergesMoved'),
    ...when(all, 'itemLeaves', (hooks) => (item, seqnr) => hooks.reduce((ns, hook) => ns + hook(item, seqnr), 0)),
    ...when(all, 'coverGone', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    ...when(all, 'passStarts', (hooks) => (seqnr) => hooks.reduce((ns, hook) => ns + hook(seqnr), 0)),
    ...when(all, 'passEnds', (hooks) => (seqnr) => {
      for (const hook of hooks) hook(seqnr);
    }),
    // Each makes of it what it would of the sysfs file's number.
    ...when(all, 'pagesToScan', (hooks) => (planned) => hooks.reduce((pages, hook) => hook(pages), planned)),
    ...flag(all, 'sleepsDeferrably'),
    // One list has one order: that of the strategy named last.
    ...when(all, 'mmEnters', (hooks) => hooks[hooks.length - 1]),
    ...when(all, 'nextMm', (hooks) => hooks[hooks.length - 1]),
    ...when(all, 'itemMade', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    // Every one is asked, since each counts what it is asked.
    ...when(all, 'skipsItem', (hooks) => (item, pfn) => hooks.map((hook) => hook(item, pfn)).includes(true)),
    ...when(all, 'merged', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    ...when(all, 'forked', (hooks) => (parent, child) => hooks.reduce((ns, hook) => ns + hook(parent, child), 0)),
    ...when(all, 'walkMore', (hooks) => (node, visit) => {
      for (const hook of hooks) hook(node, visit);
    }),
    ...when(all, 'reaches', (hooks) => (item, vma) => hooks.some((hook) => hook(item, vma))),
    ...when(all, 'afterFailure', (hooks) => (request) => firstAnswer(hooks, (hook) => hook(request))),
    ...when(all, 'registers', (hooks) => (registers) => {
      for (const hook of hooks) hook(registers);
    }),
    ...when(
      all,
      'itemState',
      (hooks) => (item, seqnr) => hooks.reduce((state, hook) => state * 31 + hook(item, seqnr), 0),
    ),
    ...when(all, 'mmState', (hooks) => (mm) => hooks.reduce((state, hook) => state * 31 + hook(mm), 0)),
  };
}

/** The hook made of those that are there: `{}`, the only one, or `{ name: join(several) }`. */
function when<Name extends keyof StrategyHooks>(
  all: readonly StrategyHooks[],
  name: Name,
  join: (hooks: NonNullable<StrategyHooks[Name]>[]) => NonNullable<StrategyHooks[Name]>,
): Partial<StrategyHooks> {
  const hooks = all.map((one) => one[name]).filter((hook) => hook !== undefined);
  if (hooks.length === 0) return {};
  return { [name]: hooks.length === 1 ? hooks[0] : join(hooks) };
}

/** A switch that any of them sets. */
function flag(
  all: readonly StrategyHooks[],
  name: 'mergesAtOnce' | 'finishesUpgrade' | 'unmergesMoved' | 'sleepsDeferrably',
): Partial<StrategyHooks> {
  return all.some((one) => one[name] === true) ? { [name]: true } : {};
}

function frameOf(pfn: number): number | null {
  return pfn >= 0 ? pfn : null;
}

function firstAnswer<Hook, Answer>(hooks: readonly Hook[], ask: (hook: Hook) => Answer | null): Answer | null {
  for (const hook of hooks) {
    const answer = ask(hook);
    if (answer !== null) return answer;
  }
  return null;
}
