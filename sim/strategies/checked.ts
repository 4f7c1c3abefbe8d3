/**
 * A strategy from somebody else's file, watched: whatever its functions throw, and every answer that makes no sense, is
 * a StrategyError that names the strategy and the hook, so that it is never taken for a fault of the model.
 *
 * Strategies that come with the tool are not wrapped: they are tested, and their hooks lie on hot paths.
 */
import type { DeviceDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { differenceInShape } from './deviceShape.ts';
import { FORBIDDEN, type Strategy, type StrategyHooks, type StrategyKernel, type VisitPte } from './strategy.ts';

/** A strategy's own code went wrong. */
export class StrategyError extends Error {
  readonly strategy: string;
  /** `device`, `attach`, or the name of a hook. */
  readonly hook: string;
  /** Source text of the function, by which its place can be found when nothing was thrown in it. */
  readonly code: string;

  /** `cause`: what was thrown; absent when an answer makes no sense. */
  constructor(strategy: string, hook: string, code: unknown, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StrategyError';
    this.strategy = strategy;
    this.hook = hook;
    this.code = typeof code === 'function' ? Function.prototype.toString.call(code) : '';
  }
}

/** What an answer has to be, in words; null when it is. `given`: what the hook was called with. */
type Check = (answer: unknown, kernel: StrategyKernel, given: readonly unknown[]) => string | null;

const ns: Check = (answer) =>
  Number.isSafeInteger(answer) && (answer as number) >= 0 ? null : 'a whole number of ns, 0 or more';
const pages: Check = (...asked) => (ns(...asked) === null ? null : 'a whole number of pages, 0 or more');
const whole: Check = (answer) => (Number.isSafeInteger(answer) ? null : 'a whole number');
const truth: Check = (answer) => (typeof answer === 'boolean' ? null : 'true or false');
/** What a hook without an answer returns is nobody's business, unless it has not even happened yet. */
const nothing: Check = (answer) =>
  answer instanceof Promise ? 'nothing: a hook cannot wait, simulated time stands still in it' : null;
const anonVma: Check = (answer, { vmas }) =>
  Number.isSafeInteger(answer) && (answer as number) >= 0 && (answer as number) < vmas.anonVmas.root.length
    ? null
    : 'an anon_vma: `own`, or another handle that is not NONE';
const remedy: Check = (answer, kernel, given) => {
  if (answer === null) return null;
  const { cpuNs, sleepNs, then } = (answer ?? {}) as Record<string, unknown>;
  const isTime = (time: unknown): boolean => ns(time, kernel, given) === null;
  const isRemedy = isTime(cpuNs) && isTime(sleepNs) && (then === 'try' || then === 'ask');
  return isRemedy ? null : "null, or { cpuNs, sleepNs, then }: whole numbers of ns, and 'try' or 'ask'";
};

const nsOrForbidden: Check = (answer, ...asked) =>
  answer === FORBIDDEN || ns(answer, ...asked) === null ? null : 'a whole number of ns, 0 or more, or FORBIDDEN';
const frame: Check = (answer, { frames }) =>
  Number.isSafeInteger(answer) && (answer as number) >= NONE && (answer as number) < frames.total
    ? null
    : 'a page frame number, or NONE';
const isSlot = (answer: unknown, { slots }: StrategyKernel): boolean =>
  answer === slots.head || (Number.isSafeInteger(answer) && slots.present[answer as number] === 1);
const slotBehind: Check = (answer, kernel, [entering]) =>
  isSlot(answer, kernel) && answer !== entering ? null : 'another mm that has a slot, or the list head';
const slotToVisit: Check = (answer, kernel, [mm, isGone]) =>
  isSlot(answer, kernel) && !(answer === mm && isGone === true)
    ? null
    : 'an mm that has a slot and keeps it, or the list head';

/** A hook that is a function; and one that is a switch. */
type Hook = (...args: readonly unknown[]) => unknown;
type Switch = 'switch';

/** Each hook with what it answers. */
const ANSWERS: Readonly<Record<keyof StrategyHooks, Check | Switch>> = {
  takeAnonVma: anonVma,
  mayUpgrade: nsOrForbidden,
  keptPage: frame,
  mergesAtOnce: 'switch',
  finishesUpgrade: 'switch',
  targetOutsideCma: truth,
  unmergesMoved: 'switch',
  itemLeaves: ns,
  coverGone: nothing,
  passStarts: ns,
  passEnds: nothing,
  pagesToScan: pages,
  sleepsDeferrably: 'switch',
  mmEnters: slotBehind,
  nextMm: slotToVisit,
  itemMade: nothing,
  skipsItem: truth,
  merged: nothing,
  mmState: whole,
  forked: ns,
  walkMore: nothing,
  reaches: truth,
  afterFailure: remedy,
  registers: nothing,
  itemState: whole,
};

export const HOOK_NAMES = Object.keys(ANSWERS) as readonly (keyof StrategyHooks)[];

/** The strategy with all of its functions watched. */
export function checkedStrategy(strategy: Strategy): Strategy {
  const { device, attach } = strategy;
  return {
    ...strategy,
    ...(device === undefined ? {} : { device: (description) => checkedDevice(strategy, description) }),
    ...(attach === undefined ? {} : { attach: (kernel) => checkedHooks(strategy, kernel) }),
  };
}

function checkedDevice(strategy: Strategy, description: DeviceDescription): DeviceDescription {
  const { name } = strategy;
  // A copy: the description is shared with other cells.
  const device = call(name, 'device', strategy.device, () => strategy.device!(structuredClone(description)));
  const difference = differenceInShape(description, device);
  if (difference !== null) throw new StrategyError(name, 'device', strategy.device, `returned ${difference}`);
  return device;
}

function checkedHooks(strategy: Strategy, kernel: StrategyKernel): StrategyHooks {
  const { name, attach } = strategy;
  const own: unknown = call(name, 'attach', attach, () => attach!(seenBy(kernel)));
  const refuse = (message: string): StrategyError => new StrategyError(name, 'attach', attach, message);
  if (typeof own !== 'object' || own === null || own instanceof Promise)
    throw refuse(`returned ${shown(own)}, expected an object of hooks`);
  const hooks: Record<string, unknown> = {};
  for (const [hook, held] of Object.entries(own)) {
    if (!Object.hasOwn(ANSWERS, hook))
      throw refuse(`returned an unknown hook ${hook}; there are ${HOOK_NAMES.join(', ')}`);
    if (held === undefined) continue;
    const check = ANSWERS[hook as keyof StrategyHooks];
    if (check === 'switch') {
      if (typeof held !== 'boolean') throw refuse(`returned ${shown(held)} as ${hook}, expected true or false`);
      hooks[hook] = held;
      continue;
    }
    if (typeof held !== 'function') throw refuse(`returned ${shown(held)} as ${hook}, expected a function`);
    hooks[hook] = (...given: readonly unknown[]): unknown => {
      const args = hook === 'walkMore' ? [given[0], checkedVisit(kernel, given[1] as VisitPte)] : given;
      const answer: unknown = call(name, hook, held, () => Reflect.apply(held as Hook, own, args));
      const expected = check(answer, kernel, given);
      if (expected === null) return answer;
      throw new StrategyError(name, hook, held, `returned ${shown(answer)}, expected ${expected}`);
    };
  }
  return hooks;
}

/** Runs a strategy's function; what it throws becomes a StrategyError. */
function call<T>(strategy: string, hook: string, code: unknown, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    // Of another strategy, whose hook was called on the way.
    if (thrown instanceof StrategyError) throw thrown;
    const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `threw ${shown(thrown)}`;
    throw new StrategyError(strategy, hook, code, message, thrown);
  }
}

/** Looking at a pte that cannot be would read past the tables without a word. */
function checkedVisit(kernel: StrategyKernel, visit: VisitPte): VisitPte {
  return (mm, vpn) => {
    const isPlace = Number.isInteger(mm) && mm >= 0 && mm < kernel.tables.mms && Number.isInteger(vpn) && vpn >= 0;
    if (!isPlace || vpn >= kernel.tables.vpnLimit)
      throw new RangeError(`visit(${mm}, ${vpn}): expected an mm and a virtual page number`);
    return visit(mm, vpn);
  };
}

/** The kernel without what only the auditor knows: a fix that read the truth would be no fix. */
function seenBy(kernel: StrategyKernel): StrategyKernel {
  const refuse = (name: string): PropertyDescriptor => ({
    get: () => {
      throw new Error(`kernel.${name} is not there: a fix knows only what a kernel knows`);
    },
  });
  return Object.create(kernel, { ledger: refuse('ledger'), hooks: refuse('hooks') }) as StrategyKernel;
}

/** A value in a message: short, whatever it is. */
function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'function' ? 'a function' : Array.isArray(value) ? 'an array' : `an ${typeof value}`;
}
