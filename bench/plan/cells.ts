/** A plan: workloads x strategies x seeds, each cell with an identity made of everything that determines its result. */
import { createHash } from 'node:crypto';
import { MODEL_VERSION, strategies, type CellInput } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import type { Plugin } from '../plugin/types.ts';
import { canonicalJson } from './canonicalJson.ts';
import { LIMITS } from './limits.ts';
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
 * The cells in the order workload, strategy, seed. Throws UsageError for unknown or repeated strategies, bad seeds, and
 * files of KSM that are set although nobody reads them.
 */
export function planCells(options: PlanOptions): Cell[] {
  const plugins = options.plugins ?? [];
  const combinations = options.strategies.map((text) => parseCombination(text, plugins));
  checkNumbers(options);
  refuseUnread(
    options.workloads,
    combinations,
    plugins.map((plugin) => plugin.name),
  );
  const cells: Cell[] = [];
  for (const workload of options.workloads) {
    // Long when it replays a recording, and the same in all its cells.
    const known = new Map([[workload.description, canonicalJson(workload.description)]]);
    for (const names of combinations) {
      const seeds = options.seeds ?? workload.seeds;
      for (let index = 0; index < seeds; index++)
        cells.push(makeCell(workload, names, options.firstSeed + index, options.auditEveryNs, plugins, known));
    }
  }
  refuseRepeats(cells);
  return cells;
}

/** What a cell of a plan is, without what every cell of its workload has in common. */
export interface CellPlace {
  /** Indexes into the plan's workloads and strategies. */
  readonly workload: number;
  readonly strategy: number;
  readonly seed: number;
}

/**
 * Makes single cells of a plan, the same as `planCells`, without making all of them. Throws UsageError as it does; `cell`
 * throws RangeError for a place that no such plan has.
 */
export function cellMaker(options: Omit<PlanOptions, 'seeds' | 'firstSeed'>): { cell(place: CellPlace): Cell } {
  const { workloads, auditEveryNs, plugins = [] } = options;
  const combinations = options.strategies.map((text) => parseCombination(text, plugins));
  checkNumbers({ ...options, seeds: null, firstSeed: 0 });
  refuseUnread(
    workloads,
    combinations,
    plugins.map((plugin) => plugin.name),
  );
  const known = new Map(workloads.map(({ description }) => [description, canonicalJson(description)]));
  return {
    cell({ workload, strategy, seed }) {
      if (workload >= workloads.length || strategy >= combinations.length || seed > LARGEST_SEED)
        throw new RangeError(`the plan has no workload ${workload} under strategy ${strategy} with seed ${seed}`);
      return makeCell(workloads[workload], combinations[strategy], seed, auditEveryNs, plugins, known);
    },
  };
}

/** The names in `a+b`; throws UsageError when one is unknown or given twice. */
function parseCombination(text: string, plugins: readonly Plugin[]): string[] {
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

function makeCell(
  workload: ResolvedWorkload,
  names: readonly string[],
  seed: number,
  auditEveryNs: number,
  all: readonly Plugin[],
  known: ReadonlyMap<unknown, string>,
): Cell {
  const input: CellInput = { description: workload.description, strategies: names, seed, auditEveryNs };
  const plugins = all.filter(({ name }) => names.includes(name));
  // Without plug-ins the identity is what it was before there were any.
  const ids = plugins.length === 0 ? {} : { plugins: plugins.map(({ name, hash }) => ({ name, hash })) };
  return {
    id: createHash('sha256')
      .update(canonicalJson({ model: MODEL_VERSION, input, ...ids }, known))
      .digest('hex')
      .slice(0, 16),
    workload: workload.name,
    strategy: names.join('+'),
    kernel: workload.kernel,
    device: workload.device,
    seed,
    settings: workload.settings,
    input,
    ...(plugins.length === 0 ? {} : { plugins }),
  };
}

function refuseRepeats(cells: readonly Cell[]): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    if (seen.has(cell.id))
      throw new UsageError(`the same cell is planned twice: ${cell.workload}, ${cell.strategy}, seed ${cell.seed}`);
    seen.add(cell.id);
  }
}
