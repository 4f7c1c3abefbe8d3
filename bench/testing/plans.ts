/** Plans of cells that no workload stands behind, for tests of what runs and keeps them. */
import { Plan } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';

/** The plan of these cells, each in a group of its own. */
export function planOfCells(cells: readonly Cell[]): Plan {
  return new Plan(
    cells.map((cell, index) => ({
      workload: cell.workload,
      strategy: cell.strategy,
      first: index,
      firstSeed: cell.seed,
      seeds: 1,
      cell: () => cell,
    })),
  );
}

/** A cell that a worker cannot run: it has no description. Strategies tell the cells of a plan apart. */
export function brokenCell(id: string, strategy: string, seed = 1): Cell {
  const input = { description: null, strategies: ['stock'], seed, auditEveryNs: 0 } as unknown as Cell['input'];
  return { id, workload: 'w', strategy, kernel: 'k', device: 'd', seed, settings: {}, input };
}
