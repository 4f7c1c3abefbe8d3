/** From the options of `run` to an open run folder and its plan: a new run, or one to continue. */
import { UsageError } from '../errors.ts';
import { bundleWorkload, parseDuration } from '../plan/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Chosen } from '../plugin/index.ts';
import type { RedisOptions } from '../queue/redisUrl.ts';
import { RunFolder, defaultFolder, refuseChanged } from '../run/folder.ts';
import type { LimitOptions } from '../run/limits.ts';
import {
  DEFAULT_MAX_SEEDS,
  DEFAULT_SEEDS,
  DEFAULT_WORKLOADS,
  MAX_SEEDS,
  newRun,
  reproducingWords,
} from '../run/newRun.ts';
import type { RunRequest, RunWords } from '../run/newRun.ts';
import { recordedPlan } from '../run/replay.ts';
import { parseThresholds } from '../run/threshold.ts';
import type { Threshold } from '../run/threshold.ts';
import { commandLine } from '../report/commandLine.ts';
import { share, wholeNumber } from './options.ts';

/** Options as commander hands them over: text, or absent. */
export interface RunOptions extends RunWords, LimitOptions, RedisOptions {
  readonly threads?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly failIf?: readonly string[];
  readonly docs?: string;
  /** False with --no-report. */
  readonly report?: boolean;
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
    ? startedRun(names, options, chosen, called)
    : resumedRun(options.resume, names, options);
}

function startedRun(names: readonly string[], options: RunOptions, chosen: Chosen, called: CalledAs): OpenRun {
  const wanted = options.seeds === undefined ? null : wholeNumber('--seeds', options.seeds, 1, MAX_SEEDS);
  const firstSeed =
    options.firstSeed === undefined ? 1 : wholeNumber('--first-seed', options.firstSeed, 0, 2_000_000_000);
  const load = {
    set: options.set ?? [],
    durationNs: options.duration === undefined ? null : parseDuration(options.duration),
    quick: options.quick === true,
  };
  const { manifest, plan, thresholds } = newRun({
    loaded: (names.length === 0 ? DEFAULT_WORKLOADS : names).map((name) => bundleWorkload(name, load)),
    chosen,
    seeds: wanted ?? (names.length === 0 ? DEFAULT_SEEDS : null),
    firstSeed,
    audit: options.audit === true,
    untilCi: untilCiOf(options),
    failIf: options.failIf ?? [],
    command: called.command,
    reproduce: commandLine(called.invoked, reproducingWords(names, options)),
  });
  const path = options.out ?? defaultFolder(manifest.name, new Date());
  return { folder: RunFolder.create(path, manifest), plan, thresholds };
}

/** null without `--until-ci`. */
function untilCiOf(options: RunOptions): RunRequest['untilCi'] {
  if (options.untilCi === undefined) {
    if (options.maxSeeds === undefined) return null;
    throw new UsageError('--max-seeds is for --until-ci', 'a fixed number of seeds is --seeds');
  }
  const width = share('--until-ci', options.untilCi);
  const maxSeeds =
    options.maxSeeds === undefined ? DEFAULT_MAX_SEEDS : wholeNumber('--max-seeds', options.maxSeeds, 2, MAX_SEEDS);
  return { width, maxSeeds };
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
