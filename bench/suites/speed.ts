/**
 * Whole devices: how many simulated seconds pass in a wall second on one core.
 *
 * The marginal rate leaves boot and settling out: time is taken from the moment the device is booted to its last
 * simulated second; by CPU time too, which a busy machine changes less. The rate of a cell as users run it has
 * everything in it.
 */
import { performance } from 'node:perf_hooks';
import { listWorkloads } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { medianLimits } from '../stats/medianLimits.ts';
import { ReusedArena, runCellBySeconds } from '../../sim/index.ts';
import { standardCell } from './cells.ts';
import { mustHold } from './mustHold.ts';
import { measure, type Figure, type SuiteResult } from './wall.ts';

/** pages_to_scan and sleep_millisecs: the kernel's default, and a scan ten times as fast. */
const SETTINGS = [
  { pages: 100, sleep: 20 },
  { pages: 1000, sleep: 20 },
] as const;
const PER_WALL = 'device s / wall s';
const PER_CPU = 'device s / CPU s';
/** Measured time of a cell where it is only to be seen that it runs. */
const QUICK_NS = 5e9;
/** Calls that are not timed: a cell takes up to four times as long while V8 still compiles, and a sweep has many. */
const WARM_CALLS = 3;

/** As in a worker thread, each device is built in the memory of the one before. */
const memory = new ReusedArena();

/** ms of one cell: wall time from the booted device to its end, CPU time of the process meanwhile, wall time of all. */
interface Run {
  /** Time that passed on the device, ns. */
  readonly simulated: number;
  readonly device: number;
  readonly deviceCpu: number;
  readonly all: number;
}

function timedRun({ input }: Cell): Run {
  const began = performance.now();
  const seconds = runCellBySeconds(input, [], null, memory);
  seconds.next();
  const booted = performance.now();
  const cpu = process.cpuUsage();
  let ended = booted;
  let spent = cpu;
  let simulated = 0;
  for (let next = seconds.next(); next.done !== true; next = seconds.next()) {
    simulated = next.value;
    ended = performance.now();
    spent = process.cpuUsage(cpu);
  }
  const deviceCpu = (spent.user + spent.system) / 1e3;
  return { simulated, device: ended - booted, deviceCpu, all: performance.now() - began };
}

/** Simulated time of a cell, s: warm-up and measured time. */
function deviceSeconds({ input: { description } }: Cell): number {
  return (description.warmupNs + description.durationNs) / 1e9;
}

/** Device-seconds per wall-second of every workload; by workload the marginal one at the first of SETTINGS. */
export async function deviceSpeed(
  iterations: number,
  quick: boolean,
): Promise<{ suite: SuiteResult; deviceSecondsPerWallSecond: Record<string, number> }> {
  const figures: Figure[] = [];
  const speeds: Record<string, number> = {};
  for (const { name: workload } of listWorkloads()) {
    for (const [index, { pages, sleep }] of SETTINGS.entries()) {
      const isDefault = index === 0;
      const set = [`ksm.pages_to_scan=${pages}`, `ksm.sleep_millisecs=${sleep}`];
      // A fast scan takes ten times the wall time: a quick cell of it is long enough.
      const shortened = quick ? { durationNs: QUICK_NS } : {};
      const cell = standardCell(workload, { set, quick: quick || !isDefault, ...shortened });
      const name = `${workload} at ${pages}/${sleep}`;
      const runs = await runsOf(name, cell, iterations, quick ? 1 : WARM_CALLS);
      const rate = (what: string, unit: string, ms: (run: Run) => number): Figure => {
        const { median, low, high } = medianLimits(runs.map((run) => deviceSeconds(cell) / (ms(run) / 1e3)));
        return { name: `${name}, ${what}`, value: median, low, high, samples: runs.length, unit, better: 'more' };
      };
      const marginal = rate('marginal', PER_WALL, ({ device }) => device);
      figures.push(
        marginal,
        rate('marginal by CPU time', PER_CPU, ({ deviceCpu }) => deviceCpu),
      );
      if (!isDefault) continue;
      figures.push(rate('whole cell', PER_WALL, ({ all }) => all));
      speeds[workload] = marginal.value;
    }
  }
  const cells = quick ? 'very short cells' : 'default cells (quick ones for the fast scan)';
  const about = `${cells} under stock, seed 1; marginal: without boot and settling`;
  return { suite: { name: 'device speed', about, timings: [], figures }, deviceSecondsPerWallSecond: speeds };
}

/** The timed calls, after some that are not. */
async function runsOf(name: string, cell: Cell, iterations: number, warm: number): Promise<Run[]> {
  const runs: Run[] = [];
  const after = (): void => {
    const seconds = runs[runs.length - 1].simulated / 1e9;
    mustHold(seconds === deviceSeconds(cell), `${deviceSeconds(cell)} simulated seconds, not ${seconds}`);
  };
  await measure(name, '', [{ name, run: () => void runs.push(timedRun(cell)), after }], iterations, warm);
  return runs.slice(-iterations);
}
