/** What is read off a device: samples while it runs, and the observations at the end. Changes nothing. */
import type { Scheduler } from '../clock/scheduler.ts';
import type { MemoryDescription } from '../description.ts';
import type { Kernel } from '../kernel.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { RMAP_ITEM_BYTES } from '../ksm/objects.ts';
import { KIND } from '../memory/frames.ts';
import {
  CAUSES,
  noCauses,
  type CauseCounts,
  type KsmCounters,
  type Observations,
  type Sample,
} from '../observations.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { eachMappedPte } from '../truth/mappedPtes.ts';
import type { Measures } from './measures.ts';

/** A device with the measures of whoever keeps it busy: a world, or the machine of the recorded program. */
export interface Observed {
  readonly description: { readonly memory: Pick<MemoryDescription, 'cma'> };
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly measures: Measures;
  readonly processes: { readonly size: number };
  /** Wake-ups of ksmd that are none: looks at a mutex that a kernel's sleeper would be woken for once. Absent: none. */
  readonly mutexPolls?: Wakeups;
}

/** Wake-ups of an actor, and those of them that woke an idle CPU. */
interface Wakeups {
  readonly wakeups: number;
  readonly idleWakeups: number;
}

/** ksmd's since the device was built. */
function wakeupsOf({ kernel: { ksmd }, scheduler, mutexPolls }: Observed): Wakeups {
  return {
    wakeups: scheduler.wakeups(ksmd.who) - (mutexPolls?.wakeups ?? 0),
    idleWakeups: scheduler.idleWakeups(ksmd.who) - (mutexPolls?.idleWakeups ?? 0),
  };
}

/** Measuring begins. */
export function beginMeasuring({ kernel, measures, scheduler }: Observed): void {
  measures.reset(scheduler.now);
  kernel.ledger.reset();
  kernel.ksmd.resetMeasures();
  kernel.objects.peakItems = kernel.objects.rmapItems + kernel.objects.keptItems;
}

/** Counters that run from the start of the device, as they stood when measuring began. */
export interface Baseline extends Wakeups {
  readonly ksm: KsmCounters;
  readonly merges: number;
  readonly events: number;
  readonly reclaimed: number;
  readonly allocFailures: number;
  readonly discarded: number;
  readonly refaults: number;
}

/** Steps of all actors; ksmd takes many at a time. */
function stepsOf({ scheduler, kernel }: Observed): number {
  return scheduler.steps + kernel.ksmd.stepsSaved;
}

export function baselineOf(device: Observed): Baseline {
  return {
    ksm: ksmCounters(device.kernel),
    merges: device.kernel.mergeItem.merges,
    events: stepsOf(device),
    reclaimed: device.memory.reclaim.freed,
    allocFailures: device.memory.failures,
    ...wakeupsOf(device),
    discarded: device.memory.discarded,
    refaults: device.memory.cache.refaults,
  };
}

export function takeSample(device: Observed): Sample {
  const { kernel, memory, scheduler, measures, processes } = device;
  const { ksmPages, ksmPtes } = countKsm(kernel);
  return {
    at: scheduler.now - measures.since,
    ...ksmCounters(kernel),
    ksmPages,
    ksmPtes,
    unfindablePtes: kernel.ledger.gaps.size,
    freePages: memory.memory.freePages(),
    freeCmaPages: memory.memory.freeCmaPages(),
    unusableCmaPages: memory.unusableCmaPages(),
    processes: processes.size,
  };
}

