/**
 * Reclaim of clean page-cache pages by kswapd or directly (mm/vmscan.c: shrink_lruvec, shrink_active_list,
 * shrink_inactive_list, shrink_page_list).
 *
 * Differences: there is no swap, so anonymous lists are not scanned; a mapped file page counts as referenced (the
 * kernel would look at its ptes and unmap it in the end), so it is activated and never reclaimed, and nothing else
 * activates a page (mark_page_accessed would at the second access); dirty pages are left to writeback and marked
 * PG.reclaim; a page is judged where it stands instead of on a list of isolated ones.
 */
import { PG } from './frames.ts';
import { LRU } from './lru.ts';
import type { PageCache } from './pagecache.ts';
import type { PhysicalMemory } from './physical.ts';

/** Pages isolated, scanned or asked for at a time; COMPACT_CLUSTER_MAX is the same (include/linux/swap.h). */
export const SWAP_CLUSTER_MAX = 32;

export class Reclaim {
  /** Pages that the last call looked at on both file lists. */
  lastScanned = 0;
  /** Pages freed so far. */
  freed = 0;
  readonly #memory: PhysicalMemory;
  readonly #cache: PageCache;

  constructor(memory: PhysicalMemory, cache: PageCache) {
    this.#memory = memory;
    this.#cache = cache;
  }

  /**
   * Frees up to `wanted` pages from the tail of the inactive file list; looks at no more pages than the lists hold.
   * Returns pages freed.
   */
  shrinkFileLru(cpu: number, wanted: number): number {
    const { lengths } = this.#memory.lru.lists;
    this.#memory.pagevecs.lruAddDrain(cpu);
    this.lastScanned = 0;
    let freed = 0;
    let active = lengths[LRU.activeFile];
    let inactive = lengths[LRU.inactiveFile];
    while (freed < wanted) {
      // inactive_file_is_low.
      if (active > 0 && lengths[LRU.activeFile] > lengths[LRU.inactiveFile]) {
        const pages = Math.min(SWAP_CLUSTER_MAX, active);
        active -= pages;
        inactive += this.#shrinkActive(pages);
      } else if (inactive === 0) {
        break;
      }
      const pages = Math.min(SWAP_CLUSTER_MAX, inactive);
      inactive -= pages;
      freed += this.#shrinkInactive(cpu, pages, wanted - freed);
    }
    this.freed += freed;
    return freed;
  }

  /** shrink_active_list: unmapped pages become inactive, mapped ones stay. Returns pages that became inactive. */
  #shrinkActive(pages: number): number {
    const { lru, frames } = this.#memory;
    let moved = 0;
    for (let i = 0; i < pages; i++) {
      const pfn = lru.lists.tails[LRU.activeFile];
      const isMapped = frames.mapcount[pfn] > 0;
      lru.remove(pfn);
      lru.add(pfn, isMapped ? LRU.activeFile : LRU.inactiveFile);
      if (!isMapped) moved++;
    }
    this.lastScanned += pages;
    return moved;
  }

  /** shrink_inactive_list: looks at up to `pages` pages; returns pages freed. */
  #shrinkInactive(cpu: number, pages: number, wanted: number): number {
    const { lru, frames } = this.#memory;
    let freed = 0;
    for (let i = 0; i < pages && freed < wanted; i++) {
      const pfn = lru.lists.tails[LRU.inactiveFile];
      this.lastScanned++;
      if (this.#cache.dropClean(cpu, pfn)) {
        freed++;
        continue;
      }
      const flags = frames.flags[pfn];
      const isBusy = (flags & PG.locked) !== 0;
      if (!isBusy && (flags & (PG.dirty | PG.writeback)) !== 0) frames.flags[pfn] |= PG.reclaim;
      lru.remove(pfn);
      lru.add(pfn, !isBusy && frames.mapcount[pfn] > 0 ? LRU.activeFile : LRU.inactiveFile);
    }
    return freed;
  }
}
