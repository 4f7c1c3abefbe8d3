/**
 * kcompactd's proactive compaction (mm/compaction.c: kcompactd, should_proactive_compact_node,
 * fragmentation_score_zone, compact_zone, isolate_migratepages, isolate_freepages, compaction_alloc, compaction_free):
 * every half second, when too much of the free memory lies in small blocks, pages move from the low end of the zone
 * into free frames at its high end, which is where the CMA area lies. Linux 5.9 and later.
 *
 * Differences: kcompactd is not woken for a failed high-order allocation, since none is made here; pageblock skip hints
 * are ignored, as they are for this kind of compaction; ZONE_DMA is not compacted (nobody allocates from it).
 */
import { sleepFor, type Actor } from '../clock/actor.ts';
import type { Scheduler } from '../clock/scheduler.ts';
import type { CostProfile } from '../description.ts';
import type { Kernel } from '../kernel.ts';
import { KIND, NONE, PG } from '../memory/frames.ts';
import { MIGRATE } from '../memory/pageblocks.ts';
import { SWAP_CLUSTER_MAX } from '../memory/reclaim.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { MigratePages } from './migratePages.ts';
import type { MigrationPages } from './migrationPages.ts';
import { PageList } from './pageList.ts';

/** HPAGE_FRAG_CHECK_INTERVAL_MSEC, and the pause after a run without progress (<< COMPACT_MAX_DEFER_SHIFT). */
const CHECK_NS = 500_000_000;
const DEFERRED_NS = CHECK_NS * 64;
/** COMPACTION_HPAGE_ORDER: a page of the next table level. */
const HUGE_ORDER = 9;
/** vm.compaction_proactiveness = 20: compaction begins above the high mark and ends at the low one. */
const HIGH_MARK = 90;
const LOW_MARK = 80;

export class Kcompactd implements Actor {
  readonly name = 'kcompactd';
  #who = NONE;
  #isCompacting = false;
  #scoreBefore = 0;
  /** Next frame of the migrate scanner, and of the free scanner inside the pageblock that begins at #freeBlock. */
  #migrateAt = 0;
  #freeAt = 0;
  #freeBlock = 0;
  readonly #list = new PageList();
  readonly #free: number[] = [];
  readonly #pages: KernelMemory;
  readonly #memory: PhysicalMemory;
  readonly #costs: CostProfile;
  readonly #migrate: MigratePages;
  readonly #zoneStart: number;
  readonly #drag: () => number;

  /**
   * `zoneStart`: first frame of the zone, which reaches to the end of memory. `drag`: what a busy host adds to the time
   * of a page, ns.
   */
  constructor(kernel: Kernel, pages: KernelMemory, costs: CostProfile, zoneStart: number, drag: () => number) {
    this.#drag = drag;
    this.#pages = pages;
    this.#memory = pages.memory;
    this.#costs = costs;
    this.#migrate = kernel.newMigration(this.#targets());
    this.#zoneStart = zoneStart;
  }

  begin(scheduler: Scheduler, at: number): void {
    this.#who = scheduler.add(this, at);
  }

