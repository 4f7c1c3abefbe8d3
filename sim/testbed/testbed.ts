/**
 * The machine of the recordings with its program's processes: physical memory, the kernel rooms, ksmd, kcompactd, and
 * everybody that the program started.
 *
 * Difference: slab does not grow with what the processes do.
 */
import { Stream } from '../clock/random.ts';
import type { Scheduler } from '../clock/scheduler.ts';
import { sleepFor } from '../clock/actor.ts';
import { CmaArea } from '../cma/cmaArea.ts';
import type { CostProfile, DeviceDescription } from '../description.ts';
import { deviceMemory } from '../deviceMemory.ts';
import type { Kernel, Limits } from '../kernel.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { MAX_KEPT, refuseTooLarge } from '../load/limits.ts';
import { Measures } from '../load/measures.ts';
import { NONE } from '../memory/frames.ts';
import { Kcompactd } from '../migrate/kcompactd.ts';
import { LEAF_PAGES } from '../process/pageTables.ts';
import { scheduledKernel } from '../scheduledKernel.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { Ballast } from './ballast.ts';
import { Descendant } from './child.ts';
import { fillAtBoot } from './bootState.ts';
import { Contents } from './contents.ts';
import { BUSY_DRAG_NS, drawSlowness, drawStall, slowed, type Stall } from './speed.ts';
import type { Task } from './task.ts';
import type { Worker } from './worker.ts';

const SECOND = 1e9;
/** ZONE_DMA32 begins at 16 MB. */
export const ZONE_START = 4096;
/**
 * ZONE_DMA below it: 3840 managed pages, watermarks, and protection against requests that could have had ZONE_DMA32
 * (recorded zoneinfo).
 */
const LOW_ZONE = { first: ZONE_START - 3840, end: ZONE_START, min: 21, low: 26, reserve: 467 } as const;
/** Writing 4 KiB from user space: cost_r0, rewrite_only_us_per_page 1.615. */
const FILL_NS = 1_615;
/** Assumption: reading /proc/vmstat, about 150 lines printed by the kernel and searched by the program. */
const VMSTAT_NS = 100_000;
/** What mm/ksm.c starts ksmd with. */
const KSM_AT_BOOT = { run: 0, pages_to_scan: 100, sleep_millisecs: 20 } as const;
/** Dead processes whose rmap_items wait for ksmd, at most, unless a strategy keeps it away. */
const MOST_DEAD = 500;
/** The program starts at most so long after the machine's own clock of periodic work, ns. */
const PHASE_NS = SECOND;

export interface TestbedCounts {
  forks: number;
  exits: number;
  forkFailures: number;
  forkSeconds: number;
  parentWrites: number;
  childWrites: number;
  maxLive: number;
}

export interface TestbedSizes {
  /** Processes that can live at once, pages of each, and forks in the whole run with a margin. */
  readonly processes: number;
  readonly pages: number;
  readonly forks: number;
  /** Contents that belong to classes, and the percentage of pages that does. */
  readonly classes: number;
  readonly share: number;
  /**
   * No request here or in an earlier run of the same boot was for the whole area: the first that succeeds moves the
   * pages of tmpfs out of it for good.
   */
  readonly tmpfsInArea: boolean;
}

export class Testbed {
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly area: CmaArea;
  readonly costs: CostProfile;
  readonly contents: Contents;
  readonly description: DeviceDescription;
  /** Pages of one mergeable mapping. */
  readonly mappedPages: number;
  /** Writing 4 KiB from user space, and reading /proc/vmstat, ns. */
  readonly fillNs: number;
  readonly vmstatNs: number;
  /** How long, and where, the host keeps a fork load waiting. */
  readonly stall: Stall;
  /** The host is busy: compaction creeps. */
  isHostBusy = false;
  readonly counts: TestbedCounts = {
    forks: 0,
    exits: 0,
    forkFailures: 0,
    forkSeconds: 0,
    parentWrites: 0,
    childWrites: 0,
    maxLive: 0,
  };
  /** What a run of a workload wants to know; the program itself does not look at it. */
  readonly measures = new Measures();
  /** Wake-ups of ksmd that found ksm_thread_mutex held by the census. */
  readonly mutexPolls = { wakeups: 0, idleWakeups: 0 };
  readonly workers: Worker[] = [];
  readonly children = new Set<Descendant>();
  ballast: Ballast | null = null;
  oomKills = 0;
  /** When the program began, ns. */
  readonly #began: number;
  #pid: number;

