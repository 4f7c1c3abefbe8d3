/** Adds a page to the page cache, with direct reclaim when memory is short, as other allocations have it. */
import type { KernelMemory } from '../kernelMemory.ts';

/** The frame, or NONE: no memory even so. */
export function cachePage(memory: KernelMemory, cpu: number, file: number, index: number, hasBuffers = false): number {
  const pfn = memory.cache.add(cpu, file, index, false, hasBuffers);
  if (pfn >= 0) return pfn;
  return memory.reclaimFor(cpu, () => memory.cache.add(cpu, file, index, false, hasBuffers));
}
