/** Cells of the shipped workloads under stock, as `run` would plan them. */
import { loadWorkload, planCells } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';

export interface CellChoice {
  /** `run --quick`; default: false. */
  readonly quick?: boolean;
  /** Measured time, ns; default: the workload's. */
  readonly durationNs?: number;
  /** As `--set`. */
  readonly set?: readonly string[];
}

/** The cells of `seeds` seeds, from 1. */
export function standardCells(workload: string, seeds: number, choice: CellChoice = {}): Cell[] {
  const { quick = false, durationNs = null, set = [] } = choice;
  const loaded = loadWorkload(workload, { set, durationNs, quick });
  return planCells({ workloads: [loaded], strategies: ['stock'], seeds, firstSeed: 1, auditEveryNs: 0 });
}

export function standardCell(workload: string, choice: CellChoice = {}): Cell {
  return standardCells(workload, 1, choice)[0];
}
