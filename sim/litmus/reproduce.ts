/**
 * A script in which an allocation fails for a given cause, as short as it gets: the scene is explored until a mapping
 * is unfindable for that cause, then what is not needed is taken away, and the rest is run to prove it.
 */
import { CAUSES, type Cause } from '../observations.ts';
import { strategiesNamed } from '../strategies/index.ts';
import { Search } from './explore/search.ts';
import { compileScript, ThreadError } from './explore/script.ts';
import { INFO } from './explore/states.ts';
import { WINDOW_CAUSES, type WindowCause } from './explore/windows.ts';
import { actionsTo, expectingReports } from './explore/witness.ts';
import { Interpreter } from './interpreter.ts';
import { DEFAULT_AREA, ScriptMachine } from './scriptMachine.ts';
import { LitmusError, type ActingStrategies, type LitmusAction, type LitmusTest } from './types.ts';

/** States of one exploration, and states between two looks. */
const MOST_STATES = 60_000;
const SLICE = 500;
/** Ways to a loss that are tried in one exploration: on most of them the page can be had for other reasons. */
const MOST_WAYS = 50;

export type Under = Required<ActingStrategies>;

/** A script that fails, and the scene in whose interleavings it was found, without what is not needed. */
export interface Reproduced {
  readonly test: LitmusTest;
  readonly scene: LitmusTest;
}

/**
 * The shortest script that was found, with what its actions report as expectations; null where no interleaving of any
 * of the scenes loses a mapping for `cause`. The first scene in which one does is taken; orders of whole items of ksmd,
 * which read more easily, are tried in all of them before orders within an item. The last action is the allocation that
 * fails.
 */
export function reproduce(scenes: readonly LitmusTest[], cause: Cause, under: Under): Reproduced | null {
  if (!isWindowCause(cause)) return null;
  for (const wholeItems of [true, false]) {
    for (const scene of scenes) {
      const found = shortest(scene, cause, under, wholeItems);
      if (found !== null) return found;
    }
  }
  return null;
}

/** `wholeItems`: nobody comes between the steps of one item of ksmd; easier to read where it is enough. */
function shortest(scene: LitmusTest, cause: WindowCause, under: Under, wholeItems: boolean): Reproduced | null {
  let threads = scene.threads ?? {};
  let script = explore({ ...scene, threads }, cause, under, wholeItems);
  if (script === null) return null;
  // Without one action of somebody after the other, as long as that helps.
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (const [name, actions] of Object.entries(threads)) {
      if (actions.some(({ op }) => op === 'ksmd')) continue;
      for (let i = actions.length - 1; i >= 0; i--) {
        const fewer = { ...threads, [name]: actions.filter((_, index) => index !== i) };
        const found = explore({ ...scene, threads: withoutEmpty(fewer) }, cause, under, wholeItems);
        if (found === null) continue;
        threads = fewer;
        script = found;
        isShorter = true;
        break;
      }
    }
  }
  const { config } = scene;
  const actions = joined(shorten(script, (some) => failsFor(some, cause, config, under)));
  return { test: prove({ ...scene, actions }, cause, under), scene: { ...scene, threads: withoutEmpty(threads) } };
}

/** Causes that need no interleaving: what somebody else does to the page, and the call that fails for it. */
const DIRECT: Partial<Record<Cause, { readonly act: LitmusAction; readonly last: 'cma' | 'migrate' }>> = {
  pin: { act: { op: 'pin' }, last: 'cma' },
  // Off the LRU for somebody else's migration, so that it cannot be isolated.
  'not-lru': { act: { op: 'migrate_start', by: 'other' }, last: 'cma' },
  // From the fourth pass on an allocation would wait for the lock: one unmap_and_move shows it.
  locked: { act: { op: 'lock' }, last: 'migrate' },
};

export const DIRECT_CAUSES: readonly Cause[] = CAUSES.filter((cause) => DIRECT[cause] !== undefined);

