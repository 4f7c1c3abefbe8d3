/**
 * What happens when memory runs short: kswapd is woken, lowmemorykiller looks at its table whenever something reclaims
 * (drivers/staging/android/lowmemorykiller.c), and the OOM killer comes last (mm/oom_kill.c).
 *
 * Differences: lowmemorykiller counts all free pages, CMA pages included; the OOM killer takes the highest
 * oom_score_adj and only then the largest process, and is asked where the kernel would go on reclaiming for a while.
 */
import { sleepFor } from '../clock/actor.ts';
import type { Scheduler } from '../clock/scheduler.ts';
import { SECOND } from '../clock/units.ts';
import type { MemoryDescription } from '../description.ts';
import type { Kernel } from '../kernel.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { NONE } from '../memory/frames.ts';
import { LEAF_PAGES, PTE } from '../process/pageTables.ts';
import type { Watch } from '../watch/watch.ts';
import type { Measures } from './measures.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processTable.ts';

/** lowmem_deathpending_timeout: no second victim while the first one dies, for a second at most. */
const DEATH_PENDING_NS = SECOND;
/** OOM_SCORE_ADJ_MIN: never killed. */
const NEVER = -1000;

export interface LowMemoryParts {
  readonly table: MemoryDescription['lowmemorykiller'];
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly processes: ProcessTable;
  readonly measures: Measures;
  /** Sleep before a failed allocation is tried again: one jiffy, ns. */
  readonly retryNs: number;
  readonly watch: Watch | null;
}

export class LowMemory {
  /** Actor id of kswapd, NONE while it does not run. */
  kswapd = NONE;
  #victim: Process | null = null;
  #victimUntil = 0;
  readonly #p: LowMemoryParts;

  constructor(parts: LowMemoryParts) {
    this.#p = parts;
  }

  /** wakeup_kswapd, when the last allocation went below the low watermark. */
  afterAllocation(): void {
    if (this.#p.memory.memory.kswapdWanted && this.kswapd !== NONE) this.#p.scheduler.wake(this.kswapd);
  }

  /** An allocation failed even after direct reclaim; step result of the actor that wanted it, which tries again. */
  allocationFailed(): number {
    this.afterAllocation();
    if (!this.shrink()) this.#kill(NEVER + 1);
    return sleepFor(this.#p.retryNs);
  }

  /** lowmem_shrink: kills a process if the table says so. Returns whether one was killed or is dying still. */
  shrink(): boolean {
    const { table, memory } = this.#p;
    const free = memory.memory.freePages();
    const file = memory.cache.pages;
    for (let i = 0; i < table.minfree.length; i++) {
      if (free < table.minfree[i] && file < table.minfree[i]) return this.#kill(table.adj[i]);
    }
    return false;
  }

  /** Kills the process with the highest oom_score_adj from `minAdj` up, the largest among equals. */
  #kill(minAdj: number): boolean {
    const { now } = this.#p.scheduler;
    if (this.#victim !== null && this.#victim.mm !== NONE && now < this.#victimUntil) return true;
    let victim: Process | null = null;
    let size = 0;
    for (const process of this.#p.processes.all()) {
      if (process.isDying || process.mm === NONE || process.oomScoreAdj < minAdj) continue;
      if (victim !== null && process.oomScoreAdj < victim.oomScoreAdj) continue;
      const own = this.#rss(process.mm);
      if (victim !== null && process.oomScoreAdj === victim.oomScoreAdj && own <= size) continue;
      victim = process;
      size = own;
    }
    if (victim === null) return false;
    this.#victim = victim;
    this.#victimUntil = now + DEATH_PENDING_NS;
    this.#p.measures.lmkKills++;
    this.#p.watch?.killed?.(victim, now);
    victim.kill();
    return true;
  }

  /** get_mm_rss: present ptes. */
  #rss(mm: number): number {
    const { vmas, tables } = this.#p.kernel;
    let pages = 0;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const slot = tables.slot(mm, vpn);
        if (slot < 0) vpn |= LEAF_PAGES - 1;
        else if ((tables.entries[slot] & PTE.present) !== 0) pages++;
      }
    }
    return pages;
  }
}
