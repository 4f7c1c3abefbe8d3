/**
 * unmap_and_move and __unmap_and_move (mm/migrate.c) of one isolated page, as a machine: others may act while it holds
 * the page lock, while the ptes are migration entries, and before they are put back.
 *
 * Later kernels (`freesDirectly`) look for a freed page before they take a target, put a page that was moved to on the
 * LRU before its ptes, and free the old page, or a target not used, at once instead of through a pagevec.
 *
 * Differences: no huge pages, no balloon pages, no memory cgroups; a page without a mapping but with buffers
 * does not occur.
 */
import type { Registers } from '../registers.ts';
import type { CostProfile } from '../description.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import { MIGRATE_STAGE, type KernelEvents } from '../events.ts';
import type { KsmObjects } from '../ksm/objects.ts';
import type { KsmRmap } from '../ksm/rmap.ts';
import { KIND, NONE, PG, type Frames } from '../memory/frames.ts';
import type { AnonVmas } from '../process/anonVmas.ts';
import type { Rmap } from '../process/rmap.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import type { MigrationPages } from './migrationPages.ts';

export const ERRNO = { again: -11, noMemory: -12, busy: -16, interrupted: -4 } as const;

/** Where a scripted test can stop a migration. */
export const MIGRATE_POINTS = ['mig_locked', 'mig_unmapped', 'mig_restored'] as const;
export type MigratePoint = (typeof MIGRATE_POINTS)[number];

const PHASE = { idle: 0, start: 1, lock: 2, unmap: 3, move: 4, restore: 5, finish: 6 } as const;

export interface MigrateParts {
  readonly frames: Frames;
  readonly anonVmas: AnonVmas;
  readonly rmap: Rmap;
  readonly ksmRmap: KsmRmap;
  readonly objects: KsmObjects;
  readonly pages: MigrationPages;
  readonly locks: Locks;
  readonly costs: CostProfile;
  readonly events: KernelEvents;
  readonly hooks: KernelHooks;
  /** migrationFreesDirectly of the kernel profile. */
  readonly freesDirectly: boolean;
}

export class UnmapAndMove {
  /** Return code once idle again: 0, -EAGAIN (the page stays isolated), -ENOMEM. */
  rc = 0;
  /** Result of the last try_to_unmap (SWAP), for scripted tests. */
  unmapped = 0;
  point: MigratePoint | null = null;
  /** Frame the page went to, NONE when it did not. */
  target = NONE;
  #phase: number = PHASE.idle;
  #page = NONE;
  #newPage = NONE;
  #anonVma = NONE;
  #force = false;
  #wasMapped = false;
  readonly #p: MigrateParts;

  constructor(parts: MigrateParts) {
    this.#p = parts;
  }

  get isIdle(): boolean {
    return this.#phase === PHASE.idle;
  }

  /** The page is isolated from the LRU. `force`: wait for its lock and for writeback (passes from the fourth). */
  begin(pfn: number, force: boolean): void {
    this.#page = pfn;
    this.#force = force;
    this.#phase = PHASE.start;
    this.target = NONE;
  }

