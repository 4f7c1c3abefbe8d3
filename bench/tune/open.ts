/** From the options of `tune` to what is searched and the directory that keeps it: a new search, or one to go on with. */
import { InputError, UsageError } from '../errors.ts';
import { parseDuration } from '../plan/index.ts';
import type { LoadOptions } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { readShare, readSize } from '../plan/units.ts';
import type { Reading } from '../plan/units.ts';
import { checkRecorded, chooseStrategies } from '../plugin/index.ts';
import type { Chosen, Plugin } from '../plugin/index.ts';
import { commandLine } from '../report/commandLine.ts';
import { defaultFolder } from '../run/folder.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { SearchFolder } from './folder.ts';
import type { SearchManifest } from './folder.ts';
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
import { hashOf, loadAll, workloadsNamed } from './workloads.ts';

/** Options that decide what is searched, as commander hands them over. */
export interface DecidingOptions {
  readonly objective?: string;
  readonly budget?: string;
  readonly strategy?: string;
  readonly knobs?: string;
  readonly range?: readonly string[];
  readonly maxKsmdCpu?: string;
  readonly minSaved?: string;
  readonly maxWakeups?: string;
  readonly target?: string;
  /** true: without a number. */
  readonly grid?: string | true;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly duration?: string;
}

export const TUNE_SCHEMA = 'cma-stress/tune-folder/1';

export interface TuneManifest extends SearchManifest {
  readonly schema: typeof TUNE_SCHEMA;
  readonly names: readonly string[];
  readonly options: DecidingOptions;
  readonly plugins: readonly Plugin[];
}

/** Everything that a search is made of. */
export interface Tuning {
  readonly folder: SearchFolder<TuneManifest>;
  readonly question: Question;
  readonly space: Space;
  readonly goal: Goal;
  readonly present: Candidate;
  readonly references: readonly Candidate[];
  readonly plugins: readonly Plugin[];
  readonly load: (setting: Setting) => ResolvedWorkload[];
}

export const DEFAULT_BUDGET = '2m';
const LEAST_BUDGET = 1;
const MOST_BUDGET = 86_400;
const DEFAULT_GRID = 6;
const MOST_GRID = 24;
/** More than this is no grid but a slip of the pen. */
const MOST_GRID_SETTINGS = 2000;
const MOST_SEED = 1_000_000_000;

/** A new search in `out`. Checks everything before it creates anything. */
export async function newTuning(
  words: readonly string[],
  options: DecidingOptions,
  out: string | undefined,
  called: { readonly command: string; readonly invoked: string },
): Promise<Tuning> {
  if (words.length === 0)
    throw new UsageError(
      'no workload or device is given',
      'for example: cma-stress tune zx1800-512; cma-stress list shows all',
    );
  const names = workloadsNamed(words);
  const chosen = await chooseStrategies(options.strategy ?? 'stock');
  const asked = ask(names, options, chosen, called.invoked);
  const manifest: TuneManifest = {
    schema: TUNE_SCHEMA,
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    command: called.command,
    inputs: asked.inputs,
    names,
    options,
    plugins: chosen.plugins,
  };
  const path = out ?? defaultFolder(`tune-${asked.question.workloads.join('+')}`, new Date());
  return { ...asked, folder: SearchFolder.create(path, manifest) };
}

/** The search in `path` once more. Throws InputError where a file of it has changed. */
export async function resumedTuning(path: string, invoked: string): Promise<Tuning> {
  const folder = SearchFolder.open<TuneManifest>(path, TUNE_SCHEMA);
  const { names, options, plugins, inputs } = folder.manifest;
  checkRecorded(plugins, `${path}/tune.json`);
  const strategies =
    plugins.length === 0
      ? (await chooseStrategies(options.strategy ?? 'stock')).strategies
      : recorded(options, plugins);
  const asked = ask(names, options, { strategies, plugins }, invoked);
  if (asked.inputs !== inputs) {
    const message = `the workload ${names.join(', ')} is no longer what this search began with; search anew`;
    throw new InputError([{ file: `${path}/tune.json`, line: null, column: null, path: '', message }]);
  }
  return { ...asked, folder };
}

/** The combination with plug-ins by the names that they give themselves. */
function recorded({ strategy = 'stock' }: DecidingOptions, plugins: readonly Plugin[]): string[] {
  const byFile = new Map(plugins.map(({ file, name }) => [file, name]));
  return [
    strategy
      .split('+')
      .map((part) => byFile.get(part.trim()) ?? part.trim())
      .join('+'),
  ];
}

function ask(
  names: readonly string[],
  options: DecidingOptions,
  { strategies, plugins }: Chosen,
  invoked: string,
): Omit<Tuning, 'folder'> & { readonly inputs: string } {
  if (strategies.length !== 1)
    throw new UsageError('tune searches under one strategy, or one a+b of several together', 'search once for each');
  const [strategy] = strategies;
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
    budget: budgetOf(options.budget ?? DEFAULT_BUDGET),
    seed: options.seed === undefined ? 1 : wholeSeed(options.seed),
    grid: gridOf(options, space),
    reproduce: commandLine(invoked, reproducingWords(names, options)),
  };
  return {
    question,
    space,
    goal,
    present: candidate(Number(settings[PAGES]), Number(settings[SLEEP])),
    references: REFERENCES.map(({ pagesToScan, sleepMillisecs }) => candidate(pagesToScan, sleepMillisecs)),
    plugins,
    load: (setting) => load(overridesOf(setting)),
    inputs: hashOf(workloads),
  };
}

function loadOptions({ set = [], duration }: DecidingOptions, more: readonly string[]): LoadOptions {
  return {
    set: [...set, ...more],
    durationNs: duration === undefined ? null : parseDuration(duration),
    quick: false,
  };
}

function spaceOf(options: DecidingOptions, workloads: readonly ResolvedWorkload[], strategy: string): Space {
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

function goalOf(options: DecidingOptions): Goal {
  const limits: Condition[] = [];
  if (options.maxKsmdCpu !== undefined) {
    const share = read('--max-ksmd-cpu', options.maxKsmdCpu, readShare);
    limits.push(limitOn('cpu_share', 'most', share, `ksmd CPU <= ${options.maxKsmdCpu}`));
  }
  if (options.minSaved !== undefined) {
    const pages = read('--min-saved', options.minSaved, readSize);
    limits.push(limitOn('saved_bytes', 'least', pages * 4096, `saved >= ${options.minSaved}`));
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

/** s, from `2m`, `90s`, `1h`. */
export function budgetOf(text: string): number {
  const seconds = parseDuration(text.replace(/(\d)\s*m$/, '$1 min')) / 1e9;
  if (!(seconds >= LEAST_BUDGET && seconds <= MOST_BUDGET))
    throw new UsageError(`--budget expects a time from ${LEAST_BUDGET} s to 24 h, not '${text}'`);
  return seconds;
}

function gridOf({ grid }: DecidingOptions, space: Space): number | null {
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

function wholeSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(seed <= MOST_SEED)) throw new UsageError(`--seed expects a whole number from 0 to ${MOST_SEED}, not '${text}'`);
  return seed;
}

function reproducingWords(names: readonly string[], options: DecidingOptions): string[] {
  const flags = Object.entries(options).flatMap(([name, value]: [string, string | true | readonly string[]]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return (typeof value === 'string' ? [value] : value).flatMap((one) => [flag, one]);
  });
  return ['tune', ...names, ...flags];
}
