/**
 * What the states of an exploration say: whether a mapping of a KSM page can become unfindable, for how long, and what
 * is left for nothing.
 *
 * How long a window lasts is asked of each state that has one: ksmd goes on alone (see search.ts) until everything is
 * findable, and its visits are counted: items finished, the one in work included. That line of steps has no branches;
 * when it comes back to itself, or ksmd sleeps for ever, with something still unfindable, the window has no end.
 */
import { NONE } from '../../memory/frames.ts';
import { INFO, type States } from './states.ts';
import { WINDOW_CAUSES, type WindowCause } from './windows.ts';

export const VERDICTS = ['never', 'bounded', 'unbounded'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Windows of one cause, or of any. */
export interface WindowReport {
  /** Reachable states that have one. */
  readonly states: number;
  readonly verdict: Verdict;
  /** Visits of ksmd after which none is left, at most; null when there is no such number. */
  readonly maxVisits: number | null;
  /** Ends of passes on the way, at most; null as above. */
  readonly maxPasses: number | null;
  /** The first state that needs most, NONE without windows. */
  readonly worst: number;
}

export interface Findings {
  readonly all: WindowReport;
  /** Causes that occur. */
  readonly causes: Readonly<Partial<Record<WindowCause, WindowReport>>>;
  /** Some state, quiet and between two passes, keeps what serves nothing for ever. */
  readonly leaked: boolean;
}

const UNSEEN = -1;
const ON_PATH = -2;
/** The search gave up before the step was known. */
const UNKNOWN = -3;
const ENDLESS = 0x7fffffff;

export function findings(states: States): Findings {
  const causes: Partial<Record<WindowCause, WindowReport>> = {};
  WINDOW_CAUSES.forEach((cause, index) => {
    const report = windowsOf(states, 1 << index);
    if (report.states > 0) causes[cause] = report;
  });
  return { all: windowsOf(states, INFO.causes), causes, leaked: hasLeak(states) };
}

function windowsOf(states: States, mask: number): WindowReport {
  const { info, next, count } = states;
  const visits = new Int32Array(count).fill(UNSEEN);
  const passes = new Int32Array(count);
  const path: number[] = [];
  const isOpen = (state: number): boolean => (info[state] & mask) !== 0;
  /** Fills in the states of `path`, last first, that lead to one whose numbers are known. */
  const settle = (lastVisits: number, lastPasses: number): void => {
    let more = lastVisits;
    let morePasses = lastPasses;
    while (path.length > 0) {
      const state = path.pop()!;
      if (more >= 0 && more !== ENDLESS) {
        const isOwnStep = (info[state] & INFO.other) === 0;
        // A window that closes within an item has taken that visit.
        if ((info[state] & INFO.item) !== 0 || (isOwnStep && more === 0 && !isOpen(next[state]))) more++;
        if ((info[state] & INFO.pass) !== 0) morePasses++;
      }
      visits[state] = more;
      passes[state] = morePasses;
    }
  };
  const follow = (from: number): void => {
    for (let state = from; ;) {
      if (!isOpen(state)) return settle(0, 0);
      if (visits[state] === ON_PATH) return settle(ENDLESS, 0);
      if (visits[state] !== UNSEEN) return settle(visits[state], passes[state]);
      visits[state] = ON_PATH;
      path.push(state);
      const to = next[state];
      if (to === NONE) return settle(UNKNOWN, 0);
      if (to === state) return settle(ENDLESS, 0);
      state = to;
    }
  };
  let open = 0;
  let first = NONE;
  let worst = NONE;
  let most = -1;
  let mostPasses = 0;
  for (let state = 0; state < count; state++) {
    if (!isOpen(state) || (info[state] & INFO.aside) !== 0) continue;
    open++;
    if (first === NONE) first = state;
    follow(state);
    if (visits[state] > most) {
      most = visits[state];
      worst = state;
    }
    mostPasses = Math.max(mostPasses, passes[state]);
  }
  if (open === 0) return { states: 0, verdict: 'never', maxVisits: 0, maxPasses: 0, worst: NONE };
  const isEndless = most === ENDLESS;
  return {
    states: open,
    verdict: isEndless ? 'unbounded' : 'bounded',
    maxVisits: isEndless ? null : Math.max(0, most),
    maxPasses: isEndless ? null : mostPasses,
    worst: worst === NONE ? first : worst,
  };
}

/** Whether some line of passes repeats itself for ever and always ends its passes with garbage. */
function hasLeak(states: States): boolean {
  const { info, next, count } = states;
  const mark = new Int32Array(count);
  for (let from = 0, round = 1; from < count; from++, round++) {
    if ((info[from] & INFO.quiet) === 0) continue;
    let state = from;
    while (state !== NONE && mark[state] === 0) {
      mark[state] = round;
      state = next[state];
    }
    if (state === NONE || mark[state] !== round) continue;
    let ends = 0;
    let clean = 0;
    const start = state;
    do {
      if ((info[state] & INFO.passEnd) !== 0) {
        ends++;
        if ((info[state] & INFO.garbage) === 0) clean++;
      }
      state = next[state];
    } while (state !== start);
    if (ends > 0 && clean === 0) return true;
  }
  return false;
}
