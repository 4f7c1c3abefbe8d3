/** Migration of one page, of a list of them, and alloc_contig_range (mm/migrate.c, mm/page_isolation.c, mm/page_alloc.c). */
import { Sleeps } from './errors.ts';
import { isKsm } from './faults.ts';
import { nodeOf } from './ksmTrees.ts';
import type { Memory, Page } from './memory.ts';
import { walk } from './rmap.ts';

const EAGAIN = -11;
const EBUSY = -16;
/** Passes of migrate_pages, from which pass on it waits for locks, and its calls on the same list. */
const PASSES = 10;
const PATIENT_PASSES = 3;
const TRIES = 5;
/** COMPACT_CLUSTER_MAX. */
const CLUSTER = 32;

export interface MoveReport {
  rc: number;
  unmap?: string;
  found?: string[];
}

export class Migration {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Isolation from the LRU and one unmap_and_move; on failure the page is put back. */
  migrate(page: Page, force: boolean): MoveReport {
    this.#isolate(page);
    const report = this.#unmapAndMove(page, force);
    if (report.rc === EAGAIN) this.#memory.putback(page);
    return report;
  }

  /** alloc_contig_range, and free_contig_range at once when it succeeds. */
  allocContigRange(start: number, end: number): { rc: number; attempts: Record<string, number> } {
    const attempts: Record<string, number> = {};
    this.#memory.drain();
    if (!this.#migrateRange(start, end, attempts)) return { rc: EBUSY, attempts };
    this.#memory.drain();
    for (let frame = start; frame < end; frame++) {
      if (this.#memory.inFrame(frame) !== undefined) return { rc: EBUSY, attempts };
    }
    return { rc: 0, attempts };
  }

  /** __alloc_contig_migrate_range: false when a list is left after its fifth round. */
  #migrateRange(start: number, end: number, attempts: Record<string, number>): boolean {
    let frame = start;
    while (frame < end) {
      let list: Page[] = [];
      for (; frame < end && list.length < CLUSTER; frame++) {
        const page = this.#memory.inFrame(frame);
        if (page === undefined || !page.isOnLru) continue;
        this.#isolate(page);
        list = [page, ...list];
      }
      for (let tries = 0; tries < TRIES && list.length > 0; tries++) list = this.#migratePages(list, attempts);
      for (const page of list) this.#memory.putback(page);
      if (list.length > 0) return false;
    }
    return true;
  }

  /** migrate_pages: the pages that are left. */
  #migratePages(pages: readonly Page[], attempts: Record<string, number>): Page[] {
    let left = [...pages];
    for (let pass = 0; pass < PASSES && left.length > 0; pass++) {
      left = left.filter((page) => {
        const label = page.label ?? '?';
        attempts[label] = (attempts[label] ?? 0) + 1;
        return this.#unmapAndMove(page, pass >= PATIENT_PASSES).rc === EAGAIN;
      });
    }
    return left;
  }

  #isolate(page: Page): void {
    page.isOnLru = false;
    this.#memory.get(page);
  }

  /** unmap_and_move: the target comes first; it, and a page that was migrated, leave through a pagevec. */
  #unmapAndMove(page: Page, force: boolean): MoveReport {
    const target = this.#memory.allocate(null, null, page.data);
    target.isActive = false;
    const report = this.#move(page, target, force);
    if (report.rc === 0) this.#memory.putback(page);
    this.#memory.putback(target);
    return report;
  }

  #move(page: Page, target: Page, force: boolean): MoveReport {
    if (page.isLocked) {
      if (!force) return { rc: EAGAIN };
      throw new Sleeps(`the migrator sleeps on the lock of ${page.label ?? '?'}`);
    }
    // page_get_anon_vma has none for a page that nobody maps.
    if (!isKsm(page) && page.mapcount === 0) return { rc: EAGAIN };
    const { result, found, left } = walk(page);
    // Whatever the outcome, ptes that were migration entries meanwhile come back clean.
    for (const { pte } of found) pte.isDirty = false;
    const report = { rc: EAGAIN, unmap: result, found: found.map(({ name }) => name) };
    // Besides the ptes, which are gone, there must be the reference of the isolation only.
    if (left > 0 || page.count - found.length !== 1) return report;
    for (const { pte } of found) pte.page = target;
    target.mapcount = found.length;
    target.count += found.length;
    page.mapcount = 0;
    page.count -= found.length;
    target.mapping = page.mapping;
    target.index = page.index;
    target.isActive = page.isActive;
    page.isActive = false;
    const node = nodeOf(page);
    if (node !== null) node.page = target;
    page.mapping = null;
    this.#memory.rename(page, target);
    return { ...report, rc: 0 };
  }
}
