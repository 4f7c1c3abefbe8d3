/**
 * What the boot, and runs before this one, have left in the memory of the recorded machine: the kernel's own pages,
 * some of them scattered, and pages of tmpfs in the CMA area.
 */
import type { Stream } from '../clock/random.ts';
import type { DeviceDescription } from '../description.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { KIND } from '../memory/frames.ts';
import { MIGRATE } from '../memory/pageblocks.ts';
import { GFP } from '../memory/physical.ts';

/**
 * Kernel memory differs by up to so many pages from run to run: 5th to 95th percentile, over the recordings, of what is
 * neither free nor ballast at the first sample.
 */
const KERNEL_SPREAD = 325;
/**
 * Kernel pages that lie scattered over the movable pageblocks, more the longer the machine has been up: as many as cut
 * the free blocks that compaction made into the pieces that buddyinfo shows (raw_gdet, the first run of its boot, about
 * 30; raw_free_s20_p1000, a late one, about 180).
 */
const SCATTERED = { least: 30, most: 180 } as const;
/** Frames looked at for each of them: nearly all lie free at boot. */
const MOST_TRIES = 1000;
/**
 * Pages of tmpfs, the initramfs, that a boot leaves in the area: all values but two among the recordings of fork_heavy
 * and fork_free in which there are any. They lie in its last eighth: they stay where the other seven are held
 * (freehold).
 */
const TMPFS_IN_AREA = { least: 77, most: 103, part: 1 / 8 } as const;

/** `zoneStart`: first frame of the zone. `tmpfsInArea`: see TestbedSizes. */
export function fillAtBoot(
  description: DeviceDescription,
  memory: KernelMemory,
  zoneStart: number,
  tmpfsInArea: boolean,
  stream: Stream,
): void {
  const { unmovablePages, reclaimablePages, cma } = description.memory;
  const scattered = SCATTERED.least + stream.below(SCATTERED.most - SCATTERED.least + 1);
  const more = stream.below(2 * KERNEL_SPREAD + 1) - KERNEL_SPREAD;
  memory.memory.allocKernelPages(Math.max(0, unmovablePages + more - scattered), GFP.noWatermark);
  memory.memory.allocKernelPages(reclaimablePages, GFP.noWatermark | GFP.reclaimable);
  scatter(memory, zoneStart, cma[0].first, scattered, stream);
  if (tmpfsInArea) keepTmpfs(memory, cma[0].first, cma[0].pages, stream);
}

function scatter({ memory }: KernelMemory, first: number, end: number, pages: number, stream: Stream): void {
  const { frames, blocks } = memory;
  let tries = MOST_TRIES * pages;
  for (let left = pages; left > 0;) {
    if (tries-- === 0) throw new RangeError('there is hardly a free frame below the CMA area for kernel memory');
    const pfn = first + stream.below(end - first);
    if (blocks.typeOf(pfn) !== MIGRATE.movable || !memory.allocExact(pfn)) continue;
    frames.kind[pfn] = KIND.kernel;
    left--;
  }
}

/** Dirty for ever, as tmpfs is: they can be migrated, not dropped. The smallest area, a pageblock, has room. */
function keepTmpfs({ memory, cache }: KernelMemory, base: number, areaPages: number, stream: Stream): void {
  const span = Math.floor(areaPages * TMPFS_IN_AREA.part);
  const pages = TMPFS_IN_AREA.least + stream.below(TMPFS_IN_AREA.most - TMPFS_IN_AREA.least + 1);
  const file = cache.addFile(pages);
  for (let index = 0; index < pages;) {
    const pfn = base + areaPages - span + stream.below(span);
    if (memory.allocExact(pfn)) cache.insert(0, pfn, file, index++, true, false);
  }
  memory.pagevecs.lruAddDrainAll();
}
