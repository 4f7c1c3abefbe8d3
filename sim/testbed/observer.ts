/**
 * What the program reads off the kernel: sysfs counters, the census of the stable tree, what the area's frames hold,
 * and why ptes are unfindable. Times are those of the recorded machine as far as they hold up ksmd.
 *
 * The census changes what it looks at: stale nodes are gone after it, with their rmap_items.
 *
 * Difference: the recorded census counts the ptes that the walk finds; here those that it misses are known already.
 */
import { sleepFor } from '../clock/actor.ts';
import { KIND, NONE, PG } from '../memory/frames.ts';
import type { Descendant } from './child.ts';
import type { TestbedCauses, TestbedCensus, TestbedOccupancy, TestbedSample, TestbedSysfs } from './record.ts';
import type { Steps } from './task.ts';
import type { Testbed } from './testbed.ts';

export const SERIES_COLS = [
  't',
  'pages_shared',
  'pages_sharing',
  'pages_unshared',
  'pages_volatile',
  'full_scans',
  'stable_node_chains',
  'stable_node_dups',
  'nr_free',
  'nr_free_cma',
  'ksmd_cpu_ms',
] as const;

/** The census holds ksm_thread_mutex while it walks: census[].ns over census[].maps of the heavy recordings. */
const CENSUS_NS_PER_MAP = 700;

/** Reading an entry of /proc/kpageflags, kpagecount or pagemap: 13 ms from a look at 32768 to the next request. */
const ENTRY_NS = 300;

export class Observer {
  readonly census: TestbedCensus[] = [];
  readonly occupancy: TestbedOccupancy[] = [];
  readonly causes: TestbedCauses[] = [];
  readonly series: TestbedSample[] = [];
  readonly #testbed: Testbed;

  constructor(testbed: Testbed) {
    this.#testbed = testbed;
  }

  sysfs(): TestbedSysfs {
    const { objects, cursor, ksmd } = this.#testbed.kernel;
    return {
      pages_shared: objects.pagesShared,
      pages_sharing: objects.pagesSharing,
      pages_unshared: objects.pagesUnshared,
      pages_volatile: objects.pagesVolatile,
      full_scans: cursor.seqnr,
      pages_to_scan: ksmd.pagesToScan,
      sleep_millisecs: ksmd.sleepMillisecs,
      run: ksmd.run,
    };
  }

  sample(): void {
    const { kernel } = this.#testbed;
    const { objects } = kernel;
    const { free, cma } = this.#testbed.freeNow();
    this.series.push([
      this.#testbed.secondsNow,
      objects.pagesShared,
      objects.pagesSharing,
      objects.pagesUnshared,
      objects.pagesVolatile,
      kernel.cursor.seqnr,
      0,
      0,
      free,
      cma,
      kernel.ksmd.cpuTime / 1e6,
    ]);
  }

  /** The census, during which ksmd stands still. */
  *takeCensus(): Steps {
    const { kernel, scheduler, mutexPolls } = this.#testbed;
    const { ksmd } = kernel;
    const t = this.#testbed.secondsNow;
    while (ksmd.isInBatch) yield sleepFor(100_000);
    const [wakeups, idleWakeups] = [scheduler.wakeups(ksmd.who), scheduler.idleWakeups(ksmd.who)];
    ksmd.isHeld = true;
    const census = this.#count(t);
    yield census.maps * CENSUS_NS_PER_MAP;
    ksmd.isHeld = false;
    // Woken meanwhile, ksmd only looks again; the look that finds the mutex free stands for the one wake-up there is.
    mutexPolls.wakeups += scheduler.wakeups(ksmd.who) - wakeups;
    mutexPolls.idleWakeups += scheduler.idleWakeups(ksmd.who) - idleWakeups;
    this.census.push(census);
  }

