/** ksmd scanning a device on which nothing else happens, as the scheduler steps it. */
import type { Cell } from '../plan/types.ts';
import { runCell } from '../../sim/index.ts';
import { standardCell } from './cells.ts';
import { measure } from './wall.ts';
import type { SuiteResult } from './wall.ts';

const SECOND = 1_000_000_000;

/** Visits (pages scanned) per wall second: calls with them less calls without. */
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
