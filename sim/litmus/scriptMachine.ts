/**
 * The machine a scripted test runs on: the kernel rooms over a small memory with one CPU and one CMA area, where a page
 * comes from the frame that the script asks for.
 *
 * Difference: nothing costs time, and an exit does not drain the pagevec (the script's tasks run on other CPUs than
 * the pages they drop were added on).
 */
import type { CostProfile, KernelProfile, KsmSettings } from '../description.ts';
import { SCRIPT_KERNELS } from '../kernelProfiles.ts';
import { Kernel, type KernelOptions, type Limits } from '../kernel.ts';
import { KernelMemory } from '../kernelMemory.ts';
import { NO_LOAD } from '../load/noLoad.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PageCache } from '../memory/pagecache.ts';
import { GFP, PhysicalMemory } from '../memory/physical.ts';
import type { UnmapAndMove } from '../migrate/unmapAndMove.ts';
import { combinedDevice } from '../strategies/combine.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { LitmusTest } from './types.ts';

const CPU = 0;
const HZ = 100;
const KSM: KsmSettings = { run: 1, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 };
/** Frames of the CMA area, first and end, where a script does not say others. */
export const DEFAULT_AREA: readonly [number, number] = [256, 320];

/** What a machine has room for. */
export interface MachineSize {
  /** Frames besides the CMA area. */
  readonly otherFrames: number;
  readonly limits: Limits;
}

/** More than any script can fill. */
const ROOMY: MachineSize = {
  otherFrames: 2048,
  limits: {
    mms: 256,
    vmas: 4096,
    anonVmas: 4096,
    chains: 16384,
    leaves: 1024,
    files: 1,
    rmapItems: 16384,
    stableNodes: 8192,
  },
};

export interface MachineOptions {
  /** Bits of the modelled checksum, 32 unless given. */
  readonly checksumBits?: number;
  /** Another kernel than the config names, for tests. */
  readonly profile?: KernelProfile;
  readonly size?: MachineSize;
  readonly ledger?: KernelOptions['ledger'];
}

/** A cost profile in which everything is free. */
export const NO_COSTS = new Proxy({} as CostProfile, { get: () => 0 });

/**
 * Pages come from the lowest free frame of the area or from outside it, as the script says, whatever the watermarks.
 */
class ScriptMemory extends KernelMemory {
  /** The next user page comes from the CMA area. */
  fromCma = false;
  readonly #area: readonly [number, number];

  constructor(memory: PhysicalMemory, area: readonly [number, number]) {
    super(memory, new PageCache(memory));
    this.#area = area;
  }

  override alloc(cpu: number): number {
    if (!this.fromCma) return this.allocTarget(cpu);
    this.memory.percpu.drainAllPages();
    const pfn = this.memory.buddy.lowestFree(this.#area[0], this.#area[1]);
    return pfn >= 0 && this.memory.allocExact(pfn) ? pfn : NONE;
  }

  override allocTarget(cpu: number): number {
    return this.memory.allocPage(cpu, GFP.movable | GFP.noWatermark);
  }

  override allocOutsideCma(cpu: number): number {
    return this.memory.allocPage(cpu, GFP.noWatermark);
  }

  override drain(): void {
    // Exits drain their own CPU's pagevecs, and the script's pages sit in another's.
  }
}

export class ScriptMachine {
  readonly kernel: Kernel;
  /** Told of each new anonymous page, with the label that the running write gave. */
  onNewPage: ((mm: number, vpn: number, pfn: number, label: string | null) => void) | null = null;
  /** Told of each unmap_and_move. */
  onAttempt: ((pfn: number) => void) | null = null;
  readonly #memory: ScriptMemory;
  readonly #area: readonly [number, number];
  #label: string | null = null;
  /** Pages that the script itself holds the lock of; such a page cannot migrate. */
  readonly #locked = new Set<number>();

