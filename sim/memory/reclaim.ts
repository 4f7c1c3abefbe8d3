/**
 * Reclaim of clean page-cache pages by kswapd or directly (mm/vmscan.c: shrink_lruvec, shrink_active_list,
 * shrink_inactive_list, shrink_page_list).
 *
 * Differences: there is no swap, so anonymous lists are not scanned; a mapped file page counts as referenced (the kernel
 * would look at its ptes and unmap it in the end), so it is activated and never reclaimed; dirty pages are left to
 * writeback and marked PG.reclaim; a page is judged where it stands instead of on a list of isolated ones. PG.referenced
 * alone does not save a clean unmapped page (PAGEREF_RECLAIM_CLEAN): the second chance is activation by a second access.
 */
import { PG } from './frames.ts';
import { LRU } from './lru.ts';
import type { PageCache } from './pagecache.ts';
import type { PhysicalMemory } from './physical.ts';

/** SWAP_CLUSTER_MAX. */
const CLUSTER = 32;

export class Reclaim {
  /** Pages looked at on both file lists, and pages freed: by the last call, and by all. */
  lastScanned = 0;
  scanned = 0;
  freed = 0;
  readonly #memory: PhysicalMemory;
  readonly #cache: PageCache;

  constructor(memory: PhysicalMemory, cache: PageCache) {
    this.#memory = memory;
    this.#cache = cache;
  }

  /** Frees up to `wanted` pages of the inactive file list, from its tail, each page looked at once at most; returns how many. */
  shrinkFileLru(cpu: number, wanted: number): number {
    const { lengths } = this.#memory.lru.lists;
    this.#memory.pagevecs.lruAddDrain(cpu);
    this.lastScanned = 0;
    let freed = 0;
    let left = lengths[LRU.inactiveFile] + lengths[LRU.activeFile];
    while (freed < wanted && left > 0) {
      const active = lengths[LRU.activeFile];
      // inactive_file_is_low.
      if (active > lengths[LRU.inactiveFile]) left -= this.#shrinkActive(Math.min(CLUSTER, left, active));
      const inactive = Math.min(CLUSTER, left, lengths[LRU.inactiveFile]);
      if (inactive === 0 && active <= lengths[LRU.inactiveFile]) break;
      left -= inactive;
      freed += this.#shrinkInactive(cpu, inactive, wanted - freed);
    }
    this.scanned += this.lastScanned;
    this.freed += freed;
    return freed;
  }

  /** shrink_active_list: unmapped pages become inactive, mapped ones stay. Returns pages looked at. */
  #shrinkActive(pages: number): number {
    const { lru, frames } = this.#memory;
    for (let i = 0; i < pages; i++) {
      const pfn = lru.lists.tails[LRU.activeFile];
      lru.remove(pfn);
      lru.add(pfn, frames.mapcount[pfn] > 0 ? LRU.activeFile : LRU.inactiveFile);
    }
    this.lastScanned += pages;
    return pages;
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
