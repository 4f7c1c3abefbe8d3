/**
 * `--until-ci`: seeds in rounds, until every failure rate of a workload has an interval as narrow as was asked for.
 *
 * A workload begins with its own number of seeds, and each round doubles it, up to a limit; all strategies of a
 * workload have the same seeds, so that they stay pairs. Which round is the last depends on the results alone: not on
 * threads, and not on where a run was interrupted. The number of seeds reached so far is kept in the manifest, from
 * which the plan follows. Stopping as soon as an interval is narrow makes it a little too narrow; doubling looks
 * seldom, so that this stays small.
 */
import { makePlan } from '../plan/index.ts';
import type { Plan } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { RunManifest } from './folder.ts';

/** What was asked for, and how far it is. */
export interface UntilCi {
  /** Widest interval, high - low, 0..1. */
  readonly width: number;
  readonly maxSeeds: number;
  /** Seeds in the plan, by workload. */
  readonly seeds: Readonly<Record<string, number>>;
}

/** How far `--until-ci` came: the width of each interval, high - low as a share, and whether it is narrow enough. */
export interface UntilCiReport {
  readonly width: number;
  readonly maxSeeds: number;
  readonly intervals: readonly {
    readonly workload: string;
    readonly strategy: string;
    readonly seeds: number;
    readonly width: number;
    readonly reached: boolean;
  }[];
}

type Planned = Pick<
  RunManifest,
  'workloads' | 'strategies' | 'plugins' | 'seeds' | 'firstSeed' | 'auditEveryNs' | 'untilCi'
>;

/** The plan as the manifest has it by now. */
export function planOf(manifest: Planned): Plan {
  const { strategies, plugins = [], firstSeed, auditEveryNs, untilCi } = manifest;
  if (untilCi === null) return makePlan({ ...manifest, plugins });
  const workloads = manifest.workloads.map((workload) => ({ ...workload, seeds: untilCi.seeds[workload.name] }));
  return makePlan({ workloads, strategies, plugins, seeds: null, firstSeed, auditEveryNs });
}

/** Seeds of a workload in that plan, for each of its strategies. */
export function seedsOf(
  { seeds, untilCi }: Pick<Planned, 'seeds' | 'untilCi'>,
  workload: Pick<ResolvedWorkload, 'name' | 'seeds'>,
): number {
  return untilCi?.seeds[workload.name] ?? seeds ?? workload.seeds;
}

/** Seeds of the next round; null when nothing is left to do. `summary` is that of the whole plan. */
export function nextRound(untilCi: UntilCi, summary: readonly SummaryEntry[]): UntilCi | null {
  const seeds = { ...untilCi.seeds };
  for (const entry of summary) {
    const now = untilCi.seeds[entry.workload];
    if (!isReached(entry, untilCi.width) && !isHopeless(entry)) {
      seeds[entry.workload] = Math.min(2 * now, untilCi.maxSeeds);
    }
  }
  const more = Object.entries(seeds).some(([workload, count]) => count > untilCi.seeds[workload]);
  return more ? { ...untilCi, seeds } : null;
}

/** The first round: as many seeds as were asked for, but at least two. */
export function firstRound(
  width: number,
  maxSeeds: number,
  workloads: RunManifest['workloads'],
  seeds: number | null,
): UntilCi {
  const first = workloads.map((workload) => [workload.name, Math.max(2, seeds ?? workload.seeds)] as const);
  return { width, maxSeeds, seeds: Object.fromEntries(first) };
}

/** One seed says nothing about the spread between seeds, so its interval does not count. */
function isReached({ failureRate }: SummaryEntry, width: number): boolean {
  return failureRate.method !== 'one-seed' && widthOf(failureRate) <= width;
}

/** Nobody asks for memory: nor will they under further seeds. */
function isHopeless(entry: SummaryEntry): boolean {
  return entry.failureRate.method === 'no-attempts';
}

function widthOf({ low, high }: SummaryEntry['failureRate']): number {
  return high - low;
}

/** How far it came. */
export function untilCiReport({ width, maxSeeds }: UntilCi, summary: readonly SummaryEntry[]): UntilCiReport {
  const intervals = summary.map((entry) => ({
    workload: entry.workload,
    strategy: entry.strategy,
    seeds: entry.seeds,
    width: widthOf(entry.failureRate),
    reached: isReached(entry, width),
  }));
  return { width, maxSeeds, intervals };
}