  #count(t: number): TestbedCensus {
    const { kernel } = this.#testbed;
    const { objects, frames, stable, ledger } = kernel;
    const missing = new Map<number, number>();
    for (const gap of ledger.gaps.values()) {
      if (frames.mapping[gap.pfn] === NONE) continue;
      missing.set(gap.pfn, (missing.get(gap.pfn) ?? 0) + 1);
    }
    const sums = { nodes: 0, stale: 0, pages: 0, items: 0, maps: 0, max_mapcount: 0 };
    const missed = { pages_missing: 0, maps_missing: 0, orphan: 0, orphan_maps: 0 };
    const area = { cma_pages: 0, cma_maps: 0, cma_pages_missing: 0, cma_maps_missing: 0 };
    for (let node = 0; node < objects.nodeLive.length; node++) {
      if (objects.nodeLive[node] === 0) continue;
      // The recorded census looks its pages up with get_ksm_page, which removes a stale node: it never saw one.
      if (stable.isStale(node)) {
        stable.removeStale(node);
        continue;
      }
      sums.nodes++;
      const pfn = objects.kpfn[node];
      const maps = frames.mapcount[pfn];
      if (maps === 0) continue;
      const lost = missing.get(pfn) ?? 0;
      sums.pages++;
      sums.maps += maps;
      sums.items += objects.nodeItems[node];
      sums.max_mapcount = Math.max(sums.max_mapcount, maps);
      if (lost > 0) {
        missed.pages_missing++;
        missed.maps_missing += lost;
        if (objects.nodeItems[node] === 0) {
          missed.orphan++;
          missed.orphan_maps += maps;
        }
      }
      if (!this.#testbed.isInArea(pfn)) continue;
      area.cma_pages++;
      area.cma_maps += maps;
      if (lost > 0) area.cma_pages_missing++;
      area.cma_maps_missing += lost;
    }
    return { t, ...sums, found: sums.maps - missed.maps_missing, ...missed, ...area };
  }

  /** What the frames of the area hold; `maps`: count the ptes of KSM pages and KSM pages elsewhere too. */
  *takeOccupancy(maps: boolean): Steps {
    const { kernel, area } = this.#testbed;
    const { frames } = kernel;
    const seen = { anon: 0, ksm: 0, ksm_maps: 0, ksm_all: 0, buddy: 0, file: 0, other: 0, cma_used: 0 };
    for (let pfn = area.base; pfn < area.base + area.pages; pfn++) {
      const kind = frames.kind[pfn];
      if (kind === KIND.ksm) {
        seen.ksm++;
        if (maps) seen.ksm_maps += frames.mapcount[pfn];
      } else if (kind === KIND.anon) seen.anon++;
      else if (kind === KIND.contiguous) {
        seen.cma_used++;
        seen.other++;
      } else if (kind === KIND.free && this.#isInBuddy(pfn)) seen.buddy++;
      else if (kind === KIND.file && (frames.flags[pfn] & PG.lru) !== 0) seen.file++;
      else seen.other++;
    }
    if (maps) for (let pfn = 0; pfn < frames.total; pfn++) if (frames.kind[pfn] === KIND.ksm) seen.ksm_all++;
    this.occupancy.push({ t: this.#testbed.secondsNow, ...seen });
    yield (maps ? 2 * area.pages + frames.total : area.pages) * ENTRY_NS;
  }

  #isInBuddy(pfn: number): boolean {
    return this.#testbed.memory.memory.buddy.headOf(pfn) >= 0;
  }

  /**
   * For each pte that the walk misses: does the parent map the same page at that address, another one, or is it gone?
   */
  *takeCauses(): Steps {
    const { kernel, workers, children } = this.#testbed;
    const { ledger, frames, tables } = kernel;
    const parent = workers.findLast((worker) => worker.mm !== NONE) ?? null;
    const isWorker = new Set(workers.map((worker) => worker.mm));
    const living = new Set([...children].map((child: Descendant) => child.mm));
    const pages = new Set<number>();
    const orphans = new Set<number>();
    const sums = {
      declared_missing: 0,
      classified: 0,
      parent_itself: 0,
      child_parent_has_other_page: 0,
      child_parent_same_page: 0,
      child_parent_gone: 0,
    };
    for (const { mm, vpn, pfn } of ledger.gaps.values()) {
      const node = frames.mapping[pfn];
      if (node === NONE) continue;
      pages.add(pfn);
      if (kernel.objects.nodeItems[node] === 0) orphans.add(pfn);
      sums.declared_missing++;
      if (isWorker.has(mm)) sums.parent_itself++;
      else if (!living.has(mm)) continue;
      else if (parent === null) sums.child_parent_gone++;
      else if (tables.mapsPage(parent.mm, vpn, pfn)) sums.child_parent_same_page++;
      else sums.child_parent_has_other_page++;
      sums.classified++;
    }
    if (pages.size === 0) return;
    this.causes.push({ t: this.#testbed.secondsNow, pages: pages.size, orphan_pages: orphans.size, ...sums });
    yield (workers.length + children.size) * this.#testbed.mappedPages * ENTRY_NS;
  }
}
