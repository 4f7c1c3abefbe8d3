/** What is asked for to a plan: strategies parsed, everything checked. */
import { strategies } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import type { Plugin, PluginId } from '../plugin/types.ts';
import { canonicalJson } from './canonicalJson.ts';
import { LIMITS } from './limits.ts';
import { cellMaker, Plan } from './plan.ts';
import type { PlanGroup } from './plan.ts';
import { quote } from './quote.ts';
import { suggestion } from './suggest.ts';
import type { Cell, ResolvedWorkload } from './types.ts';
import { refuseUnread } from './unread.ts';

/** Largest seed: 32 bits. */
const LARGEST_SEED = 2 ** 32 - 1;

export interface PlanOptions {
  readonly workloads: readonly ResolvedWorkload[];
  /** Strategy names; `a+b` is one combination of two that act together. */
  readonly strategies: readonly string[];
  /** Strategies that are not built in. */
  readonly plugins?: readonly Plugin[];
  /** Seeds per workload and strategy; null: as many as the workload's file says. */
  readonly seeds: number | null;
  readonly firstSeed: number;
  /** Period of the invariant checks in simulated ns; 0: never. */
  readonly auditEveryNs: number;
}

/**
 * The plan in the order workload, strategy, seed. Throws UsageError for unknown or repeated strategies, bad seeds, and
 * files of KSM that are set although nobody reads them.
 */
export function makePlan(options: PlanOptions): Plan {
  const { workloads, firstSeed, auditEveryNs } = options;
  const plugins = options.plugins ?? [];
  const combinations = options.strategies.map((text) => parseCombination(text, plugins));
  checkNumbers(options);
  refuseUnread(
    workloads,
    combinations,
    plugins.map((plugin) => plugin.name),
  );
  const groups: PlanGroup[] = [];
  let first = 0;
  for (const workload of workloads) {
    const description = canonicalJson(workload.description);
    const seeds = options.seeds ?? workload.seeds;
    for (const names of combinations) {
      const own = plugins.filter(({ name }) => names.includes(name));
      const cell = cellMaker({ workload, names, plugins: own, auditEveryNs, description });
      groups.push({ workload: workload.name, strategy: names.join('+'), first, firstSeed, seeds, cell });
      first += seeds;
    }
  }
  refuseRepeats(groups);
  return new Plan(groups);
}

/** The cells of `makePlan`, all at once: for plans known to be short. */
export function planCells(options: PlanOptions): Cell[] {
  return [...makePlan(options)];
}

/** What a cell of a plan is, without what every cell of its workload has in common. */
export interface CellPlace {
  /** Indexes into the plan's workloads and strategies. */
  readonly workload: number;
  readonly strategy: number;
  readonly seed: number;
}

/**
 * Picks single cells of a plan, whatever seeds it has. Throws UsageError as `makePlan` does; what it hands back throws
 * RangeError for a place that no such plan has.
 */
export function cellPicker(options: Omit<PlanOptions, 'seeds' | 'firstSeed'>): (place: CellPlace) => Cell {
  const { groups } = makePlan({ ...options, seeds: 1, firstSeed: 0 });
  const { workloads, strategies: combinations } = options;
  return ({ workload, strategy, seed }) => {
    if (workload >= workloads.length || strategy >= combinations.length || seed > LARGEST_SEED)
      throw new RangeError(`the plan has no workload ${workload} under strategy ${strategy} with seed ${seed}`);
    return groups[workload * combinations.length + strategy].cell(seed);
  };
}

/** The names in `a+b`, of built-in strategies and `plugins`; throws UsageError when one is unknown or given twice. */
export function parseCombination(text: string, plugins: readonly PluginId[] = []): string[] {
  const names = text.split('+').map((name) => name.trim());
  const known = [...strategies, ...plugins].map((strategy) => strategy.name);
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError(
        `unknown strategy ${quote(name)}${suggestion(name, known)}`,
        'cma-stress list shows every strategy',
      );
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new UsageError(`strategy ${quote(name)} is given twice in ${quote(text)}`);
  }
  return names;
}

function checkNumbers({ seeds, firstSeed, auditEveryNs, ...options }: PlanOptions): void {
  if (options.strategies.length === 0) throw new UsageError('no strategy is given', 'stock is the kernel as it is');
  if (seeds !== null && (!Number.isInteger(seeds) || seeds < 1 || seeds > LIMITS.seeds)) {
    throw new UsageError(`expected 1 to ${LIMITS.seeds} seeds, found ${seeds}`);
  }
  if (!Number.isInteger(firstSeed) || firstSeed < 0 || firstSeed > LARGEST_SEED - LIMITS.seeds) {
    throw new UsageError(`expected a first seed from 0 to ${LARGEST_SEED - LIMITS.seeds}, found ${firstSeed}`);
  }
  if (!Number.isSafeInteger(auditEveryNs) || auditEveryNs < 0)
    throw new UsageError(`expected a period of 0 or more ns, found ${auditEveryNs}`);
}

/** Groups that are the same at their first seed are so at all. */
function refuseRepeats(groups: readonly PlanGroup[]): void {
  const seen = new Set<string>();
  for (const { workload, strategy, firstSeed, cell } of groups) {
    const { id } = cell(firstSeed);
    if (seen.has(id))
      throw new UsageError(`the same cell is planned twice: ${workload}, ${strategy}, seed ${firstSeed}`);
    seen.add(id);
  }
}
