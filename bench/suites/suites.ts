/** The suites that measure the simulator itself in wall-clock time. */
import { listWorkloads, loadWorkload, planCells } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { localEngine } from '../run/pool.ts';
import { runCell } from '../../sim/index.ts';
import type { DeviceDescription } from '../../sim/index.ts';
import { measure } from './wall.ts';
import type { SuiteResult } from './wall.ts';

const SECOND = 1_000_000_000;

function stockCells(workload: string, seeds: number): Cell[] {
  const loaded = loadWorkload(workload, { set: [], durationNs: null, quick: true });
  return planCells({ workloads: [loaded], strategies: ['stock'], seeds, firstSeed: 1, auditEveryNs: 0 });
}

/** Simulated time of a cell, s: warm-up and measured time. */
function deviceSeconds(description: DeviceDescription): number {
  return (description.warmupNs + description.durationNs) / SECOND;
}

/** One whole quick cell per workload, and how many simulated seconds pass in a wall second (median call). */
export async function wholeCells(
  iterations: number,
): Promise<{ suite: SuiteResult; deviceSecondsPerWallSecond: Record<string, number> }> {
  const cells = listWorkloads().map(({ name }) => stockCells(name, 1)[0]);
  const subjects = cells.map((cell) => ({ name: cell.workload, run: () => void runCell(cell.input) }));
  const about = 'one quick cell under stock, seed 1, building the device and its settling scans included';
  const suite = await measure('whole cells', about, subjects, iterations);
  const speeds = cells.map((cell, index) => [
    cell.workload,
    deviceSeconds(cell.input.description) / (suite.timings[index].p50Ms / 1e3),
  ]);
  return { suite, deviceSecondsPerWallSecond: Object.fromEntries(speeds) as Record<string, number> };
}

/** ksmd alone on a device where nothing else happens: visits (pages scanned) per wall second. */
export async function ksmdVisits(iterations: number): Promise<{ suite: SuiteResult; ksmdVisitsPerSecond: number }> {
  const cell = stockCells('fork-free', 1)[0];
  const alone = (durationNs: number): Cell['input'] => {
    const { description } = cell.input;
    const load = { ...description.load, spawners: [], cmaClients: [], pins: [] };
    const ksm = { ...description.ksm, pages_to_scan: 10_000, sleep_millisecs: 1 };
    return { ...cell.input, description: { ...description, load, ksm, warmupNs: 0, durationNs } };
  };
  const none = alone(SECOND / 1000);
  const some = alone(20 * SECOND);
  const visits = runCell(some).ksm.pagesScanned - runCell(none).ksm.pagesScanned;
  const suite = await measure(
    'ksmd visits',
    `ksmd scanning 20 simulated s without load (${visits} visits), and the same device without them`,
    [
      { name: 'with visits', run: () => void runCell(some) },
      { name: 'without', run: () => void runCell(none) },
    ],
    iterations,
  );
  const milliseconds = suite.timings[0].p50Ms - suite.timings[1].p50Ms;
  return { suite, ksmdVisitsPerSecond: milliseconds > 0 ? visits / (milliseconds / 1e3) : 0 };
}

/** The same cells on one worker thread and on two: wall time of one over that of two. */
export async function twoWorkers(iterations: number): Promise<{ suite: SuiteResult; twoWorkersOverOne: number }> {
  const cells = stockCells('fork-heavy', 12);
  const on = (threads: number) => async (): Promise<void> => {
    const { signal } = new AbortController();
    await localEngine(threads).run(cells, {
      signal,
      onCell: (_, reply) => (reply.ok ? Promise.resolve() : Promise.reject(new Error(reply.error.message))),
    });
  };
  const suite = await measure(
    'worker threads',
    `${cells.length} quick cells of fork-heavy, starting the threads included`,
    [
      { name: 'one worker', run: on(1) },
      { name: 'two workers', run: on(2) },
    ],
    iterations,
  );
  return { suite, twoWorkersOverOne: suite.timings[0].p50Ms / suite.timings[1].p50Ms };
}
