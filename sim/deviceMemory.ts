/** Physical memory as a device description has it, booted, with an empty page cache. */
import type { DeviceDescription } from './description.ts';
import { KernelMemory } from './kernelMemory.ts';
import { Cleancache } from './memory/cleancache.ts';
import type { LowZoneOptions } from './memory/lowZone.ts';
import { PageCache } from './memory/pagecache.ts';
import { pcpSizes } from './memory/pcpSizes.ts';
import { PhysicalMemory } from './memory/physical.ts';

const PAGE_KBYTES = 4;
/** pageblock_order and MAX_ORDER - 1 of all devices. */
const PAGEBLOCK_ORDER = 10;

export function deviceMemory(description: Omit<DeviceDescription, 'load'>, lowZone?: LowZoneOptions): KernelMemory {
  const { memory, kernel, cpus } = description;
  const { changes } = kernel;
  const reserved = memory.reserved.reduce((sum, span) => sum + span.pages, 0);
  const minFreePages = Math.floor(memory.minFreeKbytes / PAGE_KBYTES);
  const pcp = pcpSizes(memory.frames - reserved, minFreePages, cpus, changes?.pcpScales === true);
  const physical = new PhysicalMemory({
    frames: memory.frames,
    cpus,
    pageblockOrder: PAGEBLOCK_ORDER,
    reserved: memory.reserved,
    cma: memory.cma,
    pcpBatch: pcp.batch,
    pcpHigh: pcp.high,
    ...(lowZone === undefined ? {} : { lowZone }),
    minFreePages,
    extraFreePages: Math.floor(memory.extraFreeKbytes / PAGE_KBYTES),
    pagevec: true,
    cmaFirstForAnon: kernel.cmaFirstForAnon,
    pageCacheOutsideCma: kernel.pageCacheOutsideCma,
    cmaFreeBypassesPcp: kernel.cmaFreeBypassesPcp,
    ...(kernel.cmaFor === undefined ? {} : { cmaFor: kernel.cmaFor }),
    ...(kernel.targetsOutsideCma === undefined ? {} : { targetsOutsideCma: kernel.targetsOutsideCma }),
    ...(changes === undefined ? {} : { changes }),
  });
  const cache = new PageCache(physical);
  if (kernel.cmaFor === 'cleancache') cache.cleancache = new Cleancache(physical);
  return new KernelMemory(physical, cache);
}
