/** From the words and options of `tune` to what is searched, checked. */
import { UsageError } from '../errors.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { PAGE_BYTES, readShare, readSize } from '../plan/units.ts';
import type { Reading } from '../plan/units.ts';
import type { Chosen, Plugin } from '../plugin/index.ts';
import { commandLine } from '../report/commandLine.ts';
import { budgetOf, loadOptions, onlyStrategy, reproducingWords, seedOf } from './begin.ts';
import type { Ask, AskedSearch, CommonOptions } from './begin.ts';
import { limitOn, parseObjectives, parseTarget } from './goal.ts';
import type { Condition, Goal } from './goal.ts';
import { knobsNamed } from './knobs.ts';
import { REFERENCES } from './references.ts';
import type { Candidate } from './search.ts';
import { PAGES, SLEEP, overridesOf } from './setting.ts';
import type { Setting } from './setting.ts';
import { PACE_RANGE, PAGES_RANGE, SLEEP_RANGE, positionOf, settingOf } from './space.ts';
import type { Range, Space } from './space.ts';
import type { Question } from './tuned.ts';
import { hashOf, loadAll } from './workloads.ts';

/** Options of `tune` that decide what it finds. */
export interface TuneOptions extends CommonOptions {
  readonly objective?: string;
  readonly knobs?: string;
  readonly range?: readonly string[];
  readonly maxKsmdCpu?: string;
  readonly minSaved?: string;
  readonly maxWakeups?: string;
  readonly target?: string;
  /** true: without a number. */
  readonly grid?: string | true;
}

/** Everything that a search is made of. */
export interface Tuning extends AskedSearch {
  readonly question: Question;
  readonly space: Space;
  readonly goal: Goal;
  readonly present: Candidate;
  readonly references: readonly Candidate[];
  readonly plugins: readonly Plugin[];
  readonly load: (setting: Setting) => ResolvedWorkload[];
}

const DEFAULT_GRID = 6;
const MOST_GRID = 24;
/** More than this is no grid but a slip of the pen. */
const MOST_GRID_SETTINGS = 2000;

/** What these words and options ask for. `invoked`: how the tool was called. */
export function askTuning(invoked: string): Ask<TuneOptions, Tuning> {
  return (names, options, chosen) => ask(names, options, chosen, invoked);
}

function ask(names: readonly string[], options: TuneOptions, chosen: Chosen, invoked: string): Tuning {
  const strategy = onlyStrategy(chosen);
  const load = (set: readonly string[]) => loadAll(names, loadOptions(options, set));
  const workloads = load([]);
  const space = spaceOf(options, workloads, strategy);
  const goal = goalOf(options);
  const [{ settings, device, kernel }] = workloads;
  const differing = workloads.find((one) => [PAGES, SLEEP].some((path) => one.settings[path] !== settings[path]));
  if (differing !== undefined)
    throw new UsageError(
      `${workloads[0].name} and ${differing.name} differ in their ksm settings`,
      'set them alike, for example with --set',
    );
  refuseSetElsewhere(workloads);
  const candidate = (pages: number, sleep: number): Candidate => ({
    setting: settingOf(space, pages, sleep),
    position: positionOf(space, pages, sleep),
  });
  const question: Question = {
    workloads: workloads.map(({ name }) => name),
    device,
    kernel,
    strategy,
    objectives: goal.objectives.map(({ name }) => name),
    limits: goal.limits.map(({ text }) => text),
    target: goal.target?.text ?? null,
    knobs: space.knobs.map(({ name }) => name),
    sleep: space.sleep,
    pace: space.pace,
    budget: budgetOf(options),
    seed: seedOf(options),
    grid: gridOf(options, space),
    reproduce: commandLine(invoked, reproducingWords('tune', names, options)),
  };
  return {
    question,
    space,
    goal,
    present: candidate(Number(settings[PAGES]), Number(settings[SLEEP])),
    references: REFERENCES.map(({ pagesToScan, sleepMillisecs }) => candidate(pagesToScan, sleepMillisecs)),
    name: question.workloads.join('+'),
    plugins: chosen.plugins,
    load: (setting) => load(overridesOf(setting)),
    inputs: hashOf(workloads),
  };
}

