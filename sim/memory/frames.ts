/**
 * struct page, one typed array a field; a frame's handle is its pfn.
 *
 * Mirrors include/linux/mm_types.h and page-flags.h as far as this model needs them. Difference: the references of
 * `count` are also booked by holder (`pagevecRefs`, `pins`, `ksmdRefs`, `waiters`), which the kernel does not do. No
 * kernel room reads those ledgers; the auditor does, to prove every reference and to name who blocked a migration.
 */
import { int32, uint16, uint8 } from '../arena.ts';

/** What a frame holds. */
export const KIND = {
  /** In the buddy allocator, on a per-cpu list, or between them. */
  free: 0,
  /** Carve-out or boot memory: never given to the allocator. */
  reserved: 1,
  /** Kernel memory: slab, page tables, drivers. Cannot be moved. */
  kernel: 2,
  /** Anonymous page: `mapping` is an anon_vma, `index` the linear page index. */
  anon: 3,
  /** KSM page: `mapping` is a stable_node, or NONE (KSM/NULL). */
  ksm: 4,
  /** Page-cache page: `mapping` is a file, `index` the offset in it. */
  file: 5,
  /** Handed out by dma_alloc_from_contiguous. */
  contiguous: 6,
} as const;

/** Page flags. */
export const PG = {
  locked: 1,
  lru: 2,
  active: 4,
  dirty: 8,
  writeback: 16,
  /** Buffer heads attached: one more expected reference. */
  private: 32,
  /** Head of a free block of the buddy allocator; `order` is valid. */
  buddy: 64,
  /** Off the LRU by isolate_lru_page: holds one reference. */
  isolated: 128,
  /** To be moved to the tail of its LRU list once written back. */
  reclaim: 256,
  /** Set by a strategy only: ksmd has scanned the page in this pass. Goes with the page when that is freed. */
  scanned: 512,
} as const;

/** No handle: mapping of a KSM/NULL page, end of a list. */
export const NONE = -1;

export class Frames {
  /** Frames of the board; pfns are 0 .. total - 1. */
  readonly total: number;
  /** page_count. */
  readonly count: Int32Array;
  /** page_mapcount: present ptes that map the frame (0: unmapped). */
  readonly mapcount: Int32Array;
  readonly flags: Uint16Array;
  readonly kind: Uint8Array;
  readonly mapping: Int32Array;
  readonly index: Int32Array;
  /** Content: equal numbers are equal bytes; their signed order is the order of memcmp. 0 is the zero-filled page. */
  readonly content: Int32Array;
  /** Links of the one list a frame is on: a free list, a per-cpu list, an LRU list, a list of isolated pages. */
  readonly next: Int32Array;
  readonly prev: Int32Array;
  /** Order of the free block, valid under PG.buddy. */
  readonly order: Uint8Array;
  /** Ledger: references held by pagevecs, by get_user_pages, by ksmd, by tasks that wait for the page lock. */
  readonly pagevecRefs: Uint8Array;
  readonly pins: Int32Array;
  readonly ksmdRefs: Uint8Array;
  readonly waiters: Int32Array;
  /** Told of each KSM page that is freed, by its stable_node. */
  ksmFreed: ((node: number) => void) | null = null;
  /**
   * KSM pages with a mapcount above 0, and the sum of their mapcounts: kept by all that changes them, read each second.
   */
  readonly mappedKsm = int32(2);

  constructor(total: number) {
    this.total = total;
    this.count = int32(total);
    this.mapcount = int32(total);
    this.flags = uint16(total);
    this.kind = uint8(total);
    this.mapping = int32(total).fill(NONE);
    this.index = int32(total);
    this.content = int32(total);
    this.next = int32(total).fill(NONE);
    this.prev = int32(total).fill(NONE);
    this.order = uint8(total);
    this.pagevecRefs = uint8(total);
    this.pins = int32(total);
    this.ksmdRefs = uint8(total);
    this.waiters = int32(total);
  }

  /** page_add_ and page_remove_rmap of a KSM page: one pte more, or one less. */
  mapKsm(pfn: number): void {
    if (this.mapcount[pfn]++ === 0) this.mappedKsm[0]++;
    this.mappedKsm[1]++;
  }

  unmapKsm(pfn: number): void {
    if (--this.mapcount[pfn] === 0) this.mappedKsm[0]--;
    this.mappedKsm[1]--;
  }

  /** The page became a KSM page as it is: set_page_stable_node. */
  becomeKsm(pfn: number): void {
    this.kind[pfn] = KIND.ksm;
    if (this.mapcount[pfn] > 0) this.mappedKsm[0]++;
    this.mappedKsm[1] += this.mapcount[pfn];
  }
}
