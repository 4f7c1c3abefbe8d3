/**
 * A new run from what is asked of it: its plan, and the manifest that it begins with. Everything is checked, nothing
 * made.
 */
import { UsageError } from '../errors.ts';
import { LIMITS } from '../plan/index.ts';
import type { Plan, WorkloadBundle } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { Chosen } from '../plugin/index.ts';
import { RUN_FOLDER_SCHEMA } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { firstRound, planOf } from './rounds.ts';
import type { UntilCi } from './rounds.ts';
import { parseThresholds } from './threshold.ts';
import type { Threshold } from './threshold.ts';
import { MODEL_HASH, TOOL_VERSION } from './tool.ts';

/** What is run when nothing is named. */
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
/** Of the default workloads; others say themselves how many they want. */
export const DEFAULT_SEEDS = 5;
/** Of `--until-ci`. */
export const DEFAULT_MAX_SEEDS = 100;
export const MAX_SEEDS = LIMITS.seeds;
/** More cells than this are a slip of the pen, and would fill a disk. */
const MAX_CELLS = 10_000_000;
const AUDIT_EVERY_NS = 1_000_000_000;

export interface LoadedWorkload {
  readonly workload: ResolvedWorkload;
  /** What another machine needs to load the same; null for one that cannot travel. */
  readonly bundle: WorkloadBundle | null;
}

export interface RunRequest {
  readonly loaded: readonly LoadedWorkload[];
  readonly chosen: Chosen;
  /** Seeds per workload and strategy; null: as many as each workload asks for. */
  readonly seeds: number | null;
  readonly firstSeed: number;
  readonly audit: boolean;
  /** Seeds in rounds until intervals are that narrow; null: their number is fixed. */
  readonly untilCi: Pick<UntilCi, 'width' | 'maxSeeds'> | null;
  readonly failIf: readonly string[];
  /** For the record: how it was asked for, and how to do it again. */
  readonly command: string;
  readonly reproduce: string;
}

export interface NewRun {
  readonly manifest: RunManifest;
  readonly plan: Plan;
  readonly thresholds: readonly Threshold[];
}

/** Throws UsageError. */
export function newRun({ loaded, chosen, seeds, firstSeed, audit, failIf, ...request }: RunRequest): NewRun {
  const { strategies, plugins } = chosen;
  const workloads = loaded.map(({ workload }) => workload);
  refuseTwice(workloads);
  const auditEveryNs = audit ? AUDIT_EVERY_NS : 0;
  const untilCi = begun(request.untilCi, workloads, seeds);
  const plan = planOf({ workloads, strategies, plugins, seeds, firstSeed, auditEveryNs, untilCi });
  const most = untilCi === null ? plan.count : workloads.length * strategies.length * untilCi.maxSeeds;
  if (most > MAX_CELLS) throw new UsageError(`this plan has up to ${most} cells, more than ${MAX_CELLS}`);
  const bundles = loaded.flatMap(({ bundle }) => (bundle === null ? [] : [bundle]));
  const manifest: RunManifest = {
    schema: RUN_FOLDER_SCHEMA,
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    name: workloads.map((workload) => workload.name).join('+'),
    command: request.command,
    reproduce: request.reproduce,
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
    ...(bundles.length < loaded.length ? {} : { bundles }),
    cells: plan.count,
    digest: null,
  };
  return { manifest, plan, thresholds: parseThresholds(failIf, plan.groups) };
}

function begun(
  asked: RunRequest['untilCi'],
  workloads: readonly ResolvedWorkload[],
  seeds: number | null,
): UntilCi | null {
  if (asked === null) return null;
  const { width, maxSeeds } = asked;
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

/** What `run` is told with options, apart from workloads and where the results go: as typed. */
export interface RunWords {
  readonly strategy?: string;
  readonly seeds?: string;
  readonly firstSeed?: string;
  readonly untilCi?: string;
  readonly maxSeeds?: string;
  readonly duration?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly audit?: boolean;
}

/** The words that do the same run again: everything that decides its results, nothing about where they go. */
export function reproducingWords(names: readonly string[], options: RunWords): string[] {
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
