/**
 * Pagevecs: small per-cpu batches on the way to and within the LRU lists (mm/swap.c: __lru_cache_add,
 * __pagevec_lru_add, rotate_reclaimable_page, lru_add_drain, putback_lru_page).
 *
 * A page in a pagevec has one reference more; in one of the lru_add pagevecs it is not PG.lru either, so that nobody
 * can isolate it. Later kernels have one lru_add pagevec of 15 for all LRU lists, drained by the page that fills it
 * (`sharedLruAdd`: cpu_fbatches.lru_add), and can do without pagevecs for a while (lru_cache_disable).
 *
 * Differences: nothing calls mark_page_accessed or deactivate_page here, so that their two pagevecs are left out;
 * lru_add_drain_all runs at once instead of as a work item on each CPU (the caller charges the time); without pagevecs
 * (`enabled` false) every operation acts on the LRU directly.
 */
import { int32, uint8 } from '../arena.ts';
import { PG, type Frames } from './frames.ts';
import { LRU_LISTS, type Lru } from './lru.ts';
import type { PageRelease } from './release.ts';

/** PAGEVEC_SIZE of 3.10, and of kernels with one lru_add pagevec. */
export const PAGEVEC_SIZE = 14;
const SHARED_PAGEVEC_SIZE = 15;
/** Pagevecs of a CPU: one lru_add for each LRU list, then this one. */
const ROTATE = LRU_LISTS;
export const PAGEVECS = LRU_LISTS + 1;

export class Pagevecs {
  readonly cpus: number;
  /** Pages that a pagevec holds. */
  readonly size: number;
  /** Frames of pagevec v of a CPU: `(cpu * PAGEVECS + v) * size` onwards, `fill[cpu * PAGEVECS + v]` of them. */
  readonly pages: Int32Array;
  readonly fill: Uint8Array;
  #enabled: boolean;
  readonly #enabledAtAll: boolean;
  /** lru_disable_count. */
  #disabled = 0;
  readonly #shared: boolean;
  /** LRU list that each page of a shared lru_add pagevec goes to. Not in the arena: later kernels are not explored. */
  readonly #lists: Uint8Array;
  readonly #lru: Lru;
  readonly #release: PageRelease;
  readonly #count: Int32Array;
  readonly #flags: Uint16Array;
  readonly #refs: Uint8Array;

  constructor(frames: Frames, lru: Lru, release: PageRelease, cpus: number, enabled: boolean, sharedLruAdd: boolean) {
    this.cpus = cpus;
    this.size = sharedLruAdd ? SHARED_PAGEVEC_SIZE : PAGEVEC_SIZE;
    this.pages = int32(cpus * PAGEVECS * this.size);
    this.fill = uint8(cpus * PAGEVECS);
    this.#enabled = enabled;
    this.#enabledAtAll = enabled;
    this.#shared = sharedLruAdd;
    this.#lists = new Uint8Array(sharedLruAdd ? this.pages.length : 0);
    this.#lru = lru;
    this.#release = release;
    this.#count = frames.count;
    this.#flags = frames.flags;
    this.#refs = frames.pagevecRefs;
  }

  /** lru_cache_disable: drains all CPUs; nothing enters a pagevec until as many calls of `enable`. */
  disable(): void {
    this.#disabled++;
    this.#enabled = false;
    this.lruAddDrainAll();
  }

  /** lru_cache_enable. */
  enable(): void {
    if (--this.#disabled === 0) this.#enabled = this.#enabledAtAll;
  }

  /**
   * lru_cache_add_lru: a page on its way to an LRU list. A full pagevec is drained before, so that 14 pages stay; a
   * shared one as soon as it is full.
   */
  lruCacheAdd(cpu: number, pfn: number, list: number): void {
    this.#flags[pfn] &= ~PG.active;
    if (!this.#enabled) {
      this.#lru.add(pfn, list);
      return;
    }
    const vec = this.#shared ? cpu * PAGEVECS : cpu * PAGEVECS + list;
    if (this.#shared) {
      this.#lists[vec * this.size + this.fill[vec]] = list;
      this.#put(vec, pfn);
      if (this.fill[vec] === this.size) this.#drain(cpu, 0);
      return;
    }
    if (this.fill[vec] === this.size) this.#drain(cpu, list);
    this.#put(vec, pfn);
  }

  /**
   * putback_lru_page: onto the list its kind and PG.active name, then the isolation's (or the allocation's)
   * reference is dropped.
   */
  putbackLruPage(cpu: number, pfn: number): void {
    this.#lru.endIsolation(pfn);
    this.lruCacheAdd(cpu, pfn, this.#lru.listFor(pfn));
    this.#release.putPage(cpu, pfn);
  }

  /** rotate_reclaimable_page: written back, goes to the tail to be reclaimed next. Its pagevec is drained once full. */
  rotateReclaimablePage(cpu: number, pfn: number): void {
    if ((this.#flags[pfn] & (PG.locked | PG.dirty | PG.active | PG.lru)) !== PG.lru) return;
    if (!this.#enabled) {
      this.#moveToTail(pfn);
      return;
    }
    const vec = cpu * PAGEVECS + ROTATE;
    this.#put(vec, pfn);
    if (this.fill[vec] === this.size) this.#drain(cpu, ROTATE);
  }

  /** lru_add_drain of one CPU. */
  lruAddDrain(cpu: number): void {
    for (let vec = 0; vec < PAGEVECS; vec++) if (this.fill[cpu * PAGEVECS + vec] > 0) this.#drain(cpu, vec);
  }

  lruAddDrainAll(): void {
    for (let cpu = 0; cpu < this.cpus; cpu++) this.lruAddDrain(cpu);
  }

  #put(vec: number, pfn: number): void {
    this.#count[pfn]++;
    this.#refs[pfn]++;
    this.pages[vec * this.size + this.fill[vec]++] = pfn;
  }

  /**
   * pagevec_lru_move_fn and release_pages. A page that only the pagevec held goes on to the allocator, last one first.
   */
  #drain(cpu: number, kind: number): void {
    const { pages } = this;
    const vec = cpu * PAGEVECS + kind;
    const first = vec * this.size;
    const end = first + this.fill[vec];
    this.fill[vec] = 0;
    for (let i = first; i < end; i++) {
      if (kind < LRU_LISTS) this.#lru.add(pages[i], this.#shared ? this.#lists[i] : kind);
      else this.#moveToTail(pages[i]);
    }
    for (let i = end - 1; i >= first; i--) {
      const pfn = pages[i];
      this.#refs[pfn]--;
      if (--this.#count[pfn] === 0) this.#release.free(cpu, pfn);
    }
  }

  /** pagevec_move_tail_fn: a page no longer on the LRU, or active by now, is left alone. */
  #moveToTail(pfn: number): void {
    const lru = this.#lru;
    if ((this.#flags[pfn] & (PG.lru | PG.active)) !== PG.lru) return;
    const list = lru.listOf[pfn];
    lru.remove(pfn);
    lru.addTail(pfn, list);
  }
}
