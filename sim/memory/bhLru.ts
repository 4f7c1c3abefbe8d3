/**
 * The per-cpu LRUs of the buffer_heads looked up last (fs/buffer.c: bh_lru_install, lookup_bh_lru, invalidate_bh_lrus).
 *
 * An entry holds a reference of its buffer_head, which page_count does not show: it makes the buffers busy, so that
 * try_to_free_buffers fails and with it reclaim of the page and, through fallback_migrate_page, its migration. Only
 * buffers of block devices are looked up, that is metadata of file systems: here the page-cache pages with PG.private.
 *
 * Difference: a page has one buffer, as with blocks of 4 KiB; an entry is the frame of its page. Not in the arena, as
 * the page cache is not: scripts that are explored have no files.
 */
import { NONE } from './frames.ts';

/** BH_LRU_SIZE of 3.10 (16 since 3.18). */
export const BH_LRU_SIZE = 8;

export class BhLru {
  /** Frames of a CPU: `cpu * BH_LRU_SIZE` onwards, looked up last first, NONE behind the last. */
  readonly entries: Int32Array;
  /** Entries by frame, at most one a CPU. */
  readonly refs: Uint8Array;
  #isDisabled = false;

  constructor(frames: number, cpus: number) {
    this.entries = new Int32Array(cpus * BH_LRU_SIZE).fill(NONE);
    this.refs = new Uint8Array(frames);
  }

  /** The buffers of the page are busy. */
  isHeld(pfn: number): boolean {
    return this.refs[pfn] > 0;
  }

  /** A buffer of the page was looked up: first in the CPU's LRU, the oldest entry goes. */
  install(cpu: number, pfn: number): void {
    if (this.#isDisabled) return;
    const { entries } = this;
    const first = cpu * BH_LRU_SIZE;
    const end = first + BH_LRU_SIZE;
    let at = first;
    while (at < end - 1 && entries[at] !== pfn) at++;
    if (entries[at] !== pfn) {
      if (entries[at] !== NONE) this.refs[entries[at]]--;
      this.refs[pfn]++;
    }
    entries.copyWithin(first + 1, first, at);
    entries[first] = pfn;
  }

  /** invalidate_bh_lrus on all CPUs. Returns how many entries there were. */
  invalidate(): number {
    let dropped = 0;
    for (const pfn of this.entries) {
      if (pfn === NONE) continue;
      this.refs[pfn]--;
      dropped++;
    }
    this.entries.fill(NONE);
    return dropped;
  }

  /** The same, and no entries until `enable`, as under lru_cache_disable of later kernels. */
  disable(): number {
    this.#isDisabled = true;
    return this.invalidate();
  }

  enable(): void {
    this.#isDisabled = false;
  }
}
