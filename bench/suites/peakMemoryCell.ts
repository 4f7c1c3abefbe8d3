/**
 * Cells in a process of its own (askProcess.ts), started with --expose-gc: told which, answers with what memory one
 * took that used the memory of others, as all but the first of a worker do.
 */
import { answerQuestion } from './askProcess.ts';
import { ReusedArena, runCell, runCellBySeconds } from '../../sim/index.ts';
import { standardCell } from './cells.ts';

export interface AskedCell {
  readonly workload: string;
  readonly quick: boolean;
}

/** Bytes. */
export interface MemoryUsed {
  /** Resident set of the process before the cell, and at its peak. */
  readonly before: number;
  readonly peak: number;
  /** Typed arrays of the device, and other live objects of the process at the end. */
  readonly arrays: number;
  readonly heap: number;
}

answerQuestion(({ workload, quick }: AskedCell): MemoryUsed => {
  const { input } = standardCell(workload, { quick });
  const before = process.memoryUsage.rss();
  const memory = new ReusedArena();
  // The first says how much is wanted, the second is given fresh memory.
  for (let earlier = 0; earlier < 2; earlier++) runCell(input, [], null, memory);
  gc!();
  const seconds = runCellBySeconds(input, [], null, memory);
  let lastSecond = seconds.next();
  const end = input.description.warmupNs + input.description.durationNs;
  // Up to the last second the device is in use: what is live then is what a cell holds.
  while (lastSecond.done !== true && lastSecond.value < end) lastSecond = seconds.next();
  gc!();
  const { arrayBuffers: arrays, heapUsed: heap } = process.memoryUsage();
  if (seconds.next().done !== true) throw new Error(`the cell of ${workload} goes on beyond its end`);
  return { before, peak: process.resourceUsage().maxRSS * 1024, arrays, heap };
});
