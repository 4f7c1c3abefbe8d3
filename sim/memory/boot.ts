/**
 * Memory as the boot leaves it: carve-outs reserved, everything else in the buddy allocator (mm/bootmem.c:
 * free_all_bootmem; mm/page_alloc.c: init_cma_reserved_pageblock, setup_zone_migrate_reserve). Later kernels free to
 * the tails of the lists (`bootFreesToTail`) and keep no reserve (`noReserveBlocks`).
 *
 * Differences: each run of free frames is freed in the largest aligned blocks, from low to high; nothing was allocated
 * before, so the caller takes the kernel's own pages afterwards.
 */
import type { KernelChanges } from '../description.ts';
import type { Buddy } from './buddy.ts';
import { KIND, type Frames } from './frames.ts';
import { MIGRATE, type Span } from './pageblocks.ts';

const MAX_RESERVE_BLOCKS = 2;

/** `minFreePages`: the min watermark, which sizes the emergency RESERVE blocks. */
export function bootMemory(
  frames: Frames,
  buddy: Buddy,
  reserved: readonly Span[],
  minFreePages: number,
  changes: KernelChanges,
): void {
  for (const span of reserved) {
    if (span.first < 0 || span.first + span.pages > frames.total)
      throw new Error(`reserved memory at frame ${span.first}, ${span.pages} pages, lies outside the board`);
    frames.kind.fill(KIND.reserved, span.first, span.first + span.pages);
    frames.count.fill(1, span.first, span.first + span.pages);
  }
  freeOrdinary(frames, buddy, changes.bootFreesToTail);
  freeCma(frames, buddy);
  if (!changes.noReserveBlocks) reserveBlocks(frames, buddy, minFreePages);
}

function freeOrdinary(frames: Frames, buddy: Buddy, toTail: boolean): void {
  const { blocks } = buddy;
  const isOrdinary = (pfn: number) => frames.kind[pfn] !== KIND.reserved && blocks.typeOf(pfn) !== MIGRATE.cma;
  for (let pfn = 0; pfn < frames.total;) {
    if (!isOrdinary(pfn)) {
      pfn++;
      continue;
    }
    let end = pfn + 1;
    while (end < frames.total && isOrdinary(end)) end++;
    while (pfn < end) {
      let order = blocks.order;
      while ((pfn & ((1 << order) - 1)) !== 0 || pfn + (1 << order) > end) order--;
      buddy.freeOne(pfn, order, MIGRATE.movable, toTail);
      pfn += 1 << order;
    }
  }
}

/** cma_init_reserved_areas comes later than the rest. */
function freeCma(frames: Frames, buddy: Buddy): void {
  const { blocks } = buddy;
  for (let pfn = 0; pfn < frames.total; pfn += blocks.pages) {
    if (blocks.typeOf(pfn) !== MIGRATE.cma) continue;
    if (holdsReserved(frames, pfn, blocks.pages)) throw new Error(`reserved memory inside the CMA pageblock at ${pfn}`);
    buddy.freeOne(pfn, blocks.order, MIGRATE.cma);
  }
}

function reserveBlocks(frames: Frames, buddy: Buddy, minFreePages: number): void {
  const { blocks } = buddy;
  let wanted = Math.min(MAX_RESERVE_BLOCKS, Math.ceil(minFreePages / blocks.pages));
  for (let pfn = 0; pfn + blocks.pages <= frames.total && wanted > 0; pfn += blocks.pages) {
    if (blocks.typeOf(pfn) !== MIGRATE.movable || holdsReserved(frames, pfn, blocks.pages)) continue;
    blocks.setType(pfn, MIGRATE.reserve);
    buddy.moveFreepagesBlock(pfn, MIGRATE.reserve);
    wanted--;
  }
}

function holdsReserved(frames: Frames, first: number, pages: number): boolean {
  for (let pfn = first; pfn < first + pages; pfn++) if (frames.kind[pfn] === KIND.reserved) return true;
  return false;
}
