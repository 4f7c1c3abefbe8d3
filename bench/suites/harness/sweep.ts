/**
 * A sweep of the default kind whose cells are not run: as `cma-stress run` does it, from its plan to its summary and
 * page, with a worker that knows what its cells observe.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReusedArena, runCell } from '../../../sim/index.ts';
import { groupKey, loadWorkload, makePlan } from '../../plan/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Cell, ResolvedWorkload } from '../../plan/types.ts';
import { htmlReport } from '../../report/html/page.ts';
import { summaryOf, summaryText } from '../../report/summary.ts';
import { PLAIN } from '../../report/terminal.ts';
import { execute } from '../../run/execute.ts';
import { RUN_FOLDER_SCHEMA, RunFolder } from '../../run/folder.ts';
import type { RunManifest } from '../../run/folder.ts';
import { localEngine } from '../../run/pool.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import { cpuMs } from '../cpuTime.ts';
import type { Observed } from './repeatWorker.ts';

const WORKER = new URL('./repeatWorker.js', import.meta.url);
/** Workloads of `run` without arguments, and two of its strategies: the others have as much to write down. */
const WORKLOADS = ['fork-free', 'fork-heavy', 'zygote-launch'];
export const SWEPT_STRATEGIES = ['stock', 'heir-items'];
export const GROUPS = WORKLOADS.length * SWEPT_STRATEGIES.length;

/** What the groups of a sweep observe, and what observing it took. */
export interface Known {
  readonly workloads: readonly ResolvedWorkload[];
  readonly observed: Observed;
  /** CPU time of the model for a cell, mean, ms. */
  readonly modelMs: number;
}

/** Runs one cell of each group, after another that warms the model up. */
export function observe(quick: boolean): Known {
  const workloads = WORKLOADS.map((name) => loadWorkload(name, { set: [], durationNs: null, quick }));
  const observed = new Map<string, ReturnType<typeof runCell>>();
  const [warm, ...cells] = planOf(workloads, 1);
  const memory = new ReusedArena();
  const run = (cell: Cell) => runCell(cell.input, [], null, memory);
  run(warm);
  const all = cpuMs(() => {
    for (const cell of [warm, ...cells]) observed.set(groupKey(cell), run(cell));
  });
  return { workloads, observed, modelMs: all / observed.size };
}

function planOf(workloads: readonly ResolvedWorkload[], seeds: number): Plan {
  return makePlan({ workloads, strategies: SWEPT_STRATEGIES, seeds, firstSeed: 1, auditEveryNs: 0 });
}

/** A finished sweep, and where it lies. */
export interface Sweep {
  readonly plan: Plan;
  readonly run: StoredRun;
  /** Its results as terminal and page show them. */
  readonly summary: () => string;
  readonly page: () => Promise<string>;
}

/** Does a sweep of `seeds` cells a group on `threads` threads, in a folder that lives as long as `use` of it. */
export async function withSweep<T>(
  { workloads, observed }: Known,
  seeds: number,
  threads: number,
  use: (sweep: Sweep) => T | Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'cma-stress-bench-'));
  try {
    const plan = planOf(workloads, seeds);
    const folder = RunFolder.create(join(scratch, 'run'), manifestOf(workloads, seeds, plan.count));
    const { signal } = new AbortController();
    const progress = () => ({ step: () => undefined, stop: () => undefined });
    const outcome = await execute(plan, folder, {
      engine: localEngine(threads, { worker: WORKER, workerData: observed }),
      thresholds: [],
      signal,
      progress,
      damaged: () => undefined,
    });
    if (outcome.interrupted || outcome.failed.length > 0) throw new Error('cells of the sweep have no results');
    const run = { ...outcome, path: folder.path, manifest: folder.manifest };
    return await use({
      plan,
      run,
      summary: () => summaryText(summaryOf(run), PLAIN),
      page: () => htmlReport(run, { threads, signal, progress }),
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function manifestOf(workloads: readonly ResolvedWorkload[], seeds: number, cells: number): RunManifest {
  return {
    schema: RUN_FOLDER_SCHEMA,
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    name: 'bench',
    command: 'npm run bench',
    reproduce: 'npm run bench',
    node: process.version,
    startedAt: '',
    strategies: SWEPT_STRATEGIES,
    seeds,
    firstSeed: 1,
    auditEveryNs: 0,
    failIf: [],
    untilCi: null,
    workloads,
    cells,
    digest: null,
  };
}