export function observe(device: Observed, baseline: Baseline, samples: readonly Sample[]): Observations {
  const { kernel, scheduler, measures, memory } = device;
  const { ledger, ksmd, objects } = kernel;
  const { wakeups, idleWakeups } = wakeupsOf(device);
  const { ksmPages } = countKsm(kernel);
  const { gaps, migratedByKind } = ledger;
  const { statistics } = gaps;
  const failedByCause = sumCauses(device);
  const ptesMean = statistics.mean();
  const meanKsmPtes = samples.reduce((sum, sample) => sum + sample.ksmPtes, 0) / Math.max(1, samples.length);
  const items = objects.rmapItems + objects.keptItems;
  const itemBytes = RMAP_ITEM_BYTES + kernel.extraItemBytes;
  return {
    duration: scheduler.now - measures.since,
    attempts: measures.attempts,
    migration: {
      pages: migratedByKind.anon + migratedByKind.ksm + migratedByKind.file,
      failed: measures.attempts.reduce((sum, attempt) => sum + attempt.failed, 0),
      failedByCause,
      byKind: { ...migratedByKind },
    },
    ksm: {
      atStart: baseline.ksm,
      atEnd: ksmCounters(kernel),
      savedPages: countCopies(kernel) - ksmPages,
      fullScan: ksmd.measures.fullScans.toArray(),
      wake: ksmd.measures.wakes.toArray(),
      wakeups: wakeups - baseline.wakeups,
      idleWakeups: idleWakeups - baseline.idleWakeups,
      cpu: ksmd.measures.cpu,
      pagesScanned: ksmd.measures.pagesScanned,
      merges: kernel.mergeItem.merges - baseline.merges,
    },
    unfindable: {
      ptesMean,
      ptesMax: statistics.max,
      shareOfKsmPtes: meanKsmPtes === 0 ? 0 : ptesMean / meanKsmPtes,
      gap: statistics.lengths.toArray(),
      open: gaps.size,
      openedByCause: { ...statistics.openedByCause },
    },
    rmapItems: { live: items, peak: objects.peakItems, stale: countStale(kernel), bytes: items * itemBytes },
    kernelBugs: { ...kernel.vmas.anonVmas.bugs },
    fork: measures.fork.toArray(),
    cowFault: measures.cowFault.toArray(),
    counts: {
      forks: measures.forks,
      exits: measures.exits,
      lmkKills: measures.lmkKills,
      cowFaults: measures.cowFaults,
      anonFaults: measures.anonFaults,
      writes: measures.writes,
      events: stepsOf(device) - baseline.events,
      reclaimed: memory.reclaim.freed - baseline.reclaimed,
      allocFailures: memory.failures - baseline.allocFailures,
    },
    cmaPages: device.description.memory.cma.reduce((sum, area) => sum + area.pages, 0),
    pageCache: {
      pages: memory.cache.pages,
      discarded: memory.discarded - baseline.discarded,
      refaults: memory.cache.refaults - baseline.refaults,
    },
    samples,
  };
}

function ksmCounters(kernel: Kernel): KsmCounters {
  const { objects, cursor } = kernel;
  return {
    pages_shared: objects.pagesShared,
    pages_sharing: objects.pagesSharing,
    pages_unshared: objects.pagesUnshared,
    pages_volatile: objects.pagesVolatile,
    full_scans: cursor.seqnr,
    rmapItems: objects.rmapItems + objects.keptItems,
  };
}

/** Mapped KSM pages and the ptes that map them. */
function countKsm({ frames }: Kernel): { ksmPages: number; ksmPtes: number } {
  return { ksmPages: frames.mappedKsm[0], ksmPtes: frames.mappedKsm[1] };
}

/**
 * Pages there would be without merging in place of the KSM pages: ptes at one address in relatives by fork share one
 * page anyway ("KSM on Android", linux-mm, 13 February 2014), so each family and address counts once.
 */
function countCopies(kernel: Kernel): number {
  const { frames, vmas, tables } = kernel;
  const keys = new Float64Array(frames.mappedKsm[1]);
  // Families are numbered anew, so that page, family and address together stay a whole number below 2^53.
  const families = new Map<number, number>();
  let ptes = 0;
  eachMappedPte(kernel, (_mm, vma, vpn, entry) => {
    const pfn = entry >> PTE_SHIFT;
    if (frames.kind[pfn] !== KIND.ksm) return;
    const root = vmas.anonVmas.root[vmas.anonVma[vma]];
    let family = families.get(root);
    if (family === undefined) families.set(root, (family = families.size));
    keys[ptes++] = (family * frames.total + pfn) * tables.vpnLimit + vpn;
  });
  keys.sort();
  let copies = 0;
  for (let i = 0; i < ptes; i++) if (i === 0 || keys[i] !== keys[i - 1]) copies++;
  return copies;
}

/** Items on an hlist whose own pte does not map the node's page: kept ones, and those ksmd has not revisited. */
function countStale(kernel: Kernel): number {
  const { objects, tables, spaces } = kernel;
  let stale = 0;
  for (let node = 0; node < objects.nodeLive.length; node++) {
    if (objects.nodeLive[node] === 0) continue;
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
      const mm = objects.itemMm[item];
      const entry = mm < 0 || spaces.alive[mm] === 0 ? 0 : tables.get(mm, objects.itemAddress[item]);
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present || entry >> PTE_SHIFT !== objects.kpfn[node]) stale++;
    }
  }
  return stale;
}

function sumCauses(device: Observed): CauseCounts {
  const sums = noCauses();
  for (const { causes } of device.measures.attempts) {
    for (const cause of CAUSES) sums[cause] += causes[cause] ?? 0;
  }
  return sums;
}
