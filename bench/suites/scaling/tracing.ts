/** What tracing costs: the same cell without a tracer, with one whose events nobody takes, and written to a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCellBySeconds, Tracer } from '../../../sim/index.ts';
import type { Watch } from '../../../sim/index.ts';
import type { Cell } from '../../plan/types.ts';
import { medianLimits, type MedianEstimate } from '../../stats/medianLimits.ts';
import { defaultGroups } from '../../trace/groups.ts';
import { FileOutput } from '../../trace/output.ts';
import { traceCell } from '../../trace/traceCell.ts';
import { standardCell } from '../cells.ts';
import { asyncCpuMs, cpuMs } from '../cpuTime.ts';
import type { Report } from '../registry.ts';
import type { Figure } from '../wall.ts';

/** s: short enough for a trace to have everything in it (bench/trace/groups.ts). */
const SECONDS = 20;
const CELLS: readonly { readonly workload: string; readonly set: readonly string[] }[] = [
  { workload: 'zygote-launch', set: [] },
  { workload: 'zygote-launch', set: ['ksm.pages_to_scan=1000'] },
  { workload: 'fork-heavy', set: ['ksm.pages_to_scan=1000'] },
];
/** One turn is three cells; a ratio of two turns is too few. */
const TURNS_PER_ITERATION = 2;

/** CPU ms of one turn. */
interface Turn {
  readonly untraced: number;
  readonly traced: number;
  readonly written: number;
}

function run(cell: Cell, watch: Watch | null): void {
  const seconds = runCellBySeconds(cell.input, [], watch);
  while (seconds.next().done !== true);
}

async function write(cell: Cell, path: string): Promise<void> {
  const { warmupNs, durationNs } = cell.input.description;
  const to = warmupNs + durationNs;
  const traced = await traceCell(cell, new FileOutput(path), {
    run: 'bench',
    format: 'perfetto',
    window: { from: 0, to, groups: defaultGroups(to) },
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  if (traced.broken !== null) throw traced.broken;
}

async function turnsOf(cell: Cell, turns: number, path: string): Promise<Turn[]> {
  const measured: Turn[] = [];
  let events = 0;
  for (let turn = 0; turn <= turns; turn++) {
    const untraced = cpuMs(() => run(cell, null));
    const traced = cpuMs(() => run(cell, new Tracer(() => events++)));
    const written = await asyncCpuMs(() => write(cell, path));
    if (turn > 0) measured.push({ untraced, traced, written });
  }
  if (events === 0) throw new Error('the tracer told nothing');
  return measured;
}

/** The suite of `npm run bench`. */
export async function tracingSuite(iterations: number): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'cma-stress-bench-'));
  const figures: Figure[] = [];
  const tracing: Record<string, readonly Turn[]> = {};
  try {
    for (const { workload, set } of CELLS) {
      const name = [workload, ...set].join(' ');
      const cell = standardCell(workload, { set: ['warm_up=0s', ...set], durationNs: SECONDS * 1e9 });
      const turns = await turnsOf(cell, TURNS_PER_ITERATION * iterations, join(folder, 'trace.json'));
      tracing[name] = turns;
      const ratio = (part: 'traced' | 'written') => medianLimits(turns.map((turn) => turn[part] / turn.untraced));
      figures.push(figure(`${name}, traced / untraced`, ratio('traced'), turns.length));
      figures.push(figure(`${name}, written to a file / untraced`, ratio('written'), turns.length));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const about = `CPU time of ${SECONDS} simulated s with every event traced, boot included, over that without`;
  return { suite: { name: 'tracing', about, timings: [], figures }, tracing };
}

function figure(name: string, { median, low, high }: MedianEstimate, samples: number): Figure {
  return { name, value: median, low, high, unit: 'x', better: 'less', samples };
}
