/** Adds a page to the page cache, with one direct reclaim when memory is short, as other allocations have it. */
import type { KernelMemory } from '../kernelMemory.ts';
import { NONE } from '../memory/frames.ts';

/** SWAP_CLUSTER_MAX. */
const RECLAIM_CLUSTER = 32;

/** The frame, or NONE: no memory even so. */
export function cachePage(memory: KernelMemory, cpu: number, file: number, index: number, hasBuffers = false): number {
  const pfn = memory.cache.add(cpu, file, index, false, hasBuffers);
  if (pfn !== NONE) return pfn;
  if (memory.reclaim.shrinkFileLru(cpu, RECLAIM_CLUSTER) > 0) {
    const again = memory.cache.add(cpu, file, index, false, hasBuffers);
    if (again !== NONE) return again;
  }
  memory.failures++;
  return NONE;
}