  constructor(description: DeviceDescription, sizes: TestbedSizes, seed: number, strategies: readonly Strategy[] = []) {
    this.description = description;
    this.mappedPages = sizes.pages;
    const phase = new Stream(seed, 'phase');
    const slowness = drawSlowness(phase);
    this.costs = slowed(description.costs, slowness);
    this.fillNs = Math.round(FILL_NS * slowness);
    this.vmstatNs = Math.round(VMSTAT_NS * slowness);
    this.stall = drawStall(new Stream(seed, 'stall'));
    const area = description.memory.cma[0];
    this.area = new CmaArea(area.name, area.first, area.pages);
    this.memory = deviceMemory(description, LOW_ZONE);
    this.contents = new Contents(sizes.classes, sizes.share);
    const limits = limitsOf(sizes, description.memory.frames, strategies);
    const { kernel, scheduler } = scheduledKernel({
      description: { ...description, costs: this.costs, ksm: { ...description.ksm, ...KSM_AT_BOOT } },
      memory: this.memory,
      limits,
      strategies,
      actors: limits.mms + 16,
      jitter: new Stream(seed, 'wake-ups'),
    });
    this.kernel = kernel;
    this.scheduler = scheduler;
    this.#began = Math.floor(phase.unit() * PHASE_NS);
    this.#pid = 100 + phase.below(1000);
    fillAtBoot(description, this.memory, ZONE_START, sizes.tmpfsInArea, phase);
    this.kernel.ksmd.who = this.scheduler.add(this.kernel.ksmd, 0);
    const drag = () => (this.isHostBusy ? BUSY_DRAG_NS : 0);
    new Kcompactd(this.kernel, this.memory, this.costs, ZONE_START, drag).begin(this.scheduler, 0);
    this.scheduler.run(this.#began);
  }

  nextPid(): number {
    return this.#pid++;
  }

  /** Seconds since the program began, at `now` ns. */
  seconds(now: number): number {
    return (now - this.#began) / SECOND;
  }

  get secondsNow(): number {
    return this.seconds(this.scheduler.now);
  }

  isInArea(pfn: number): boolean {
    return pfn >= this.area.base && pfn < this.area.base + this.area.pages;
  }

  /** nr_free_pages and nr_free_cma of /proc/vmstat. */
  freeNow(): { free: number; cma: number } {
    const { memory } = this.memory;
    return { free: memory.freePages() + memory.lowZone!.freePages, cma: memory.freeCmaPages() };
  }

  /** Address spaces in use. */
  get processes(): { readonly size: number } {
    return { size: this.kernel.spaces.alive.reduce((sum, alive) => sum + alive, 0) };
  }

  get liveChildren(): number {
    return this.children.size;
  }

  /** A process that `forkedFrom` has just made. */
  addChild(child: Descendant, forkedFrom: Task): void {
    child.index = this.counts.forks++;
    this.children.add(child);
    child.inheritTables(forkedFrom.forkedTables);
    child.begin(this.scheduler.now);
  }

  /** A process has exited. */
  taskGone(task: Task): void {
    if (task instanceof Descendant && this.children.delete(task)) this.counts.exits++;
  }

  /**
   * An allocation failed: nothing can be reclaimed without swap and page cache, so the OOM killer takes the largest
   * process (oom_badness). Step result of the task that wanted the page, which tries again a tick later.
   */
  outOfMemory(): number {
    const tasks: Task[] = [...this.workers, ...this.children];
    if (this.ballast !== null) tasks.push(this.ballast);
    let victim: Task | null = null;
    let most = -1;
    for (const task of tasks) {
      if (task.mm === NONE) continue;
      // A victim that is still dying frees memory soon.
      if (task.isKilled()) return this.#tick();
      const pages = this.#rss(task);
      if (pages > most) {
        victim = task;
        most = pages;
      }
    }
    if (victim === null) throw new RangeError('out of memory and no process left to kill');
    this.oomKills++;
    this.measures.lmkKills++;
    victim.kill();
    return this.#tick();
  }

  #tick(): number {
    return sleepFor(Math.ceil(SECOND / this.description.hz));
  }

  #rss(task: Task): number {
    if (task === this.ballast) return this.ballast.pages;
    const { vmas, tables } = this.kernel;
    let pages = 0;
    for (let vma = vmas.first[task.mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) if (tables.get(task.mm, vpn) !== 0) pages++;
    }
    return pages;
  }
}

/** Throws RangeError when the pools would take more memory than any machine should give to one device. */
function limitsOf(sizes: TestbedSizes, frames: number, strategies: readonly Strategy[]): Limits {
  const { processes, pages, forks } = sizes;
  const slowsScan = strategies.some((strategy) => strategy.slowsScan === true);
  const keepsItems = strategies.some((strategy) => strategy.keepsItems === true);
  const dead = slowsScan ? forks : Math.min(MOST_DEAD, forks);
  const spaces = processes + dead;
  const limits = {
    mms: spaces,
    vmas: 4 * spaces,
    anonVmas: 16 * spaces + (keepsItems ? 4 * forks : 0),
    chains: 64 * spaces,
    // The ballast maps all memory; a dead process's items wait for ksmd.
    leaves: Math.ceil((processes * pages) / LEAF_PAGES) + processes + Math.ceil(frames / LEAF_PAGES),
    files: 1,
    rmapItems: processes * pages + 1024 + (keepsItems ? MAX_KEPT : 0),
    stableNodes: 2 * frames,
  };
  refuseTooLarge(limits, dead);
  return limits;
}
