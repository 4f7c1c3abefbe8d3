/** From the options of `run` to an open run folder and its plan: a new run, or one to continue. */
import { UsageError } from '../errors.ts';
import { bundleWorkload, LIMITS, parseDuration } from '../plan/index.ts';
import type { Plan } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { Chosen } from '../plugin/index.ts';
import type { RedisOptions } from '../queue/redisUrl.ts';
import { RUN_FOLDER_SCHEMA, RunFolder, defaultFolder, refuseChanged } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import type { LimitOptions } from '../run/limits.ts';
import { recordedPlan } from '../run/replay.ts';
import { firstRound, planOf } from '../run/rounds.ts';
import type { UntilCi } from '../run/rounds.ts';
import { parseThresholds } from '../run/threshold.ts';
import type { Threshold } from '../run/threshold.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { commandLine } from '../report/commandLine.ts';
import { share, wholeNumber } from './options.ts';

export const DEFAULT_WORKLOADS = ['fork-free', 'fork-heavy', 'zygote-launch'];
export const DEFAULT_STRATEGIES = [
  'stock',
  'page-anon-vma',
  'root-search',
  'keep-until-rescanned',
  'keep-forever',
  'heir-items',
  'retry-100ms',
];
const DEFAULT_SEEDS = 5;
const MAX_SEEDS = LIMITS.seeds;
/** Of `--until-ci`. */
const DEFAULT_MAX_SEEDS = 100;
/** More cells than this are a slip of the pen, and would fill a disk. */
const MAX_CELLS = 10_000_000;
const AUDIT_EVERY_NS = 1_000_000_000;

/** Options as commander hands them over: text, or absent. */
export interface RunOptions extends LimitOptions, RedisOptions {
  readonly strategy?: string;
  readonly seeds?: string;
  readonly firstSeed?: string;
  readonly duration?: string;
  readonly set?: readonly string[];
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly quick?: boolean;
  readonly audit?: boolean;
  readonly failIf?: readonly string[];
  readonly docs?: string;
  /** False with --no-report. */
  readonly report?: boolean;
  readonly untilCi?: string;
  readonly maxSeeds?: string;
  readonly resume?: string;
  readonly engine?: string;
  readonly priority?: string;
}

export interface OpenRun {
  readonly folder: RunFolder;
  readonly plan: Plan;
  readonly thresholds: readonly Threshold[];
}

/** How the command was called: as typed for the record, and the word that calls it again. */
export interface CalledAs {
  readonly command: string;
  readonly invoked: string;
}

/** Checks everything before it creates anything. `chosen`: what `--strategy` says. Throws UsageError and InputError. */
export function openRun(names: readonly string[], options: RunOptions, chosen: Chosen, called: CalledAs): OpenRun {
  return options.resume === undefined
    ? newRun(names, options, chosen, called)
    : resumedRun(options.resume, names, options);
}