  registers(registers: Registers): void {
    const phase = registers.value(this.#phase);
    this.#phase = phase;
    if (phase === PHASE.idle) {
      this.#anonVma = NONE;
      return;
    }
    this.#page = registers.page(this.#page);
    this.#newPage = registers.page(phase === PHASE.start ? NONE : this.#newPage);
    this.target = registers.page(this.target);
    this.#anonVma = registers.anonVma(this.#anonVma);
    this.#force = registers.value(phase <= PHASE.lock && this.#force ? 1 : 0) !== 0;
    this.rc = registers.value(phase > PHASE.move ? this.rc : 0);
  }

  /** ns, or BLOCKED. */
  step(who: number, cpu: number): number {
    this.point = null;
    switch (this.#phase) {
      case PHASE.start:
        return this.#start(cpu);
      case PHASE.lock:
        return this.#lock(who, cpu);
      case PHASE.unmap:
        return this.#unmap();
      case PHASE.move:
        return this.#move();
      case PHASE.restore:
        return this.#restore(cpu);
      default:
        return this.#finish(cpu);
    }
  }

  /** The target comes first; a page that only the isolation still refers to was freed meanwhile. */
  #start(cpu: number): number {
    const { pages, frames, costs, freesDirectly, hooks } = this.#p;
    if (freesDirectly && frames.count[this.#page] === 1) {
      this.rc = 0;
      pages.release(cpu, this.#page);
      this.#phase = PHASE.idle;
      return costs.migrateBase;
    }
    const isOutside = hooks.targetOutsideCma?.(this.#page) === true;
    this.#newPage = isOutside ? pages.allocOutsideCma(cpu) : pages.allocTarget(cpu);
    if (this.#newPage < 0) {
      this.#p.events.migrationFailed(this.#page, MIGRATE_STAGE.noTarget);
      this.rc = ERRNO.noMemory;
      this.#phase = PHASE.idle;
      return costs.migrateBase;
    }
    frames.kind[this.#newPage] = KIND.kernel;
    if (frames.count[this.#page] === 1) {
      this.rc = 0;
      pages.putback(cpu, this.#page);
      pages.putbackTarget(cpu, this.#newPage);
      this.#phase = PHASE.idle;
      return costs.migrateBase;
    }
    this.#phase = PHASE.lock;
    return costs.migrateBase;
  }

  #lock(who: number, cpu: number): number {
    const { frames, locks, anonVmas } = this.#p;
    const page = this.#page;
    if (locks.isPageLocked(page)) {
      if (!this.#force) return this.#fail(MIGRATE_STAGE.locked, cpu);
      locks.waitOnPage(page, who);
      return BLOCKED;
    }
    if ((frames.flags[page] & PG.writeback) !== 0) {
      if (!this.#force) return this.#fail(MIGRATE_STAGE.writeback, cpu);
      locks.waitOnPage(page, who);
      return BLOCKED;
    }
    if (frames.kind[page] === KIND.anon) {
      // page_get_anon_vma: none once nothing maps the page.
      if (frames.mapcount[page] === 0) return this.#fail(MIGRATE_STAGE.state, cpu);
      this.#anonVma = frames.mapping[page];
      anonVmas.get(this.#anonVma);
    }
    locks.tryLockPage(page);
    this.#phase = PHASE.unmap;
    this.point = 'mig_locked';
    return 0;
  }

  /** Everything that the reverse walk finds becomes a migration entry; a pte it misses ends here. */
  #unmap(): number {
    const { rmap, ksmRmap, frames, costs, events } = this.#p;
    rmap.visited = 0;
    this.#wasMapped = frames.mapcount[this.#page] > 0;
    this.unmapped = ksmRmap.tryToUnmap(this.#page);
    if (frames.mapcount[this.#page] > 0) {
      events.migrationFailed(this.#page, MIGRATE_STAGE.mapped);
      this.rc = ERRNO.again;
      this.#phase = PHASE.restore;
    } else {
      this.#phase = PHASE.move;
    }
    this.point = 'mig_unmapped';
    return rmap.visited * costs.rmapVma;
  }

  /**
   * move_to_new_page: any reference too many means -EAGAIN. Pages with buffers are those of block devices, which have
   * no migratepage of their own until 5.0: fallback_migrate_page wants to free their buffers first.
   */
  #move(): number {
    const { frames, objects, pages, locks, costs, events } = this.#p;
    const page = this.#page;
    const isFile = frames.kind[page] === KIND.file;
    if (isFile && pages.hasBusyBuffers(page)) return this.#again(MIGRATE_STAGE.buffers);
    const expected = isFile ? 2 + ((frames.flags[page] & PG.private) !== 0 ? 1 : 0) : 1;
    if (frames.count[page] !== expected) return this.#again(MIGRATE_STAGE.count);
    this.#phase = PHASE.restore;
    const to = this.#newPage;
    frames.content[to] = frames.content[page];
    frames.flags[to] |= frames.flags[page] & PG.active;
    // migrate_page_copy takes PG.active away from the old page: it leaves through the pagevec of an inactive list.
    frames.flags[page] &= ~PG.active;
    if (isFile) {
      pages.moveInCache(page, to);
    } else {
      frames.kind[to] = frames.kind[page];
      frames.mapping[to] = frames.mapping[page];
      frames.index[to] = frames.index[page];
      // ksm_migrate_page: the node follows its page.
      if (frames.kind[page] === KIND.ksm && frames.mapping[page] !== NONE) objects.kpfn[frames.mapping[page]] = to;
    }
    frames.kind[page] = KIND.kernel;
    frames.mapping[page] = NONE;
    // The new page is locked until its ptes are back: nobody takes an rmap_item away that leads to a migration entry.
    locks.tryLockPage(to);
    this.target = to;
    this.rc = 0;
    events.migrated(page, to);
    return costs.migrateCopy;
  }

  /** move_to_new_page failed: the ptes go back. */
  #again(stage: number): number {
    this.#p.events.migrationFailed(this.#page, stage);
    this.rc = ERRNO.again;
    this.#phase = PHASE.restore;
    return 0;
  }

  /** remove_migration_ptes. */
  #restore(cpu: number): number {
    const { rmap, ksmRmap, locks, costs, pages, freesDirectly } = this.#p;
    if (freesDirectly && this.rc === 0) pages.addTarget(cpu, this.target, this.#wasMapped);
    rmap.visited = 0;
    ksmRmap.removeMigrationPtes(this.#page, this.target >= 0 ? this.target : this.#page);
    if (this.target >= 0) locks.unlockPage(this.target);
    this.#phase = PHASE.finish;
    this.point = 'mig_restored';
    return rmap.visited * costs.rmapVma;
  }

  #finish(cpu: number): number {
    const { anonVmas, locks, pages, freesDirectly } = this.#p;
    if (this.#anonVma >= 0) anonVmas.put(this.#anonVma);
    this.#anonVma = NONE;
    locks.unlockPage(this.#page);
    if (freesDirectly) {
      pages.release(cpu, this.#newPage);
      if (this.rc === 0) pages.release(cpu, this.#page);
    } else {
      if (this.rc === 0) pages.putback(cpu, this.#page);
      pages.putbackTarget(cpu, this.#newPage);
    }
    this.#phase = PHASE.idle;
    return 0;
  }

  /** -EAGAIN before the page was locked: the page stays isolated, the target goes back. */
  #fail(stage: number, cpu: number): number {
    this.#p.events.migrationFailed(this.#page, stage);
    this.rc = ERRNO.again;
    if (this.#p.freesDirectly) this.#p.pages.release(cpu, this.#newPage);
    else this.#p.pages.putbackTarget(cpu, this.#newPage);
    this.#phase = PHASE.idle;
    return 0;
  }
}