/** The same for a page that somebody else uses; `isKsm`: a KSM page. null for causes that a script cannot have. */
export function reproduceDirect(
  cause: Cause,
  isKsm: boolean,
  config: LitmusTest['config'],
  under: Under,
): LitmusTest | null {
  const direct = DIRECT[cause];
  if (direct === undefined) return null;
  const write = (p: string): LitmusAction[] => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'same', page: `${p.toLowerCase()}1`, cma: true },
  ];
  const before = isKsm ? [...write('P'), ...write('Q'), { op: 'pass', count: 2 }] : write('P');
  // Of two pages that are merged one is left.
  for (const page of isKsm ? ['p1', 'q1'] : ['p1']) {
    const actions = [...before, { op: 'drain' }, { ...direct.act, page }];
    const call: LitmusAction = direct.last === 'migrate' ? { op: 'migrate', page } : { op: 'cma', page };
    const fails = (some: readonly LitmusAction[]): boolean => failsFor(some, cause, config, under, call);
    if (!fails(actions)) continue;
    const scene = { id: '', title: '', kind: 'core', why: '', config };
    return prove({ ...scene, actions: isKsm ? actions : shorten(actions, fails) }, cause, under, call);
  }
  return null;
}

function isWindowCause(cause: Cause): cause is WindowCause {
  return (WINDOW_CAUSES as readonly string[]).includes(cause);
}

function withoutEmpty(threads: Readonly<Record<string, readonly LitmusAction[]>>): typeof threads {
  return Object.fromEntries(Object.entries(threads).filter(([, actions]) => actions.length > 0));
}

/** The actions of a shortest way to a loss for the cause, after which an allocation fails for it. */
function explore(
  scene: LitmusTest,
  cause: WindowCause,
  under: Under,
  wholeItems: boolean,
): readonly LitmusAction[] | null {
  let search: Search;
  try {
    // What 6.1 adds cannot be explored; whether the way found leads there in 6.1, too, is tried out.
    search = new Search(compileScript({ ...scene, config: {} }), { ...under, maxStates: MOST_STATES, wholeItems });
  } catch (error) {
    // Somebody is missing whom another action names.
    if (error instanceof ThreadError || error instanceof LitmusError) return null;
    throw error;
  }
  const mask = 1 << WINDOW_CAUSES.indexOf(cause);
  for (let seen = 0, ways = 0; ;) {
    search.run(SLICE);
    const { info, count } = search.states;
    for (; seen < count; seen++) {
      if ((info[seen] & mask) === 0 || (info[seen] & INFO.aside) !== 0) continue;
      const actions = actionsTo(search, seen);
      if (failsFor(actions, cause, scene.config, under)) return actions;
      if (++ways === MOST_WAYS) return null;
    }
    if (search.isOver) return null;
  }
}

/** Without one action after the other, from the last one on, as long as it fails. */
function shorten(
  actions: readonly LitmusAction[],
  fails: (some: readonly LitmusAction[]) => boolean,
): readonly LitmusAction[] {
  let short = actions;
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (let i = short.length - 1; i >= 0; i--) {
      const fewer = short.filter((_, index) => index !== i);
      if (!fails(fewer)) continue;
      short = fewer;
      isShorter = true;
    }
  }
  return short;
}

/** Scans that follow each other are one. */
function joined(actions: readonly LitmusAction[]): LitmusAction[] {
  const whole: LitmusAction[] = [];
  for (const action of actions) {
    const last = whole.at(-1);
    if (last?.op !== 'scan' || action.op !== 'scan') whole.push(action);
    else whole[whole.length - 1] = { op: 'scan', count: countOf(last) + countOf(action) };
  }
  return whole;
}

function countOf(scan: LitmusAction): number {
  return typeof scan['count'] === 'number' ? scan['count'] : 1;
}

