/**
 * alloc_contig_range with __alloc_contig_migrate_range (mm/page_alloc.c) as a machine, in the order of the kernel's
 * steps: isolate pageblocks, drain, then clusters of 32 pages, each tried by up to five migrate_pages calls, drain
 * again, test, take. A call that fails has migrated most of the range away for nothing.
 *
 * A guaranteed CMA (GCMA) holds nothing but copies that are dropped: no drains and no migration.
 *
 * Later kernels: no pagevecs from the first drain to the last cluster (`lruCacheDisable`), after which nothing is left
 * to drain; -ENOMEM ends it, -EBUSY does not, but the test that follows does (`rangeEndsEarly`).
 *
 * Differences: too_many_isolated never holds here, since nothing else isolates pages in numbers.
 */
import type { Registers } from '../registers.ts';
import type { CostProfile, KernelChanges } from '../description.ts';
import { BLOCKED, sleepFor } from '../clock/actor.ts';
import { NONE } from '../memory/frames.ts';
import { SWAP_CLUSTER_MAX } from '../memory/reclaim.ts';
import type { MigratePages } from '../migrate/migratePages.ts';
import { PageList } from '../migrate/pageList.ts';
import type { MigrationPages } from '../migrate/migrationPages.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { ContigMemory } from './contigMemory.ts';

/** Calls of migrate_pages for a cluster before the range is given up. */
export const TRIES = 5;

/** Where a call stands: between its steps the next one is named. */
export const CONTIG_PHASE = { idle: 0, start: 1, prepare: 2, next: 3, migrate: 4, drain: 5, test: 6 } as const;
const PHASE = CONTIG_PHASE;

const NOTHING: readonly number[] = [];

export interface ContigParts {
  readonly memory: ContigMemory;
  readonly pages: MigrationPages;
  readonly migrate: MigratePages;
  readonly costs: CostProfile;
  readonly changes: KernelChanges;
  /** discardClean and invalidateBhLrus of the kernel profile. */
  readonly discardsClean: boolean;
  readonly invalidatesBhLrus: boolean;
  /** A page on the LRU was not isolated, for its references. */
  readonly skipped: (pfn: number) => void;
  /** A frame was found busy in test_pages_isolated. */
  readonly busy: (pfn: number) => void;
  /** What test_pages_isolated failed at, known before or not. */
  readonly tested: (pfn: number) => void;
}

export class ContigRange {
  /** Once idle 0, -EBUSY, -ENOMEM, or -EINTR after `interrupt`. */
  rc = 0;
  /** Passes of migrate_pages after the first, and calls of it after the first of a cluster, in the last call. */
  migratePasses = 0;
  contigTries = 0;
  /**
   * Pages moved in the last call, and those that stood in its way: still isolated when it gave up, or found
   * busy at the test.
   */
  migrated = 0;
  leftover = NOTHING;
  #phase: number = PHASE.idle;
  #first = 0;
  #end = 0;
  #pfn = 0;
  #tries = 0;
  #interrupted = false;
  /** Cost of the buffers that will have to be looked up again, charged with the next cluster, ns. */
  #bhLruCost = 0;
  readonly #list = new PageList();
  readonly #skipped = new Set<number>();
  readonly #p: ContigParts;

  constructor(parts: ContigParts) {
    this.#p = parts;
  }

  get isIdle(): boolean {
    return this.#phase === PHASE.idle;
  }

  /**
   * One of CONTIG_PHASE, for a watch; so are the range, and the call of migrate_pages for the cluster in work, from 0.
   */
  get phase(): number {
    return this.#phase;
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#end;
  }

  get tries(): number {
    return this.#tries;
  }

  get migrate(): MigratePages {
    return this.#p.migrate;
  }

