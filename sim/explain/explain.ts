/**
 * One request of a cell explained: replayed from its seed, what stood in its way told, and the failure made a script.
 */
import type { CellInput } from '../description.ts';
import {
  lastResult,
  neverLoses,
  DIRECT_CAUSES,
  reproduce,
  reproduceDirect,
  type Reproduced,
  type Under,
} from '../litmus/reproduce.ts';
import type { LitmusAction, LitmusTest } from '../litmus/types.ts';
import { WINDOW_CAUSES } from '../litmus/explore/windows.ts';
import { NONE } from '../memory/frames.ts';
import type { Cause } from '../observations.ts';
import { strategies, type Strategy } from '../strategies/index.ts';
import { findRequest } from './attempt.ts';
import { scenesOf } from './scene.ts';
import { tellStory, type Told } from './story.ts';
import type { BlockingPage, Explanation, RangeTry, Reproduction, StrategyOutcome } from './types.ts';

/** Lost mappings whose scenes are tried. */
const MOST_LOST = 3;

export interface ExplainOptions {
  /** Request, from 1, in the order in which they ended in the measured time. */
  readonly number: number;
  /** Frame of the page to tell of; null: the first in the way of the last range, those that ksmd lost before others. */
  readonly pfn: number | null;
  /** Without `pfn`: a page in the way for this cause is preferred, of the last such range; null: none is. */
  readonly cause: Cause | null;
  readonly plugins: readonly Strategy[];
}

/**
 * null: there are fewer requests. Throws RangeError where `pfn` stood in the way of none of its ranges, and as
 * `runCell` does.
 */
export function explainRequest(input: CellInput, { number, pfn, cause, plugins }: ExplainOptions): Explanation | null {
  const request = findRequest(input, plugins, number);
  if (request === null) return null;
  const { warmupNs } = input.description;
  const chosen = choose(request.tries, pfn, cause);
  if (chosen === null) {
    const notReproduced = 'no page stood in the way of this request';
    return {
      bootAt: -warmupNs,
      request: measured(request, warmupNs),
      story: null,
      range: null,
      reproduction: null,
      notReproduced,
    };
  }
  const { blocker, range } = chosen;
  const hasHistory = blocker.page !== NONE && blocker.mappings.length > 0;
  const told = hasHistory ? tellStory(input, plugins, blocker, range.gaveUpAt) : null;
  const story = told?.story ?? { blocker, lost: [], events: [], leftOut: 0, visits: [] };
  const made = reproduction(input, plugins, blocker, told, range);
  const isMade = typeof made !== 'string';
  return {
    bootAt: -warmupNs,
    request: measured(request, warmupNs),
    story: measured(story, warmupNs),
    range: measured(range, warmupNs),
    reproduction: isMade ? made : null,
    notReproduced: isMade ? null : made,
  };
}

const TIMES = ['at', 'since', 'began', 'answered', 'gaveUpAt', 'firstAt', 'lastAt', 'bornAt', 'until'];

/** The same with its times counted from the start of measuring in place of that of the device. */
function measured<Value>(value: Value, warmupNs: number): Value {
  if (Array.isArray(value)) return value.map((one: unknown) => measured(one, warmupNs)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, held]: [string, unknown]) => {
    const isTime = typeof held === 'number' && TIMES.includes(key);
    return [key, isTime ? held - warmupNs : measured(held, warmupNs)];
  });
  return Object.fromEntries(entries) as Value;
}

function choose(
  tries: readonly RangeTry[],
  pfn: number | null,
  cause: Cause | null,
): { blocker: BlockingPage; range: RangeTry } | null {
  const all = [...tries].reverse().flatMap((range) => range.blockers.map((blocker) => ({ blocker, range })));
  if (pfn !== null) {
    const asked = all.find(({ blocker }) => blocker.pfn === pfn);
    if (asked === undefined) throw new RangeError(`frame ${pfn} stood in the way of none of its ranges`);
    return asked;
  }
  const ofCause = cause === null ? undefined : all.find(({ blocker }) => blocker.cause === cause);
  if (ofCause !== undefined) return ofCause;
  const first = all.at(0);
  if (first === undefined) return null;
  const ofLast = all.filter(({ range }) => range === first.range);
  return (
    ofLast.find(({ blocker }) => isWindow(blocker.cause)) ?? all.find(({ blocker }) => isWindow(blocker.cause)) ?? first
  );
}

function isWindow(cause: string): boolean {
  return (WINDOW_CAUSES as readonly string[]).includes(cause) && cause !== 'unknown';
}

/** Why a cause has no script. */
const NO_SCRIPT: ReadonlyMap<Cause, string> = new Map([
  ['pagevec', 'a script has one CPU, whose pagevecs every allocation drains first'],
  ['writeback', 'a script has anonymous memory only, which is never written back'],
  ['no-target', 'in a script a page to migrate to is always found'],
  ['unknown', 'the cause is not known'],
]);

/** The reproduction, or why there is none. */
function reproduction(
  input: CellInput,
  plugins: readonly Strategy[],
  blocker: BlockingPage,
  told: Told | null,
  range: RangeTry,
): Reproduction | string {
  const under = { strategies: input.strategies, plugins };
  const config = configOf(input);
  const { cause } = blocker;
  const impossible = NO_SCRIPT.get(cause);
  if (impossible !== undefined) return impossible;
  if (DIRECT_CAUSES.includes(cause)) {
    if (blocker.kind === 'file') return 'a script has anonymous memory only, and this page is of a file';
    const test = reproduceDirect(cause, blocker.kind === 'ksm', config, under);
    if (test === null) return 'no short script fails for this cause';
    return { test, cast: [], outcomes: outcomesOf({ test, scene: null }, cause, under) };
  }
  if (told === null) return 'nothing maps the page any more';
  const ofCause = told.story.lost.filter(({ mapping }) => mapping.gap?.cause === cause);
  for (const lost of ofCause.slice(0, MOST_LOST)) {
    const { scenes, cast } = scenesOf(told.history, lost, range.gaveUpAt);
    const made = reproduce(
      scenes.map((scene) => ({ ...scene, config })),
      cause,
      under,
    );
    if (made === null) continue;
    const taking = cast.filter(({ role }) => made.test.actions.some((action) => takesPart(action, role)));
    return { test: made.test, cast: taking, outcomes: outcomesOf(made, cause, under) };
  }
  return ofCause.length === 0
    ? 'the mapping that was missed was found again before the range was given up'
    : 'no interleaving of what its processes did with ksmd loses a mapping for this cause in a small script';
}

function takesPart({ p, parent, child }: LitmusAction, role: string): boolean {
  return [p, parent, child].includes(role);
}

function configOf(input: CellInput): LitmusTest['config'] {
  return input.description.kernel.changes === undefined ? {} : { kernel: 'linux-6.1' };
}

function outcomesOf(
  { test, scene }: Pick<Reproduced, 'test'> & { scene: LitmusTest | null },
  cause: Cause,
  under: Under,
): StrategyOutcome[] {
  const own = under.strategies.filter((name) => name !== 'stock');
  return [...strategies, ...under.plugins]
    .filter(({ name }) => name !== 'stock' && !own.includes(name))
    .map((strategy) => {
      const { name } = strategy;
      if (strategy.attach === undefined) return { strategy: name, isFound: null, isSafe: null };
      const together = { ...under, strategies: [...own, name] };
      const rc = lastResult(test, together);
      if (rc !== 0) return { strategy: name, isFound: rc === null ? null : false, isSafe: null };
      return { strategy: name, isFound: true, isSafe: scene === null || neverLoses(scene, cause, together) };
    });
}
