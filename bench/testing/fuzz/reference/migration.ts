/**
 * Migration of one page, of a list of them, and alloc_contig_range (mm/migrate.c, mm/page_isolation.c,
 * mm/page_alloc.c).
 */
import { isKsm } from './faults.ts';
import { nodeOf } from './ksmTrees.ts';
import type { Memory, Page } from './memory.ts';
import { restore, walk } from './rmap.ts';
import { runWhole, type Steps, whileLocked } from './steps.ts';

const EAGAIN = -11;
const EBUSY = -16;
/** Passes of migrate_pages, from which pass on it waits for locks, and its calls on the same list. */
const PASSES = 10;
const PATIENT_PASSES = 3;
const TRIES = 5;
/** COMPACT_CLUSTER_MAX. */
const CLUSTER = 32;

/** What is known of a migration by now. */
export interface MoveReport {
  rc?: number;
  unmap?: string;
  found?: string[];
}

export class Migration {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** One unmap_and_move of a page that was isolated; on failure the page is put back. */
  *migrate(page: Page, force: boolean, report: MoveReport): Steps {
    yield* this.#unmapAndMove(page, force, report);
    if (report.rc === EAGAIN) this.#memory.putback(page);
  }

  isolate(page: Page): void {
    page.isOnLru = false;
    this.#memory.get(page);
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
        this.isolate(page);
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
        const report: MoveReport = {};
        runWhole(this.#unmapAndMove(page, pass >= PATIENT_PASSES, report));
        return report.rc === EAGAIN;
      });
    }
    return left;
  }

  /** unmap_and_move: the target comes first; it, and a page that was migrated or freed, leave through a pagevec. */
  *#unmapAndMove(page: Page, force: boolean, report: MoveReport): Steps {
    const target = this.#memory.allocate(null, null, page.data);
    target.isActive = false;
    // Freed from under us: only the isolation holds it.
    report.rc = page.count === 1 ? 0 : yield* this.#move(page, target, force, report);
    if (report.rc === 0) this.#memory.putback(page);
    this.#memory.putback(target);
  }

  *#move(page: Page, target: Page, force: boolean, report: MoveReport): Steps<number> {
    if (page.isLocked && !force) return EAGAIN;
    yield* whileLocked(page);
    // page_get_anon_vma has none for a page that nobody maps.
    if (!isKsm(page) && page.mapcount === 0) return EAGAIN;
    page.isLocked = true;
    yield { point: 'mig_locked' };
    const { result, found, left } = walk(page);
    for (const { pte } of found) {
      pte.isMigration = true;
      // It comes back clean.
      pte.isDirty = false;
      page.mapcount--;
      page.count--;
    }
    report.unmap = result;
    report.found = found.map(({ name }) => name);
    yield { point: 'mig_unmapped' };
    // The ptes are gone: there must be the reference of the isolation only.
    const isMoved = left === 0 && page.count === 1;
    if (isMoved) this.#moveTo(page, target);
    restore(page, isMoved ? target : page);
    yield { point: 'mig_restored' };
    page.isLocked = false;
    return isMoved ? 0 : EAGAIN;
  }

  /** move_to_new_page: mapping, node and label go with the contents. */
  #moveTo(page: Page, target: Page): void {
    target.data = page.data;
    target.mapping = page.mapping;
    target.index = page.index;
    target.isActive = page.isActive;
    page.isActive = false;
    const node = nodeOf(page);
    if (node !== null) node.page = target;
    page.mapping = null;
    this.#memory.rename(page, target);
  }
}
