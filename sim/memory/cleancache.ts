/**
 * The pool of a guaranteed CMA (GCMA, mm/gcma.c of the 2025 patches): copies of clean page-cache pages that reclaim
 * dropped, kept in CMA areas that nothing else may use. Nobody has a reference to a copy, so that a contiguous
 * allocation just drops those in its way.
 *
 * Assumptions: a copy that is read back leaves the pool; with the pool full, the oldest copy goes. Pages with buffers
 * (metadata of file systems) are not stored, as only files of file systems that take part are.
 */
import { KIND, NONE } from './frames.ts';
import type { PhysicalMemory } from './physical.ts';

/** More pages than a file has: a page is known by `file * FILE_PAGES + index`. */
const FILE_PAGES = 2 ** 24;

export class Cleancache {
  /** Pages copied into the pool so far. */
  stored = 0;
  /** Frame by page, oldest first. */
  readonly #frames = new Map<number, number>();
  /** Page by frame. */
  readonly #pages = new Map<number, number>();
  readonly #memory: PhysicalMemory;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
  }

  /** Copies in the pool. */
  get size(): number {
    return this.#frames.size;
  }

  /** cleancache_put_page: keeps a copy of a page that is dropped. */
  put(file: number, index: number): void {
    let pfn = this.#memory.takeCmaPage();
    if (pfn < 0) pfn = this.#forgetOldest();
    if (pfn < 0) return;
    const page = file * FILE_PAGES + index;
    this.#memory.frames.kind[pfn] = KIND.kernel;
    this.#frames.set(page, pfn);
    this.#pages.set(pfn, page);
    this.stored++;
  }

  /** cleancache_get_page: whether there was a copy; it is the reader's now. */
  take(cpu: number, file: number, index: number): boolean {
    const pfn = this.#frames.get(file * FILE_PAGES + index) ?? NONE;
    if (pfn === NONE) return false;
    this.#drop(cpu, pfn);
    return true;
  }

  /** Drops the copies in frames [first, end); returns how many. */
  discard(cpu: number, first: number, end: number): number {
    let dropped = 0;
    for (let pfn = first; pfn < end; pfn++) {
      if (!this.#pages.has(pfn)) continue;
      this.#drop(cpu, pfn);
      dropped++;
    }
    return dropped;
  }

  /** The frame of the oldest copy, which is gone; NONE when there is none. */
  #forgetOldest(): number {
    const oldest = this.#frames.entries().next();
    if (oldest.done === true) return NONE;
    const [page, pfn] = oldest.value;
    this.#frames.delete(page);
    return pfn;
  }

  #drop(cpu: number, pfn: number): void {
    this.#frames.delete(this.#pages.get(pfn)!);
    this.#pages.delete(pfn);
    this.#memory.putPage(cpu, pfn);
  }
}
