/** Adds a page to the page cache, with direct reclaim when memory is short, as other allocations have it. */
import type { KernelMemory } from '../kernelMemory.ts';

/** The frame, or NONE: no memory even so. */
export function cachePage(memory: KernelMemory, cpu: number, file: number, index: number, hasBuffers = false): number {
  const add = (): number => memory.cache.add(cpu, file, index, false, hasBuffers);
  const pfn = add();
  return pfn >= 0 ? pfn : memory.reclaimFor(cpu, add);
}
