/**
 * Pages and their references: who counts, when a page is free, and the lru_add pagevecs of the one CPU.
 *
 * Pages of the inactive lists share one pagevec: only migration targets and pages left behind are in it.
 * A page outside the CMA area has no frame number: nobody asks for it, and there is always another.
 */
import type { AnonVma } from './anonVma.ts';
import { Unsound } from './errors.ts';
import type { StableNode } from './ksmObjects.ts';

/** page->mapping: an anon_vma, or a stable node that may be missing. */
type Mapping = { readonly anonVma: AnonVma } | { readonly node: StableNode | null };

export interface Page {
  /** Null for a page that nobody names: a migration target, or what a migration left behind. */
  label: string | null;
  /** Its frame in the CMA area, or null outside. */
  readonly frame: number | null;
  data: string;
  /** page_count. */
  count: number;
  mapcount: number;
  mapping: Mapping | null;
  /** page->index: the virtual page number it was faulted at, as pgoff. */
  index: number;
  isOnLru: boolean;
  isActive: boolean;
  isLocked: boolean;
}

/** Entries of a pagevec. */
const PAGEVEC_SIZE = 14;

export class Memory {
  /** Every page with a reference and a label. */
  readonly labelled = new Map<string, Page>();
  readonly cmaFirst: number;
  readonly cmaEnd: number;
  readonly #cma = new Map<number, Page>();
  readonly #usesPagevec: boolean;
  #pagevecs = new Map<string, Page[]>();

  constructor(cma: readonly [number, number], usesPagevec: boolean) {
    [this.cmaFirst, this.cmaEnd] = cma;
    this.#usesPagevec = usesPagevec;
  }

  /** The lowest free frame of the CMA area, or null. */
  freeCmaFrame(): number | null {
    for (let frame = this.cmaFirst; frame < this.cmaEnd; frame++) if (!this.#cma.has(frame)) return frame;
    return null;
  }

  /** The page in a frame of the CMA area, if the frame is in use. */
  inFrame(frame: number): Page | undefined {
    return this.#cma.get(frame);
  }

  /** A page with the one reference of whoever asked for it. */
  allocate(label: string | null, frame: number | null, data: string): Page {
    const page: Page = {
      label,
      frame,
      data,
      count: 1,
      mapcount: 0,
      mapping: null,
      index: 0,
      isOnLru: false,
      isActive: true,
      isLocked: false,
    };
    if (frame !== null) this.#cma.set(frame, page);
    if (label !== null) this.labelled.set(label, page);
    return page;
  }

  get(page: Page): void {
    page.count++;
  }

  /** put_page: the last reference frees; a free page has no mapping, which is how a stable node becomes stale. */
  put(page: Page): void {
    if (page.count <= 0) throw new Error(`page ${page.label ?? '?'} is put once too often`);
    if (--page.count > 0) return;
    if (page.mapcount !== 0) throw new Error(`page ${page.label ?? '?'} is freed while it is mapped`);
    if (page.isLocked) throw new Unsound(`page ${page.label ?? '?'} is freed while somebody holds its lock`);
    page.mapping = null;
    page.isOnLru = false;
    if (page.frame !== null) this.#cma.delete(page.frame);
    if (page.label !== null) this.labelled.delete(page.label);
  }

  /** The label goes with the contents when a page is migrated. */
  rename(from: Page, to: Page): void {
    to.label = from.label;
    from.label = null;
    if (to.label !== null) this.labelled.set(to.label, to);
  }

  /** A page faulted in goes to the active list. */
  addNew(page: Page): void {
    page.isActive = true;
    this.#add('active', page);
  }

  /** putback_lru_page: the reference of whoever isolated the page becomes the pagevec's. */
  putback(page: Page): void {
    this.#add(page.isActive ? 'active' : 'inactive', page);
    this.put(page);
  }

  /** Free as soon as the pagevecs are drained. */
  isHeldByPagevecsOnly(page: Page): boolean {
    return page.count === [...this.#pagevecs.values()].flat().filter((one) => one === page).length;
  }

  /** lru_add_drain_all. */
  drain(): void {
    for (const list of [...this.#pagevecs.keys()]) this.#flush(list);
  }

  /** __lru_cache_add: a full pagevec is emptied first; a test may do without pagevecs. */
  #add(list: 'active' | 'inactive', page: Page): void {
    if (!this.#usesPagevec) {
      page.isOnLru = true;
      return;
    }
    this.get(page);
    if ((this.#pagevecs.get(list)?.length ?? 0) >= PAGEVEC_SIZE) this.#flush(list);
    this.#pagevecs.set(list, [...(this.#pagevecs.get(list) ?? []), page]);
  }

  #flush(list: string): void {
    const pages = this.#pagevecs.get(list) ?? [];
    this.#pagevecs.delete(list);
    for (const page of pages) {
      page.isOnLru = true;
      this.put(page);
    }
  }
}
