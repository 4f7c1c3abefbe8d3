/** In place of the module that runs cells, for tests: what may go wrong in a thread, by the cell's seed. */
import type { Cell } from '../plan/types.ts';
import type { WorkerReply } from '../run/worker.ts';
import runInWorker from '../run/worker.ts';

/** Seeds of cells with a fault; all others run as they do. `crashes` and `swells` take the whole process with them. */
export const FAULT = { throws: 2, dies: 3, diesAlways: 4, hoards: 5, loops: 7, crashes: 8, swells: 9 } as const;

/** Nobody wakes who waits on it. */
const NAP = new Int32Array(new SharedArrayBuffer(4));
const NAP_MS = 5;

/** Cells that this thread was given. */
let given = 0;

/** `throws` and `dies` go wrong only on a thread that has run another cell before. */
export default function runWithFaults(cell: Cell): WorkerReply {
  const isFresh = given++ === 0;
  if (cell.seed === FAULT.diesAlways || (cell.seed === FAULT.dies && !isFresh)) process.exit(7);
  if (cell.seed === FAULT.throws && !isFresh) throw new TypeError('not on a used thread');
  const kept: unknown[] = [];
  while (cell.seed === FAULT.hoards) kept.push(new Array(100_000).fill(kept.length));
  // It naps, so that a test of its end costs no CPU time.
  while (cell.seed === FAULT.loops) Atomics.wait(NAP, 0, 0, NAP_MS);
  // Too much for V8 to report in good order.
  if (cell.seed === FAULT.crashes) kept.push(new Array(30_000_000).fill(0.5));
  while (cell.seed === FAULT.swells) kept.push(new Float64Array(1_000_000).fill(1));
  return runInWorker(cell);
}