/** `call`: what is to fail; an allocation of the page that is missed unless given. */
function failsFor(
  actions: readonly LitmusAction[],
  cause: Cause,
  config: LitmusTest['config'],
  under: Under,
  call: LitmusAction | null = null,
): boolean {
  return callAfter({ config, actions }, under, call)?.cause === cause;
}

/** The call after the actions, what it reports, and why its page failed, if it did; null where they make no sense. */
function callAfter(test: Script, under: Under, call: LitmusAction | null): Called | null {
  const run = perform(test, under);
  if (run === null) return null;
  const { kernel } = run.machine;
  kernel.ledger.settle();
  const area = test.config.cma ?? DEFAULT_AREA;
  const pfn =
    call === null
      ? [...kernel.ledger.gaps.values()].map((gap) => gap.pfn).find((frame) => frame >= area[0] && frame < area[1])
      : run.interpreter.names.page(String(call['page']));
  if (pfn === undefined || pfn < 0) return null;
  const action: LitmusAction = call?.op === 'migrate' ? call : { op: 'cma', start: pfn, n: 1 };
  const report = attempt(() => run.interpreter.perform(action, test.actions.length));
  if (report === null) return null;
  return { action, report, cause: report['rc'] === 0 ? null : kernel.ledger.failureOf(pfn) };
}

interface Called {
  readonly action: LitmusAction;
  readonly report: Readonly<Record<string, unknown>>;
  readonly cause: Cause | null;
}

type Script = Pick<LitmusTest, 'config' | 'actions'>;

function perform(test: Script, under: Under): { machine: ScriptMachine; interpreter: Interpreter } | null {
  const machine = new ScriptMachine(test.config, strategiesNamed(under.strategies, under.plugins));
  const whole = { id: '', title: '', kind: '', why: '', ...test };
  const interpreter = new Interpreter(whole, machine);
  for (const [step, action] of test.actions.entries()) {
    if (attempt(() => interpreter.perform(action, step)) === null) return null;
  }
  return { machine, interpreter };
}

/** null for an action that makes no sense here. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof LitmusError) return null;
    throw error;
  }
}

/** The whole test: what its actions report, the mapping that is missed, and the call that fails. */
function prove(test: LitmusTest, cause: Cause, under: Under, call: LitmusAction | null = null): LitmusTest {
  const { test: expecting } = expectingReports(test, under);
  const called = callAfter(test, under, call);
  if (called?.cause !== cause) throw new Error(`a script for ${cause} fails for ${called?.cause}`);
  const { id, title, kind, config, why } = expecting;
  return { id, title, kind, config, why, actions: [...expecting.actions, { ...called.action, expect: called.report }] };
}

/**
 * Whether no order of the scene's threads and of ksmd's items loses a mapping for the cause, under other strategies.
 * Orders within an item are not looked at.
 */
export function neverLoses(scene: LitmusTest, cause: Cause, under: Under): boolean {
  const search = new Search(compileScript({ ...scene, config: {} }), {
    ...under,
    maxStates: MOST_STATES,
    wholeItems: true,
  });
  while (!search.isOver) search.run(SLICE);
  const mask = isWindowCause(cause) ? 1 << WINDOW_CAUSES.indexOf(cause) : 0;
  const { info, count } = search.states;
  for (let state = 0; state < count; state++) {
    if ((info[state] & mask) !== 0 && (info[state] & INFO.aside) === 0) return false;
  }
  return search.isComplete;
}

/**
 * What the last action of a script, an allocation, comes to under other strategies: null where the actions make no
 * sense under them.
 */
export function lastResult(test: LitmusTest, under: Under): number | null {
  const actions = test.actions.map((action) => ({ ...action, expect: undefined }));
  const run = perform({ config: test.config, actions: actions.slice(0, -1) }, under);
  const report = run === null ? null : attempt(() => run.interpreter.perform(actions.at(-1)!, actions.length - 1));
  return report === null ? null : (report['rc'] as number);
}
