/** The suites that measure the simulator itself in wall-clock time. */
import { listWorkloads } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { runCell } from '../../sim/index.ts';
import { standardCell } from './cells.ts';
import { measure } from './wall.ts';
import type { SuiteResult } from './wall.ts';

const SECOND = 1_000_000_000;

/** One whole quick cell per workload. */
export async function wholeCells(iterations: number): Promise<{ suite: SuiteResult }> {
  const cells = listWorkloads().map(({ name }) => standardCell(name, { quick: true }));
  const subjects = cells.map((cell) => ({ name: cell.workload, run: () => void runCell(cell.input) }));
  const about = 'one quick cell under stock, seed 1, building the device and its settling scans included';
  return { suite: await measure('whole cells', about, subjects, iterations) };
}

/** ksmd alone on a device where nothing else happens: visits (pages scanned) per wall second. */
export async function ksmdVisits(iterations: number): Promise<{ suite: SuiteResult; ksmdVisitsPerSecond: number }> {
  const cell = standardCell('fork-free', { quick: true });
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
