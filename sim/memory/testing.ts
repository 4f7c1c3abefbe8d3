/**
 * A small memory for tests of this room: 16 pageblocks of 16 pages, the last two CMA, no watermarks, vendor rules off.
 */
import { MIGRATE, MIGRATE_TYPES } from './pageblocks.ts';
import { PhysicalMemory, type MemoryOptions } from './physical.ts';

export const SMALL: MemoryOptions = {
  frames: 256,
  cpus: 2,
  pageblockOrder: 4,
  reserved: [],
  cma: [{ first: 224, pages: 32 }],
  pcpBatch: 4,
  pcpHigh: 8,
  minFreePages: 0,
  extraFreePages: 0,
  pagevec: true,
  cmaFirstForAnon: false,
  pageCacheOutsideCma: false,
  cmaFreeBypassesPcp: false,
};

/** The vendor's rules of CMA, all on. */
export const VENDOR = { cmaFirstForAnon: true, pageCacheOutsideCma: true, cmaFreeBypassesPcp: true } as const;

export function smallMemory(options: Partial<MemoryOptions> = {}): PhysicalMemory {
  return new PhysicalMemory({ ...SMALL, ...options });
}

/** First frames of the free blocks, from the head of the list of one order and type. */
export function freeList(memory: PhysicalMemory, order: number, type: number): number[] {
  const { lists } = memory.buddy;
  const found: number[] = [];
  for (let pfn = lists.heads[order * MIGRATE_TYPES + type]; pfn >= 0; pfn = memory.frames.next[pfn]) found.push(pfn);
  return found;
}

/** Orders of all free blocks of a type, smallest first: shows splitting and merging. */
export function freeOrders(memory: PhysicalMemory, type: number = MIGRATE.movable): number[] {
  const orders: number[] = [];
  for (let order = 0; order <= memory.blocks.order; order++)
    for (let i = memory.buddy.lists.lengths[order * MIGRATE_TYPES + type]; i > 0; i--) orders.push(order);
  return orders;
}
