/** Cells of the checks: workloads with overrides, planned like those of `cma-stress run`. */
import { join } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';
import { loadWorkload, planCells } from '../plan/index.ts';
import type { LoadOptions } from '../plan/resolve.ts';
import type { Cell } from '../plan/types.ts';

export interface CellPlan {
  readonly workload: string;
  readonly strategies: readonly string[];
  readonly seeds: number;
  readonly set?: readonly string[];
  /** As `--quick`. */
  readonly quick?: boolean;
}

/**
 * Every request of fork-heavy and unmergeable-parent asks for the whole area, as those of the recorded reproducers do.
 * There is one candidate range then: a request fails exactly when a page of the area cannot be moved, and a few
 * requests say much.
 */
export const WHOLE_AREA: readonly string[] = [0, 1, 2, 3].map((size) => `cma_clients.drivers.sizes[${size}].size=16MB`);

/** A workload of this folder's own, `workloads/selfcheck/`. */
export function ownFile(name: string): string {
  return join(packageRoot(), 'workloads', 'selfcheck', name);
}

/**
 * One entry for each strategy, its cells in the order of seeds; names are the strategies', with `prefix` before them.
 */
export function cellSets(plan: CellPlan, prefix = ''): [string, readonly Cell[]][] {
  const options: LoadOptions = { set: plan.set ?? [], durationNs: null, quick: plan.quick === true };
  const workloads = [loadWorkload(plan.workload, options)];
  return plan.strategies.map((strategy) => [
    prefix + strategy,
    planCells({ workloads, strategies: [strategy], seeds: plan.seeds, firstSeed: 1, auditEveryNs: 0 }),
  ]);
}
