/** Which cells of the sides belong together: the same workload, strategy and seed, but for the factor. */
import { UsageError } from '../errors.ts';
import type { CellRecord } from '../run/cell.ts';
import type { Side } from './sides.ts';

/** Cells of one workload, and of one strategy where that is not what differs; the same seeds on every side. */
export interface Group {
  /** Unique: the workload, with `/strategy` behind it where a run has several. */
  readonly name: string;
  readonly workload: string;
  /** null: the sides are strategies. */
  readonly strategy: string | null;
  /** One list for each side. */
  readonly cells: readonly (readonly CellRecord[])[];
}

export interface Matching {
  readonly groups: readonly Group[];
  /** What was left out, in sentences. */
  readonly leftOut: readonly string[];
}

/**
 * What each side calls each workload that is matched. Workloads of different names match where each side has only one.
 */
export function matchWorkloads(sides: readonly Side[]): string[][] {
  const names = sides.map(workloadsOf);
  const common = names[0].filter((name) => names.every((others) => others.includes(name)));
  if (common.length > 0) return common.map((name) => sides.map(() => name));
  if (names.every((one) => one.length === 1)) return [names.map(([name]) => name)];
  throw new UsageError(
    'these runs have no workload in common',
    sides.map(({ name }, index) => `${name} has ${names[index].join(', ')}`).join('; '),
  );
}

function workloadsOf({ manifest }: Side): string[] {
  return manifest.workloads.map(({ name }) => name);
}

/** Groups of cells for the workloads that `matchWorkloads` found. */
export function matchCells(sides: readonly Side[], workloads: readonly (readonly string[])[]): Matching {
  const single = sides.every(({ strategies }) => strategies.length === 1);
  const strategies = single ? [null] : commonStrategies(sides);
  const leftOut = single ? [] : onlyInOne(sides, 'strategy', ({ strategies: own }) => own, strategies as string[]);
  leftOut.push(...onlyInOne(sides, 'workload', workloadsOf, workloads.flat()));
  const missing = new Map<string, string[]>();
  const groups = workloads.flatMap((names) =>
    strategies.map((strategy): Group => {
      const cells = sides.map(({ records }, index) =>
        records.filter((one) => one.workload === names[index] && (strategy ?? one.strategy) === one.strategy),
      );
      const name = strategy === null || strategies.length === 1 ? names[0] : `${names[0]}/${strategy}`;
      return {
        name,
        workload: names[0],
        strategy: strategy ?? sameStrategy(sides),
        cells: sharedSeeds(name, cells, missing),
      };
    }),
  );
  for (const [seeds, where] of missing) leftOut.push(`${seeds} of ${where.join(', ')}, which not every side has`);
  return { groups, leftOut };
}

function sameStrategy(sides: readonly Side[]): string | null {
  const [strategy] = sides[0].strategies;
  return sides.every(({ strategies }) => strategies[0] === strategy) ? strategy : null;
}

function commonStrategies(sides: readonly Side[]): string[] {
  const common = sides[0].strategies.filter((name) => sides.every(({ strategies }) => strategies.includes(name)));
  if (common.length > 0) return common;
  throw new UsageError(
    'these runs have no strategy in common',
    `to compare one strategy with another name one of each: ${sides.map(({ path, strategies }) => `${path}:${strategies[0]}`).join(' ')}`,
  );
}

function onlyInOne(
  sides: readonly Side[],
  what: string,
  of: (side: Side) => readonly string[],
  matched: readonly string[],
): string[] {
  return sides.flatMap((side) => {
    const names = of(side).filter((name) => !matched.includes(name));
    return names.length === 0 ? [] : [`${what} ${names.join(', ')} of ${side.name}, which not every side has`];
  });
}

/** Cells of the seeds that every side has results of; notes where others are missing. */
function sharedSeeds(
  name: string,
  cells: readonly (readonly CellRecord[])[],
  missing: Map<string, string[]>,
): CellRecord[][] {
  const seeds = cells.map((own) => own.map(({ seed }) => seed));
  const shared = seeds[0].filter((seed) => seeds.every((own) => own.includes(seed)));
  if (shared.length === 0) {
    throw new UsageError(
      `${name}: the runs have no seed in common, so that nothing can be paired`,
      'run them with the same --first-seed and --seeds',
    );
  }
  const others = [...new Set(seeds.flat())].filter((seed) => !shared.includes(seed)).sort((a, b) => a - b);
  if (others.length > 0) missing.set(listed(others), [...(missing.get(listed(others)) ?? []), name]);
  return cells.map((own) => own.filter(({ seed }) => shared.includes(seed)));
}

function listed(seeds: readonly number[]): string {
  if (seeds.length === 1) return `seed ${seeds[0]}`;
  return seeds.length <= 6
    ? `seeds ${seeds.join(', ')}`
    : `${seeds.length} seeds from ${seeds[0]} to ${seeds[seeds.length - 1]}`;
}