/** The settings must be those that the search makes. */
function refuseSetElsewhere(workloads: readonly ResolvedWorkload[]): void {
  for (const { name, settings, description } of workloads) {
    if (!Object.hasOwn(settings, PAGES))
      throw new UsageError(`the program of ${name} steps ksmd itself: there is no pace to tune`);
    if (description.load.events?.some(({ action }) => action === 'ksm') === true)
      throw new UsageError(
        `${name} replays writes to ksmd's settings, which would undo the search's`,
        'take the ksm events out of it',
      );
  }
}

function spaceOf(options: TuneOptions, workloads: readonly ResolvedWorkload[], strategy: string): Space {
  const ranges = new Map<string, Range>();
  for (const text of options.range ?? []) {
    const match = /^\s*([\w.]+)\s*=\s*(\d{1,7})\s*\.\.\s*(\d{1,7})\s*$/.exec(text);
    const [low, high] = [Number(match?.[2]), Number(match?.[3])];
    if (match === null || ![PAGES, SLEEP].includes(match[1]) || low < 1 || high < low)
      throw new UsageError(
        `--range '${text}' is not of the form KEY=LOW..HIGH`,
        `KEY is ${PAGES} or ${SLEEP}: for example --range ${SLEEP}=20..500`,
      );
    ranges.set(match[1], { low, high });
  }
  return {
    sleep: ranges.get(SLEEP) ?? SLEEP_RANGE,
    pages: ranges.get(PAGES) ?? PAGES_RANGE,
    pace: ranges.size === 0 ? PACE_RANGE : paceWithin(ranges.get(PAGES), ranges.get(SLEEP) ?? SLEEP_RANGE),
    knobs: options.knobs === undefined ? [] : knobsNamed(options.knobs, workloads, strategy),
    strategy,
  };
}

/** All paces that these ranges allow; without one for the pages the usual paces. */
function paceWithin(pages: Range | undefined, sleep: Range): Range {
  return pages === undefined
    ? PACE_RANGE
    : { low: (pages.low * 1e3) / sleep.high, high: (pages.high * 1e3) / sleep.low };
}

function goalOf(options: TuneOptions): Goal {
  const limits: Condition[] = [];
  if (options.maxKsmdCpu !== undefined) {
    const share = read('--max-ksmd-cpu', options.maxKsmdCpu, readShare);
    limits.push(limitOn('cpu_share', 'most', share, `ksmd CPU <= ${options.maxKsmdCpu}`));
  }
  if (options.minSaved !== undefined) {
    const pages = read('--min-saved', options.minSaved, readSize);
    limits.push(limitOn('saved_bytes', 'least', pages * PAGE_BYTES, `saved >= ${options.minSaved}`));
  }
  if (options.maxWakeups !== undefined) {
    const wakeups = Number(options.maxWakeups.replace(/\/s$/, ''));
    if (!(wakeups > 0))
      throw new UsageError(`--max-wakeups expects wake-ups a second such as 10, not '${options.maxWakeups}'`);
    limits.push(limitOn('wakeups_per_second', 'most', wakeups, `wake-ups <= ${wakeups}/s`));
  }
  const target = options.target === undefined ? null : parseTarget(options.target);
  return { objectives: parseObjectives(options.objective, target !== null), limits, target };
}

function read(option: string, text: string, reader: (text: string) => Reading): number {
  const reading = reader(text.trim());
  if ('wrong' in reading) throw new UsageError(`${option}: ${reading.wrong}`);
  return reading.value;
}

function gridOf({ grid }: TuneOptions, space: Space): number | null {
  if (grid === undefined) return null;
  const size = grid === true ? DEFAULT_GRID : Number(grid);
  if (!(Number.isInteger(size) && size >= 2 && size <= MOST_GRID))
    throw new UsageError(`--grid expects 2 to ${MOST_GRID} values an axis, not '${String(grid)}'`);
  const settings = space.knobs.reduce((product, knob) => product * knob.choices.length, size * size);
  if (settings > MOST_GRID_SETTINGS)
    throw new UsageError(
      `a grid of ${size} with these knobs has ${settings} settings, more than ${MOST_GRID_SETTINGS}`,
      'leave --grid out to search',
    );
  return size;
}
