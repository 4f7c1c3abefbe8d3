/**
 * A plan: workloads x strategies x seeds in that order, each cell with an identity made of everything that determines
 * its result. Cells are made as they are asked for, so that a plan of a million takes no room.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { MODEL_VERSION, type CellInput } from '../../sim/index.ts';
import type { Plugin } from '../plugin/types.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { Cell, ResolvedWorkload } from './types.ts';

/** Cells that differ in their seed alone: `seeds` of them from `firstSeed` on, the first at `first` in the plan. */
export interface PlanGroup {
  readonly workload: string;
  readonly strategy: string;
  readonly first: number;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly cell: (seed: number) => Cell;
}

/** What a cell is called by. */
export type CellName = Pick<Cell, 'workload' | 'strategy' | 'seed'>;

export class Plan implements Iterable<Cell> {
  readonly groups: readonly PlanGroup[];
  /** Number of cells. */
  readonly count: number;
  readonly #byName: ReadonlyMap<string, PlanGroup>;

  /** Groups one behind the other from 0 on. */
  constructor(groups: readonly PlanGroup[]) {
    this.groups = groups;
    this.count = groups.reduce((sum, { seeds }) => sum + seeds, 0);
    this.#byName = new Map(groups.map((group) => [groupKey(group), group]));
  }

  *[Symbol.iterator](): Generator<Cell> {
    for (const { cell, firstSeed, seeds } of this.groups) for (let i = 0; i < seeds; i++) yield cell(firstSeed + i);
  }

  /** Place of the cell of that name; null when there is none. */
  indexOf(name: CellName): number | null {
    const group = this.#byName.get(groupKey(name));
    if (group === undefined) return null;
    const within = name.seed - group.firstSeed;
    return Number.isInteger(within) && within >= 0 && within < group.seeds ? group.first + within : null;
  }

  /** The cell of that name; null when there is none. */
  cellNamed(name: CellName): Cell | null {
    return this.indexOf(name) === null ? null : this.#byName.get(groupKey(name))!.cell(name.seed);
  }
}

/** One text for a workload under a strategy, whatever they are called. */
export function groupKey({ workload, strategy }: Omit<CellName, 'seed'>): string {
  return JSON.stringify([workload, strategy]);
}

export interface GroupOptions {
  readonly workload: ResolvedWorkload;
  /** Strategies that act together. */
  readonly names: readonly string[];
  /** Those among them that are not built in. */
  readonly plugins: readonly Plugin[];
  readonly auditEveryNs: number;
  /** Canonical text of the description, which is long when it replays a recording. */
  readonly description: string;
}

/** Makes the cells of one workload under one combination of strategies, by their seed. */
export function cellMaker({
  workload,
  names,
  plugins,
  auditEveryNs,
  description,
}: GroupOptions): (seed: number) => Cell {
  const inputOf = (seed: number): CellInput => ({
    description: workload.description,
    strategies: names,
    seed,
    auditEveryNs,
  });
  // Without plug-ins the identity is what it was before there were any.
  const ids = plugins.length === 0 ? {} : { plugins: plugins.map(({ name, hash }) => ({ name, hash })) };
  const known = new Map([[workload.description, description]]);
  const text = canonicalJson({ model: MODEL_VERSION, input: inputOf(0), ...ids }, known);
  // Everything before the seed is the same in all of them, and is hashed once.
  const before = text.lastIndexOf('"seed":0,') + '"seed":'.length;
  const begun: Hash = createHash('sha256').update(text.slice(0, before));
  const behind = text.slice(before + 1);
  return (seed) => ({
    id: begun.copy().update(`${seed}${behind}`).digest('hex').slice(0, 16),
    workload: workload.name,
    strategy: names.join('+'),
    kernel: workload.kernel,
    device: workload.device,
    seed,
    settings: workload.settings,
    input: inputOf(seed),
    ...(plugins.length === 0 ? {} : { plugins }),
  });
}
