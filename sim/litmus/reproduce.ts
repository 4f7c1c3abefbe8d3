/**
 * A script in which an allocation fails for a given cause, as short as it gets: the scene is explored until a mapping is
 * unfindable for that cause, then what is not needed is taken away, and the rest is run to prove it.
 */
import type { Cause } from '../observations.ts';
import { strategiesNamed, type Strategy } from '../strategies/index.ts';
import { Search } from './explore/search.ts';
import { compileScript, ThreadError } from './explore/script.ts';
import { INFO } from './explore/states.ts';
import { WINDOW_CAUSES, type WindowCause } from './explore/windows.ts';
import { actionsTo, expectingReports } from './explore/witness.ts';
import { Interpreter } from './interpreter.ts';
import { ScriptMachine } from './scriptMachine.ts';
import { LitmusError, type LitmusAction, type LitmusTest } from './types.ts';

/** States of one exploration, and states between two looks. */
const MOST_STATES = 60_000;
const SLICE = 500;
const ERRNO_BUSY = -16;
/** Ways to a loss that are tried in one exploration: on most of them the page can be had for other reasons. */
const MOST_WAYS = 50;
const DEFAULT_AREA = [256, 320] as const;

export interface Under {
  readonly strategies: readonly string[];
  readonly plugins: readonly Strategy[];
}

/** What an allocation of the frame of a page came to at the end of a script. */
export interface Outcome {
  readonly rc: number;
  /** Why the page failed; null when the allocation succeeded. */
  readonly cause: Cause | null;
}

/** A script that fails, and the threads in whose interleavings it was found. */
export interface Reproduced {
  readonly test: LitmusTest;
  readonly threads: LitmusTest['threads'];
}

/**
 * The shortest script that was found, with what its actions report as expectations; null where no interleaving of the
 * scene loses a mapping for `cause`. The last action is the allocation that fails.
 */
export function reproduce(scene: LitmusTest, cause: Cause, under: Under): Reproduced | null {
  if (!isWindowCause(cause)) return null;
  return shortest(scene, cause, under, true) ?? shortest(scene, cause, under, false);
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
  const actions = joined(shorten(script, cause, config, under));
  return { test: prove({ ...scene, actions }, cause, under), threads: withoutEmpty(threads) };
}

/** The same for a page that somebody holds a reference of; `isKsm`: a KSM page. */
export function reproducePinned(isKsm: boolean, config: LitmusTest['config'], under: Under): LitmusTest | null {
  const write = (p: string): LitmusAction[] => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'same', page: `${p.toLowerCase()}1`, cma: true },
  ];
  const merged = isKsm ? [...write('P'), ...write('Q'), { op: 'pass', count: 2 }] : write('P');
  const labels = isKsm ? ['p1', 'q1'] : ['p1'];
  for (const page of labels) {
    const actions = [...merged, { op: 'drain' }, { op: 'pin', page }];
    if (!failsFor(actions, 'pin', config, under)) continue;
    const scene = { id: '', title: '', kind: 'core', why: '', config };
    return prove({ ...scene, actions: isKsm ? actions : shorten(actions, 'pin', config, under) }, 'pin', under);
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

/** Without one action after the other, from the last one on. */
function shorten(
  actions: readonly LitmusAction[],
  cause: Cause,
  config: LitmusTest['config'],
  under: Under,
): readonly LitmusAction[] {
  let short = actions;
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (let i = short.length - 1; i >= 0; i--) {
      const fewer = short.filter((_, index) => index !== i);
      if (!failsFor(fewer, cause, config, under)) continue;
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

function failsFor(actions: readonly LitmusAction[], cause: Cause, config: LitmusTest['config'], under: Under): boolean {
  const { outcome } = allocateAfter({ config, actions }, under) ?? {};
  return outcome !== undefined && outcome.rc === ERRNO_BUSY && outcome.cause === cause;
}

/** The frame that is asked for after the actions, and what comes of it; null where the actions make no sense. */
function allocateAfter(test: Script, under: Under): { readonly pfn: number; readonly outcome: Outcome } | null {
  const run = perform(test, under);
  if (run === null) return null;
  const { kernel } = run.machine;
  kernel.ledger.settle();
  const area = test.config.cma ?? DEFAULT_AREA;
  const isThere = (pfn: number): boolean => pfn >= area[0] && pfn < area[1];
  const pfn =
    [...kernel.ledger.gaps.values()].map((gap) => gap.pfn).find(isThere) ??
    range(area).find((frame) => kernel.frames.pins[frame] > 0);
  if (pfn === undefined) return null;
  const report = attempt(() => run.interpreter.perform(allocationOf(pfn), test.actions.length));
  if (report === null) return null;
  const rc = report['rc'] as number;
  return { pfn, outcome: { rc, cause: rc === 0 ? null : kernel.ledger.failureOf(pfn) } };
}

type Script = Pick<LitmusTest, 'config' | 'actions'>;

function perform(test: Script, under: Under): { machine: ScriptMachine; interpreter: Interpreter } | null {
  const machine = new ScriptMachine(test.config, strategiesNamed(under.strategies, under.plugins));
  const whole = { id: '', title: '', kind: '', why: '', ...test };
  const interpreter = new Interpreter(whole, under.strategies, machine);
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

function allocationOf(pfn: number): LitmusAction {
  return { op: 'cma', start: pfn, n: 1 };
}

function range([first, end]: readonly [number, number]): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

/** The whole test: what its actions report, the mapping that is missed, and the allocation that fails. */
function prove(test: LitmusTest, cause: Cause, under: Under): LitmusTest {
  const { test: expecting } = expectingReports({ ...test, actions: test.actions }, under);
  const last = allocateAfter(test, under);
  if (last?.outcome.cause !== cause) throw new Error(`a script for ${cause} fails for ${last?.outcome.cause}`);
  const run = perform(test, under)!;
  const allocation = allocationOf(last.pfn);
  const report = run.interpreter.perform(allocation, test.actions.length);
  const { id, title, kind, config, why } = expecting;
  return { id, title, kind, config, why, actions: [...expecting.actions, { ...allocation, expect: report }] };
}

/** Causes that pass by themselves within one item of ksmd. */
const TRANSIENT = ['B3', 'B3null'];

/**
 * Whether no order of the threads' actions and of ksmd's items leaves a mapping unfindable under other strategies. Orders
 * within an item are not looked at.
 */
export function neverLoses(threads: LitmusTest['threads'], under: Under): boolean {
  const scene = {
    id: '',
    title: '',
    kind: '',
    config: {},
    actions: [],
    why: '',
    ...(threads === undefined ? {} : { threads }),
  };
  const search = new Search(compileScript(scene), { ...under, maxStates: MOST_STATES, wholeItems: true });
  while (!search.isOver) search.run(SLICE);
  const { info, count } = search.states;
  const lasting = WINDOW_CAUSES.reduce((mask, cause, i) => (TRANSIENT.includes(cause) ? mask : mask | (1 << i)), 0);
  for (let state = 0; state < count; state++)
    if ((info[state] & lasting) !== 0 && (info[state] & INFO.aside) === 0) return false;
  return search.isComplete;
}

/**
 * What the last action of a script, an allocation, comes to under other strategies: null where the actions make no sense
 * under them.
 */
export function lastResult(test: LitmusTest, under: Under): number | null {
  const actions = test.actions.map((action) => ({ ...action, expect: undefined }));
  const run = perform({ config: test.config, actions: actions.slice(0, -1) }, under);
  const report = run === null ? null : attempt(() => run.interpreter.perform(actions.at(-1)!, actions.length - 1));
  return report === null ? null : (report['rc'] as number);
}