  registers(registers: Registers): void {
    const phase = registers.value(this.#phase);
    this.#phase = phase;
    const isIdle = phase === PHASE.idle;
    this.#first = registers.value(isIdle ? 0 : this.#first);
    this.#end = registers.value(isIdle ? 0 : this.#end);
    this.#pfn = registers.value(isIdle ? 0 : this.#pfn);
    this.#tries = registers.value(phase === PHASE.next || phase === PHASE.migrate ? this.#tries : 0);
    this.#list.registers(registers);
    this.#p.migrate.registers(registers, isIdle);
  }

  /** The next step changes nothing but its own phase. */
  get nextIsPrivate(): boolean {
    if (this.#phase === PHASE.migrate) return this.#p.migrate.nextIsPrivate;
    return this.#phase === PHASE.next && this.#list.length === 0 && this.#pfn >= this.#end;
  }

  /** Frames [first, end). */
  begin(first: number, end: number): void {
    this.#first = first;
    this.#end = end;
    this.#pfn = first;
    this.migratePasses = 0;
    this.contigTries = 0;
    this.migrated = 0;
    this.leftover = NOTHING;
    this.#interrupted = false;
    this.#skipped.clear();
    this.#phase = PHASE.start;
  }

  /** A fatal signal is pending: the range is given up before the next cluster or try. */
  interrupt(): void {
    this.#interrupted = true;
  }

  step(who: number, cpu: number): number {
    const { memory, costs } = this.#p;
    switch (this.#phase) {
      case PHASE.start:
        return this.#start(cpu);
      case PHASE.prepare:
        // migrate_prep or lru_cache_disable: a work item on every CPU, waited for.
        if (this.#p.changes.lruCacheDisable) memory.lruCacheDisable();
        else memory.lruAddDrainAll();
        if (this.#p.invalidatesBhLrus) this.#bhLruCost = memory.bhLruDisable() * costs.faultFile;
        this.#phase = PHASE.next;
        return sleepFor(costs.lruAddDrainAll);
      case PHASE.next:
        return this.#nextCluster(cpu);
      case PHASE.migrate:
        return this.#migrate(who, cpu);
      case PHASE.drain:
        memory.lruAddDrainAll();
        memory.drainAllPages();
        this.#phase = PHASE.test;
        return sleepFor(costs.lruAddDrainAll + costs.drainAllPages);
      default:
        return this.#test();
    }
  }

  #start(cpu: number): number {
    const { memory, costs } = this.#p;
    if (!memory.startIsolate(this.#first, this.#end)) return this.#done(ERRNO.busy, costs.contigBase);
    memory.setCmaAlloc(true);
    const dropped = memory.dropCopies(cpu, this.#first, this.#end);
    this.#phase = dropped === NONE ? PHASE.prepare : PHASE.test;
    return costs.contigBase + (dropped === NONE ? costs.drainAllPages : dropped * costs.discardPage);
  }

  /** isolate_migratepages_range and reclaim_clean_pages_from_list, or one more try of the pages left. */
  #nextCluster(cpu: number): number {
    const { migrate, costs } = this.#p;
    const list = this.#list;
    let cost = this.#bhLruCost;
    this.#bhLruCost = 0;
    if (this.#interrupted) return this.#giveUp(cpu, ERRNO.interrupted);
    if (list.length === 0) {
      if (this.#pfn >= this.#end) {
        this.#phase = this.#p.changes.lruCacheDisable ? PHASE.test : PHASE.drain;
        this.#enableCaches();
        return 0;
      }
      cost += this.#isolateCluster() * costs.isolateFrame;
      this.#tries = 0;
    } else {
      if (++this.#tries === TRIES) return this.#giveUp(cpu, this.#triesError());
      this.contigTries++;
    }
    for (let i = 0; i < list.length && this.#p.discardsClean;) {
      if (!this.#p.memory.discardClean(cpu, list.at(i))) {
        i++;
        continue;
      }
      list.removeAt(i);
      cost += costs.discardPage;
    }
    migrate.begin(list);
    this.#phase = PHASE.migrate;
    return cost;
  }

  /** Newest first, as list_add leaves them. Returns frames looked at. */
  #isolateCluster(): number {
    const from = this.#pfn;
    while (this.#pfn < this.#end && this.#list.length < SWAP_CLUSTER_MAX) {
      const result = this.#p.memory.isolateMigratePage(this.#pfn);
      if (result === 'isolated') this.#list.add(this.#pfn);
      else if (result === 'pinned') this.#skip(this.#pfn);
      this.#pfn++;
    }
    return this.#pfn - from;
  }

  #migrate(who: number, cpu: number): number {
    const { migrate } = this.#p;
    const cost = migrate.step(who, cpu);
    if (cost === BLOCKED || !migrate.isIdle) return cost;
    this.migratePasses += Math.max(0, migrate.passes - 1);
    this.migrated += migrate.migrated;
    this.#phase = PHASE.next;
    if (migrate.result === ERRNO.noMemory && this.#p.changes.rangeEndsEarly) this.#giveUp(cpu, ERRNO.noMemory);
    return cost;
  }

  #skip(pfn: number): void {
    this.#skipped.add(pfn);
    this.#p.skipped(pfn);
  }

  /** What tries == 5 makes of the last migrate_pages. */
  #triesError(): number {
    const { result } = this.#p.migrate;
    return result < 0 ? result : ERRNO.busy;
  }

  /** A fatal signal, tries == 5 or -ENOMEM: putback_movable_pages. */
  #giveUp(cpu: number, error: number): number {
    const { changes } = this.#p;
    this.leftover = this.#list.toArray();
    this.#enableCaches();
    for (const pfn of this.leftover) this.#p.pages.putback(cpu, pfn);
    this.#list.clear();
    if (changes.rangeEndsEarly && error === ERRNO.busy) {
      this.#phase = PHASE.test;
      return 0;
    }
    this.#endIsolation();
    return this.#done(error, 0);
  }

  /** test_pages_isolated and isolate_freepages_range. */
  #test(): number {
    const { memory, costs } = this.#p;
    const cost = (this.#end - this.#first) * costs.testFrame;
    const busy = memory.firstBusy(this.#first, this.#end);
    let rc = 0;
    if (busy !== NONE) {
      this.#p.tested(busy);
      // Pages given up before, or not even isolated, have their cause already.
      if (this.leftover.length === 0) {
        if (!this.#skipped.has(busy)) this.#p.busy(busy);
        this.leftover = [busy];
      }
      rc = ERRNO.busy;
    } else if (!memory.takeRange(this.#first, this.#end)) {
      rc = ERRNO.busy;
    } else {
      this.leftover = NOTHING;
    }
    this.#endIsolation();
    return this.#done(rc, cost);
  }

  /** Migration is over. */
  #enableCaches(): void {
    if (this.#p.changes.lruCacheDisable) this.#p.memory.lruCacheEnable();
    if (this.#p.invalidatesBhLrus) this.#p.memory.bhLruEnable();
  }

  #endIsolation(): void {
    this.#p.memory.undoIsolate(this.#first, this.#end);
    this.#p.memory.setCmaAlloc(false);
  }

  #done(rc: number, cost: number): number {
    this.rc = rc;
    this.#phase = PHASE.idle;
    return cost;
  }
}
