/** Several strategies acting together: one set of hooks that asks each in the order in which they were named. */
import type { DeviceDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { FORBIDDEN, type KernelHooks, type Strategy, type StrategyHooks } from './strategy.ts';

/** The device as all of them would have it, one after the other. */
export function combinedDevice(strategies: readonly Strategy[], description: DeviceDescription): DeviceDescription {
  return strategies.reduce((device, strategy) => strategy.device?.(device) ?? device, description);
}

/**
 * Hooks that no strategy has are undefined, not left out, so that the tables of all strategies have one shape: code
 * that was compiled for one is good for the next.
 */
export function combineHooks(all: readonly StrategyHooks[]): KernelHooks {
  return {
    // Whoever decides otherwise than the kernel wins, the last one among several.
    takeAnonVma: joined(all, 'takeAnonVma', (hooks) => (own, ofPage) => {
      const taken = hooks.map((hook) => hook(own, ofPage)).filter((anonVma) => anonVma !== own);
      return taken.at(-1) ?? own;
    }),
    mayUpgrade: joined(all, 'mayUpgrade', (hooks) => (pfn, vpn) => {
      const answers = hooks.map((hook) => hook(pfn, vpn));
      return answers.includes(FORBIDDEN) ? FORBIDDEN : answers.reduce((sum, ns) => sum + ns, 0);
    }),
    keptPage: joined(
      all,
      'keptPage',
      (hooks) => (pfn, cpu) => firstAnswer(hooks, (hook) => frameOf(hook(pfn, cpu))) ?? NONE,
    ),
    targetOutsideCma: joined(all, 'targetOutsideCma', (hooks) => (pfn) => hooks.some((hook) => hook(pfn))),
    mergesAtOnce: flag(all, 'mergesAtOnce'),
    finishesUpgrade: flag(all, 'finishesUpgrade'),
    unmergesMoved: flag(all, 'unmergesMoved'),
    itemLeaves: joined(
      all,
      'itemLeaves',
      (hooks) => (item, seqnr) => hooks.reduce((ns, hook) => ns + hook(item, seqnr), 0),
    ),
    coverGone: joined(all, 'coverGone', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    passStarts: joined(all, 'passStarts', (hooks) => (seqnr) => hooks.reduce((ns, hook) => ns + hook(seqnr), 0)),
    passEnds: joined(all, 'passEnds', (hooks) => (seqnr) => {
      for (const hook of hooks) hook(seqnr);
    }),
    // Each makes of it what it would of the sysfs file's number.
    pagesToScan: joined(
      all,
      'pagesToScan',
      (hooks) => (planned) => hooks.reduce((pages, hook) => hook(pages), planned),
    ),
    sleepsDeferrably: flag(all, 'sleepsDeferrably'),
    // One list has one order: that of the strategy named last.
    mmEnters: joined(all, 'mmEnters', (hooks) => hooks[hooks.length - 1]),
    nextMm: joined(all, 'nextMm', (hooks) => hooks[hooks.length - 1]),
    itemMade: joined(all, 'itemMade', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    // Every one is asked, since each counts what it is asked.
    skipsItem: joined(all, 'skipsItem', (hooks) => (item, pfn) => hooks.map((hook) => hook(item, pfn)).includes(true)),
    merged: joined(all, 'merged', (hooks) => (item) => {
      for (const hook of hooks) hook(item);
    }),
    forked: joined(
      all,
      'forked',
      (hooks) => (parent, child) => hooks.reduce((ns, hook) => ns + hook(parent, child), 0),
    ),
    walkMore: joined(all, 'walkMore', (hooks) => (node, visit) => {
      for (const hook of hooks) hook(node, visit);
    }),
    reaches: joined(all, 'reaches', (hooks) => (item, vma) => hooks.some((hook) => hook(item, vma))),
    afterFailure: joined(all, 'afterFailure', (hooks) => (request) => firstAnswer(hooks, (hook) => hook(request))),
    registers: joined(all, 'registers', (hooks) => (registers) => {
      for (const hook of hooks) hook(registers);
    }),
    itemState: joined(
      all,
      'itemState',
      (hooks) => (item, seqnr) => hooks.reduce((state, hook) => state * 31 + hook(item, seqnr), 0),
    ),
    mmState: joined(all, 'mmState', (hooks) => (mm) => hooks.reduce((state, hook) => state * 31 + hook(mm), 0)),
  };
}

/** The hook made of those that are there: none, the only one, or `join(several)`. */
function joined<Name extends keyof StrategyHooks>(
  all: readonly StrategyHooks[],
  name: Name,
  join: (hooks: NonNullable<StrategyHooks[Name]>[]) => NonNullable<StrategyHooks[Name]>,
): KernelHooks[Name] {
  const hooks = all.map((one) => one[name]).filter((hook) => hook !== undefined);
  return hooks.length > 1 ? join(hooks) : hooks[0];
}

/** A switch that any of them sets. */
function flag(
  all: readonly StrategyHooks[],
  name: 'mergesAtOnce' | 'finishesUpgrade' | 'unmergesMoved' | 'sleepsDeferrably',
): true | undefined {
  return all.some((one) => one[name] === true) ? true : undefined;
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
