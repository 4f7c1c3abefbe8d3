/** A group of processes in numbers, before it is fitted into the device and written down. Pages of the model. */
import type { ValueSource } from '../draft.ts';

/** A number, where it came from, and why it is a guess (null: it is none). */
export interface Known {
  readonly value: number;
  readonly source: ValueSource | null;
  readonly guess: string | null;
}

export interface RegionPlan {
  readonly name: string;
  readonly kind: 'anon' | 'private-file' | 'shared-file';
  readonly file: string | null;
  readonly mergeable: boolean;
  /** Why `mergeable` is a guess; null: VmFlags say it. */
  readonly mergeableGuess: string | null;
  size: number;
  populated: number;
  readonly source: ValueSource | null;
  readonly guess: string | null;
  /** Whether its pages are written after start: heaps are, stacks and code hardly. */
  readonly isWritten: boolean;
}

/** The group of what no captured process has; no process is called so. */
export const UNCAPTURED = 'uncaptured';

export interface GroupPlan {
  readonly name: string;
  count: number;
  /** `2 processes: a, b`, with the place. */
  readonly countSource: ValueSource | null;
  readonly countGuess: string | null;
  /** Name of its parent's group; null: exec. */
  readonly parent: string | null;
  readonly lineageSource: ValueSource | null;
  readonly lineageGuess: string | null;
  readonly oomScoreAdj: Known;
  readonly rewriteInherited: Known | null;
  readonly regions: RegionPlan[];
}

/** Pages of all private regions. */
export function privatePages(group: GroupPlan): number {
  return group.regions.reduce((sum, region) => sum + (region.kind === 'shared-file' ? 0 : region.populated), 0);
}

/** The group and its ancestors, its own first. */
export function lineOf(group: GroupPlan, groups: readonly GroupPlan[]): GroupPlan[] {
  const line = [group];
  let { parent } = group;
  while (parent !== null) {
    const above = groups.find(({ name }) => name === parent);
    if (above === undefined || line.includes(above)) break;
    line.push(above);
    ({ parent } = above);
  }
  return line;
}

/** Items that ksmd keeps for the population, and frames that they stand for. */
export function mergeablePages(groups: readonly GroupPlan[]): { readonly items: number; readonly frames: number } {
  let items = 0;
  let frames = 0;
  for (const group of groups) {
    const [own, ...above] = lineOf(group, groups).map(({ regions }) =>
      regions.reduce((sum, region) => sum + (region.mergeable ? region.populated : 0), 0),
    );
    const inherited = above.reduce((sum, pages) => sum + pages, 0);
    items += group.count * (own + inherited);
    frames += group.count * (own + inherited * (group.rewriteInherited?.value ?? 0));
  }
  return { items, frames };
}
