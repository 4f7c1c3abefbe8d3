/**
 * The way of a page from its last reference back to the allocator (mm/swap.c: put_page, __page_cache_release;
 * mm/page_alloc.c: free_pages_prepare, free_pages_check).
 *
 * Difference: what bad_page would report is an Error here, since the model never makes such a page on purpose. The
 * content stays, so that a page is not worth clearing before somebody writes it.
 */
import { KIND, NONE, PG, type Frames } from './frames.ts';
import type { LowZone } from './lowZone.ts';
import type { Lru } from './lru.ts';
import type { PerCpu } from './percpu.ts';

export class PageRelease {
  readonly #lru: Lru;
  readonly #percpu: PerCpu;
  readonly #lowZone: LowZone | null;
  /** End of the low zone's frames, 0 without one. */
  readonly #lowEnd: number;
  readonly #frames: Frames;
  readonly #count: Int32Array;
  readonly #mapcount: Int32Array;
  readonly #flags: Uint16Array;
  readonly #kind: Uint8Array;
  readonly #mapping: Int32Array;

  constructor(frames: Frames, lru: Lru, percpu: PerCpu, lowZone: LowZone | null = null) {
    this.#lowZone = lowZone;
    this.#lowEnd = lowZone?.end ?? 0;
    this.#lru = lru;
    this.#percpu = percpu;
    this.#frames = frames;
    this.#count = frames.count;
    this.#mapcount = frames.mapcount;
    this.#flags = frames.flags;
    this.#kind = frames.kind;
    this.#mapping = frames.mapping;
  }

  /** put_page: the last reference frees the page onto this CPU's list. */
  putPage(cpu: number, pfn: number): void {
    if (--this.#count[pfn] === 0) this.free(cpu, pfn);
    else if (this.#count[pfn] < 0) throw new Error(`frame ${pfn}: reference dropped that nobody held`);
  }

  /** __page_cache_release, free_pages_prepare and free_hot_cold_page of a frame whose count is 0. */
  free(cpu: number, pfn: number): void {
    if (this.#mapcount[pfn] !== 0) throw new Error(`frame ${pfn}: freed while ${this.#mapcount[pfn]} ptes map it`);
    if ((this.#flags[pfn] & PG.lru) !== 0) this.#lru.remove(pfn);
    this.#flags[pfn] = 0;
    if (this.#kind[pfn] === KIND.ksm && this.#mapping[pfn] >= 0) this.#frames.ksmFreed?.(this.#mapping[pfn]);
    this.#kind[pfn] = KIND.free;
    this.#mapping[pfn] = NONE;
    if (pfn < this.#lowEnd) this.#lowZone!.free(pfn);
    else this.#percpu.free(cpu, pfn);
  }
}