function newRun(names: readonly string[], options: RunOptions, chosen: Chosen, called: CalledAs): OpenRun {
  const { strategies, plugins } = chosen;
  const wanted = options.seeds === undefined ? null : wholeNumber('--seeds', options.seeds, 1, MAX_SEEDS);
  const seeds = wanted ?? (names.length === 0 ? DEFAULT_SEEDS : null);
  const firstSeed =
    options.firstSeed === undefined ? 1 : wholeNumber('--first-seed', options.firstSeed, 0, 2_000_000_000);
  const load = {
    set: options.set ?? [],
    durationNs: options.duration === undefined ? null : parseDuration(options.duration),
    quick: options.quick === true,
  };
  const loaded = (names.length === 0 ? DEFAULT_WORKLOADS : names).map((name) => bundleWorkload(name, load));
  const workloads = loaded.map(({ workload }) => workload);
  refuseTwice(workloads);
  const auditEveryNs = options.audit === true ? AUDIT_EVERY_NS : 0;
  const untilCi = untilCiOf(options, workloads, seeds);
  const plan = planOf({ workloads, strategies, plugins, seeds, firstSeed, auditEveryNs, untilCi });
  const most = untilCi === null ? plan.count : workloads.length * strategies.length * untilCi.maxSeeds;
  if (most > MAX_CELLS) throw new UsageError(`this plan has up to ${most} cells, more than ${MAX_CELLS}`);
  const failIf = options.failIf ?? [];
  const thresholds = parseThresholds(failIf, plan.groups);
  const name = workloads.map((workload) => workload.name).join('+');
  const manifest: RunManifest = {
    schema: RUN_FOLDER_SCHEMA,
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    name,
    command: called.command,
    reproduce: commandLine(called.invoked, reproducingWords(names, options)),
    node: process.version,
    startedAt: new Date().toISOString(),
    strategies,
    ...(plugins.length === 0 ? {} : { plugins }),
    seeds,
    firstSeed,
    auditEveryNs,
    failIf,
    untilCi,
    workloads,
    bundles: loaded.map(({ bundle }) => bundle),
    cells: plan.count,
    digest: null,
  };
  return { folder: RunFolder.create(options.out ?? defaultFolder(name, new Date()), manifest), plan, thresholds };
}

/** null without `--until-ci`. */
function untilCiOf(options: RunOptions, workloads: readonly ResolvedWorkload[], seeds: number | null): UntilCi | null {
  if (options.untilCi === undefined) {
    if (options.maxSeeds === undefined) return null;
    throw new UsageError('--max-seeds is for --until-ci', 'a fixed number of seeds is --seeds');
  }
  const width = share('--until-ci', options.untilCi);
  const maxSeeds =
    options.maxSeeds === undefined ? DEFAULT_MAX_SEEDS : wholeNumber('--max-seeds', options.maxSeeds, 2, MAX_SEEDS);
  const first = firstRound(width, maxSeeds, workloads, seeds);
  const begins = Math.max(...Object.values(first.seeds));
  if (begins > maxSeeds) throw new UsageError(`--max-seeds ${maxSeeds} is less than the ${begins} seeds to begin with`);
  return first;
}

function refuseTwice(workloads: readonly ResolvedWorkload[]): void {
  const names = workloads.map((workload) => workload.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`workload '${twice}' is given twice`);
}

/** The words that do the same run again: everything that decides its results, nothing about where they go. */
function reproducingWords(names: readonly string[], options: RunOptions): string[] {
  const words = ['run', ...names];
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined) words.push(flag, value);
  };
  add('--strategy', options.strategy);
  add('--seeds', options.seeds);
  add('--first-seed', options.firstSeed);
  add('--until-ci', options.untilCi);
  add('--max-seeds', options.maxSeeds);
  add('--duration', options.duration);
  for (const setting of options.set ?? []) add('--set', setting);
  if (options.quick === true) words.push('--quick');
  if (options.audit === true) words.push('--audit');
  return words;
}

/** Options that a continued run takes from its folder. */
const FIXED = [
  'strategy',
  'seeds',
  'firstSeed',
  'untilCi',
  'maxSeeds',
  'duration',
  'set',
  'out',
  'quick',
  'audit',
] as const;

function resumedRun(path: string, names: readonly string[], options: RunOptions): OpenRun {
  const given = FIXED.find((key) => options[key] !== undefined);
  if (given !== undefined || names.length > 0) {
    throw new UsageError(
      '--resume takes workloads, strategies and seeds from the run it continues',
      'give only --threads, the limits of a cell (--cell-...), --engine with its options, --json, --watch, --no-report and --fail-if beside it',
    );
  }
  const folder = RunFolder.open(path);
  // For its failed cells a complete run may be continued, but its lines have no checksums any more: only all together.
  refuseChanged(folder);
  const plan = recordedPlan(folder, 'their cells cannot be mixed');
  const thresholds = parseThresholds(options.failIf ?? folder.manifest.failIf, plan.groups);
  return { folder, plan, thresholds };
}