  step(cpu: number): number {
    if (!this.#isCompacting) return this.#check();
    if (!this.#migrate.isIdle) return this.#migrate.step(this.#who, cpu);
    return this.#nextCluster(cpu);
  }

  /** fragmentation_score_node, a percentage: the weight of a zone is its share of the node, which all of it is here. */
  #score(): number {
    const { buddy } = this.#memory;
    const free = buddy.freePages();
    if (free === 0) return 0;
    let large = 0;
    for (let order = HUGE_ORDER; order <= buddy.blocks.order; order++) large += buddy.freeBlocks(order) << order;
    return Math.floor(((free - large) * 100) / free);
  }

  #nodeScore(): number {
    const { total } = this.#memory.frames;
    return Math.floor(((total - this.#zoneStart) * this.#score()) / (total + 1));
  }

  #check(): number {
    this.#scoreBefore = this.#nodeScore();
    if (this.#scoreBefore <= HIGH_MARK) return sleepFor(CHECK_NS);
    const { blocks } = this.#memory;
    this.#isCompacting = true;
    this.#migrateAt = this.#zoneStart;
    this.#freeBlock = (this.#memory.frames.total - 1) & ~(blocks.pages - 1);
    this.#freeAt = this.#freeBlock;
    return this.#costs.drainAllPages;
  }

  #nextCluster(cpu: number): number {
    this.#putBackRest(cpu);
    const order = this.#memory.blocks.order;
    const isMet = this.#freeBlock >> order <= this.#migrateAt >> order;
    if (isMet || this.#score() <= LOW_MARK) return this.#finish(cpu);
    const looked = this.#isolateCluster();
    this.#migrate.begin(this.#list);
    return looked * this.#costs.isolateFrame + this.#list.length * this.#drag();
  }

  /** Pages that did not move in ten passes go back to the LRU. */
  #putBackRest(cpu: number): void {
    for (const pfn of this.#list.toArray()) this.#pages.putback(cpu, pfn);
    this.#list.clear();
  }

  #finish(cpu: number): number {
    for (const pfn of this.#free) this.#memory.putPage(cpu, pfn);
    this.#free.length = 0;
    this.#isCompacting = false;
    return sleepFor(this.#nodeScore() >= this.#scoreBefore ? DEFERRED_NS : CHECK_NS);
  }

  /** isolate_migratepages: up to 32 pages of one pageblock. Returns frames looked at. */
  #isolateCluster(): number {
    const { blocks, frames } = this.#memory;
    const list = this.#list;
    let looked = 0;
    while (list.length < 1 && this.#migrateAt >> blocks.order < this.#freeBlock >> blocks.order) {
      const end = (this.#migrateAt | (blocks.pages - 1)) + 1;
      if (blocks.typeOf(this.#migrateAt) === MIGRATE.isolate) {
        this.#migrateAt = end;
        continue;
      }
      while (this.#migrateAt < end && list.length < SWAP_CLUSTER_MAX) {
        const pfn = this.#migrateAt++;
        looked++;
        if ((frames.flags[pfn] & PG.buddy) !== 0) {
          this.#migrateAt = pfn + (1 << frames.order[pfn]);
          continue;
        }
        if (this.#pages.isolateMigratePage(pfn) === 'isolated') list.add(pfn);
      }
    }
    return looked;
  }

  /**
   * isolate_freepages: free blocks of suitable pageblocks from the high end down, until there is one for
   * each page to move.
   */
  #isolateFree(): void {
    const { blocks, frames, buddy } = this.#memory;
    const { flags, order, count, kind } = frames;
    const wanted = this.#list.length;
    while (this.#free.length < wanted && this.#freeBlock >> blocks.order > this.#migrateAt >> blocks.order) {
      const end = this.#freeBlock + blocks.pages;
      if (this.#isSuitable(this.#freeBlock)) {
        while (this.#freeAt < end && this.#free.length < wanted) {
          const pfn = this.#freeAt;
          if ((flags[pfn] & PG.buddy) === 0) {
            this.#freeAt++;
            continue;
          }
          const pages = 1 << order[pfn];
          buddy.removeBlock(pfn);
          count.fill(1, pfn, pfn + pages);
          kind.fill(KIND.kernel, pfn, pfn + pages);
          for (let i = 0; i < pages; i++) this.#free.push(pfn + i);
          this.#freeAt = pfn + pages;
        }
        if (this.#freeAt < end) return;
      }
      this.#freeBlock -= blocks.pages;
      this.#freeAt = this.#freeBlock;
    }
  }

  /** suitable_migration_target: a pageblock of movable pages that is not free as a whole. */
  #isSuitable(first: number): boolean {
    const { blocks, frames } = this.#memory;
    const type = blocks.typeOf(first);
    if (type !== MIGRATE.movable && type !== MIGRATE.cma) return false;
    return (frames.flags[first] & PG.buddy) === 0 || frames.order[first] < blocks.order;
  }

  /** compaction_alloc and compaction_free around the same calls as everybody's. */
  #targets(): MigrationPages {
    const { kind, flags } = this.#memory.frames;
    const free = this.#free;
    return {
      allocTarget: () => {
        if (free.length === 0) this.#isolateFree();
        return free.shift() ?? NONE;
      },
      allocOutsideCma: (cpu) => this.#pages.allocOutsideCma(cpu),
      isolate: (pfn) => this.#pages.isolate(pfn),
      putback: (cpu, pfn) => this.#pages.putback(cpu, pfn),
      putbackTarget: (cpu, pfn) => this.#pages.putbackTarget(cpu, pfn),
      // compaction_free: a target that was not used is the next one.
      release: (cpu, pfn) => {
        if (kind[pfn] === KIND.kernel && (flags[pfn] & PG.isolated) === 0) free.unshift(pfn);
        else this.#pages.release(cpu, pfn);
      },
      hasBusyBuffers: (pfn) => this.#pages.hasBusyBuffers(pfn),
      addTarget: (cpu, pfn, wasMapped) => this.#pages.addTarget(cpu, pfn, wasMapped),
      moveInCache: (from, to) => this.#pages.moveInCache(from, to),
    };
  }
}