  constructor(config: LitmusTest['config'], strategies: readonly Strategy[], options: MachineOptions = {}) {
    const { checksumBits = 32, size = ROOMY, ledger } = options;
    const area = config.cma ?? DEFAULT_AREA;
    const profile = kernelUnder(strategies, options.profile ?? profileOf(config), area);
    this.#area = area;
    const pageblockOrder = largestBlock(area[0], area[1]);
    const blockPages = 1 << pageblockOrder;
    const memory = new PhysicalMemory({
      frames: Math.ceil((area[1] + size.otherFrames) / blockPages) * blockPages,
      cpus: 1,
      pageblockOrder,
      reserved: [],
      cma: [{ first: area[0], pages: area[1] - area[0] }],
      pcpBatch: 1,
      pcpHigh: 1,
      minFreePages: 0,
      extraFreePages: 0,
      pagevec: config.pagevec !== false,
      cmaFirstForAnon: profile.cmaFirstForAnon,
      pageCacheOutsideCma: profile.pageCacheOutsideCma,
      cmaFreeBypassesPcp: profile.cmaFreeBypassesPcp,
      // Pages come from outside the area unless a script says otherwise.
      ...(profile.changes === undefined ? {} : { changes: { ...profile.changes, cmaBalance: false } }),
    });
    this.#memory = new ScriptMemory(memory, area);
    this.kernel = new Kernel({
      limits: size.limits,
      ...(ledger === undefined ? {} : { ledger }),
      frames: memory.frames,
      userPages: this.#memory,
      migrationPages: this.#memory,
      contigMemory: this.#memory,
      profile,
      costs: NO_COSTS,
      ksm: { ...KSM, checksum_bits: checksumBits },
      hz: HZ,
      strategies,
      attempted: (pfn) => this.onAttempt?.(pfn),
    });
    this.kernel.faults.onNewPage = (mm, vpn, pfn) => {
      this.onNewPage?.(mm, vpn, pfn, this.#label);
      this.#label = null;
    };
  }

  /** A machine for one more migration at the same time. */
  newMove(): UnmapAndMove {
    return this.kernel.newMove(this.#memory);
  }

  /** Its pages as faults, migrations and contiguous allocations ask for them. */
  get pages(): KernelMemory {
    return this.#memory;
  }

  get memory(): PhysicalMemory {
    return this.#memory.memory;
  }

  /** What the next user page is called and whether it comes from the CMA area. */
  nextPage(label: string | null, fromCma: boolean): void {
    this.#label = label;
    this.#memory.fromCma = fromCma;
  }

  drainAll(): void {
    this.#memory.lruAddDrainAll();
  }

  /** get_user_pages. */
  pin(pfn: number): void {
    this.memory.getPage(pfn);
    this.kernel.frames.pins[pfn]++;
  }

  /** put_page of a pin; false when nobody pins the page. */
  unpin(pfn: number): boolean {
    if (this.kernel.frames.pins[pfn] === 0) return false;
    this.kernel.frames.pins[pfn]--;
    this.memory.putPage(CPU, pfn);
    return true;
  }

  /** trylock_page by somebody else than ksmd and the migrator. */
  lock(pfn: number): boolean {
    if (!this.kernel.locks.tryLockPage(pfn)) return false;
    this.#locked.add(pfn);
    return true;
  }

  /** False when the script does not hold the lock. */
  unlock(pfn: number): boolean {
    if (!this.#locked.delete(pfn)) return false;
    this.kernel.locks.unlockPage(pfn);
    return true;
  }

  isolate(pfn: number): boolean {
    return this.#memory.isolate(pfn);
  }

  putback(pfn: number): void {
    this.#memory.putback(CPU, pfn);
  }

  /** Frames of finished migrations that no pagevec will free: nothing else allocates kernel pages here. */
  forgottenFrames(): string[] {
    const { frames, moves } = this.kernel;
    if (moves.some((move) => !move.isIdle)) return [];
    const messages: string[] = [];
    for (let pfn = 0; pfn < frames.total; pfn++) {
      if (frames.kind[pfn] !== KIND.kernel || frames.count[pfn] === frames.pagevecRefs[pfn]) continue;
      messages.push(`frame ${pfn}: page_count ${frames.count[pfn]} after its migration`);
    }
    return messages;
  }

  isInCma(first: number, pages: number): boolean {
    return pages > 0 && first >= this.#area[0] && first + pages <= this.#area[1];
  }

  freeRange(first: number, pages: number): void {
    this.#memory.freeRange(CPU, first, pages);
  }
}

/**
 * The kernel as the strategies would have it built. What else they change about the device has no place in a script,
 * which says itself where pages come from and when ksmd runs.
 */
function kernelUnder(
  strategies: readonly Strategy[],
  kernel: KernelProfile,
  area: readonly [number, number],
): KernelProfile {
  const cma = [{ name: 'script', first: area[0], pages: area[1] - area[0], isDefault: true }];
  return combinedDevice(strategies, {
    device: 'script',
    cpus: 1,
    hz: HZ,
    memory: {
      frames: area[1] + ROOMY.otherFrames,
      reserved: [],
      cma,
      unmovablePages: 0,
      reclaimablePages: 0,
      minFreeKbytes: 0,
      extraFreeKbytes: 0,
      lowmemorykiller: { adj: [], minfree: [] },
    },
    kernel,
    costs: NO_COSTS,
    ksm: KSM,
    load: NO_LOAD,
    settleScans: 0,
    warmupNs: 0,
    durationNs: 0,
  }).kernel;
}

function profileOf({ kernel, max_page_sharing: limit }: LitmusTest['config']): KernelProfile {
  const profile = SCRIPT_KERNELS[kernel ?? 'linux-3.10'];
  if (profile.changes === undefined || limit === undefined) return profile;
  return { ...profile, changes: { ...profile.changes, maxPageSharing: limit } };
}

/** Order of the largest pageblock that the area is made of whole ones of, at most 10. */
function largestBlock(first: number, end: number): number {
  let order = 0;
  while (order < 10 && first % (2 << order) === 0 && end % (2 << order) === 0) order++;
  return order;
}
