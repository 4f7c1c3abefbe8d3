/** The device that parts are measured on, and the few things that are done to it: processes, writes, passes of ksmd. */
import { loadDevice } from '../../plan/index.ts';
import { idleDevice, PTE_SHIFT } from '../../../sim/index.ts';
import type { IdleDevice, PoolLimits } from '../../../sim/index.ts';

/** Frames, CMA area, costs and kernel of the device that the standard workloads run on. */
const DEVICE = 'zx1800-512';
/** More than any suite fills: 2 million ptes, 200 000 rmap_items. */
const LIMITS: PoolLimits = {
  mms: 256,
  vmas: 2048,
  anonVmas: 4096,
  chains: 65_536,
  leaves: 8192,
  files: 1,
  rmapItems: 200_000,
  stableNodes: 200_000,
};
/** ksmd goes through all it has in one batch, and sleeps as briefly as HZ allows. */
const UNHURRIED = { pages_to_scan: 1_000_000, sleep_millisecs: 1 };
/** Everything is done on the first CPU, in the name of no actor: nothing here ever waits for a lock. */
export const CPU = 0;
export const NOBODY = 255;
/** First page of the one mapping of each process. */
export const FIRST = 256;
/** How far ksmd runs before it is looked at again, simulated ns: some 200 visits, and a single one. */
const SLICE = 1_000_000;
const FINE_SLICE = 5000;
/** More than any pass takes here, simulated ns. */
const LONGEST_PASS = 60e9;

/** Booted, with an idle ksmd. */
export function partDevice(): IdleDevice {
  const description = loadDevice(DEVICE);
  return idleDevice({ ...description, ksm: { ...description.ksm, ...UNHURRIED } }, LIMITS);
}

/** A process with one mapping of `pages` pages from FIRST on, nothing of it touched. Returns its mm. */
export function startProcess({ kernel }: IdleDevice, pages: number, mergeable: boolean): number {
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, FIRST, pages, -1, false);
  if (mergeable) kernel.control.madviseMergeable(mm, FIRST, pages);
  return mm;
}

/** The process writes each of its first `pages` pages: `contentOf(page)`. Equal numbers are equal contents. */
export function writePages(
  { kernel }: IdleDevice,
  mm: number,
  pages: number,
  contentOf: (page: number) => number,
): void {
  for (let page = 0; page < pages; page++) {
    const took = kernel.faults.write(mm, FIRST + page, contentOf(page), CPU, NOBODY);
    if (took < 0) throw new Error(`a write to page ${page} came to ${took}`);
  }
}

/** Frame that the process maps at that page. */
export function frameOf({ kernel }: IdleDevice, mm: number, page: number): number {
  return kernel.tables.get(mm, FIRST + page) >> PTE_SHIFT;
}

/** Runs ksmd until `isThere`, which is asked after each `slice` of simulated ns. Throws Error when it never is. */
function scanUntil({ scheduler }: IdleDevice, isThere: () => boolean, slice: number): void {
  for (const end = scheduler.now + LONGEST_PASS; scheduler.now < end; scheduler.run(scheduler.now + slice)) {
    if (isThere()) return;
  }
  throw new Error('ksmd never came to where it was to go');
}

/** Runs ksmd to the end of its pass, `passes` times. */
export function scanPasses(device: IdleDevice, passes: number): void {
  const { cursor } = device.kernel;
  for (let pass = 0; pass < passes; pass++) {
    const { seqnr } = cursor;
    scanUntil(device, () => cursor.seqnr !== seqnr, SLICE);
  }
}

/** Runs ksmd to the first page of a process. */
export function scanTo(device: IdleDevice, mm: number): void {
  const { slots } = device.kernel;
  scanUntil(device, () => slots.cursor === mm, FINE_SLICE);
}

/** Runs ksmd through the process that it is at, and the following ones of `mms`. */
export function scanThrough(device: IdleDevice, mms: readonly number[]): void {
  const { slots } = device.kernel;
  scanUntil(device, () => !mms.includes(slots.cursor), SLICE);
}
