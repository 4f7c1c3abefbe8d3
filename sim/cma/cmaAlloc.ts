/**
 * dma_alloc_from_contiguous (drivers/base/dma-contiguous.c) as a machine: candidate ranges of the bitmap one after the
 * other until one can be had, and the retries around that.
 *
 * Mainline holds cma_mutex around everything. The vendor trees hold it around alloc_contig_range only, mark the bitmap
 * first, and (some of them) start over after a sleep. Difference: the vendor bug that clears a wrong bitmap range after
 * an error other than -EBUSY is not modelled.
 */
import type { CostProfile, KernelProfile } from '../description.ts';
import { BLOCKED, sleepFor } from '../clock/actor.ts';
import type { Clock } from '../clock/clock.ts';
import type { Mutex } from '../clock/mutex.ts';
import { NONE } from '../memory/frames.ts';
import { ERRNO } from '../migrate/unmapAndMove.ts';
import type { KernelHooks, Remedy } from '../strategies/strategy.ts';
import { alignmentOrder, CMA_ALIGNMENT, type CmaArea } from './cmaArea.ts';
import type { ContigRange } from './contigRange.ts';

const PHASE = { idle: 0, lock: 1, find: 2, lockRange: 3, range: 4, failed: 5, sleep: 6 } as const;

export interface CmaParts {
  /** One for all callers: a range is worked on under cma_mutex. */
  readonly range: ContigRange;
  readonly cmaMutex: Mutex;
  readonly kernel: KernelProfile;
  readonly costs: CostProfile;
  readonly hooks: KernelHooks;
  readonly clock: Readonly<Clock>;
  /** A range was given up; the pages that stood in the way are in the ContigRange still. */
  readonly rangeFailed: () => void;
}

/** One caller's allocation. Each CMA client has its own. */
export class CmaAlloc {
  /** First frame once idle, NONE after a failure; then errno says why. */
  pfn = NONE;
  errno = 0;
  /** Work beyond the first try. */
  migratePasses = 0;
  contigTries = 0;
  ranges = 0;
  caller = 0;
  migrated = 0;
  #phase: number = PHASE.idle;
  #area: CmaArea | null = null;
  #pages = 0;
  #mask = 0;
  #start = 0;
  #index = NONE;
  #tried = 0;
  #vendorRounds = 0;
  #began = NaN;
  /** Rounds that strategies asked for, and how often they were asked since the last one. */
  #remedies = 0;
  #asked = 0;
  #remedy: Remedy | null = null;
  /** What stood in the way of the ranges of this round. */
  #blockers: number[] = [];
  #holdsMutex = false;
  readonly #p: CmaParts;

  constructor(parts: CmaParts) {
    this.#p = parts;
  }

  get isIdle(): boolean {
    return this.#phase === PHASE.idle;
  }

  /** Of the last call, for a watch. */
  get area(): CmaArea | null {
    return this.#area;
  }

  get alignOrder(): number {
    return 31 - Math.clz32(this.#mask + 1);
  }

  /** `alignOrder` null: get_order(pages). */
  begin(area: CmaArea, pages: number, alignOrder: number | null): void {
    this.#area = area;
    this.#pages = pages;
    this.#mask = (1 << Math.min(alignOrder ?? alignmentOrder(pages), CMA_ALIGNMENT)) - 1;
    this.#start = 0;
    this.#tried = 0;
    this.#vendorRounds = this.#p.kernel.cmaRetries;
    this.#began = this.#p.clock.now;
    this.#remedies = 0;
    this.#asked = 0;
    this.#blockers = [];
    this.pfn = NONE;
    this.errno = 0;
    this.migratePasses = 0;
    this.contigTries = 0;
    this.ranges = 0;
    this.caller = 0;
    this.migrated = 0;
    this.#phase = PHASE.lock;
  }

  step(who: number, cpu: number): number {
    switch (this.#phase) {
      case PHASE.lock:
        if (!this.#p.kernel.cmaBitmapFirst && !this.#takeMutex(who)) return BLOCKED;
        this.#phase = PHASE.find;
        return this.#p.costs.cmaBase;
      case PHASE.find:
        return this.#find(who, cpu);
      case PHASE.lockRange:
        if (!this.#takeMutex(who)) return BLOCKED;
        this.#p.range.begin(this.#area!.base + this.#index, this.#area!.base + this.#index + this.#pages);
        this.#phase = PHASE.range;
        return 0;
      case PHASE.failed:
        return this.#failed(who, cpu);
      case PHASE.sleep:
        return this.#carryOut();
      default:
        return this.#runRange(who, cpu);
    }
  }

  /** SIGKILL: alloc_contig_range gives up with -EINTR where it looks for signals. */
  interrupt(): void {
    this.#p.range.interrupt();
  }

  #find(who: number, cpu: number): number {
    const area = this.#area!;
    this.#index = area.findZeroArea(this.#start, this.#pages, this.#mask);
    if (this.#index < 0) return this.#noCandidate(who, cpu);
    if (this.#tried++ > 0) this.ranges++;
    if (this.#p.kernel.cmaBitmapFirst) area.set(this.#index, this.#pages);
    this.#phase = PHASE.lockRange;
    return 0;
  }

  #runRange(who: number, cpu: number): number {
    const { range, kernel } = this.#p;
    const area = this.#area!;
    const cost = range.step(who, cpu);
    if (cost === BLOCKED || !range.isIdle) return cost;
    this.migratePasses += range.migratePasses;
    this.contigTries += range.contigTries;
    this.migrated += range.migrated;
    if (range.rc === 0) {
      area.set(this.#index, this.#pages);
      this.pfn = area.base + this.#index;
      return this.#done(0, cost);
    }
    this.#p.rangeFailed();
    this.#blockers.push(...range.leftover);
    if (kernel.cmaBitmapFirst) area.clear(this.#index, this.#pages);
    if (kernel.cmaBitmapFirst) this.#dropMutex();
    if (range.rc !== ERRNO.busy) return this.#done(range.rc, cost);
    this.errno = ERRNO.busy;
    this.#start = this.#index + this.#mask + 1;
    this.#phase = PHASE.find;
    return cost;
  }

  /** No range is left: sleep and start over where the vendor tree or the caller does so. */
  #noCandidate(who: number, cpu: number): number {
    const { kernel } = this.#p;
    if (this.#vendorRounds > 0) {
      this.#vendorRounds--;
      return this.#startOver(kernel.cmaRetrySleepNs);
    }
    this.#asked = 0;
    return this.#failed(who, cpu);
  }

  /** The call has failed: the caller gives up, or does what a strategy says. */
  #failed(who: number, cpu: number): number {
    const { hooks, clock } = this.#p;
    const errno = this.errno === 0 ? ERRNO.noMemory : this.errno;
    const remedy =
      hooks.afterFailure?.({
        began: this.#began,
        now: clock.now,
        rounds: this.#remedies,
        errno,
        blockers: this.#blockers,
        cpu,
        who,
        asked: this.#asked++,
      }) ?? null;
    if (remedy === null) return this.#done(errno, 0);
    this.#dropMutex();
    this.#remedy = remedy;
    this.#phase = PHASE.sleep;
    return remedy.cpuNs > 0 ? remedy.cpuNs : this.#carryOut();
  }

  /** The remedy's CPU time is over. */
  #carryOut(): number {
    const { sleepNs, then } = this.#remedy!;
    this.#remedy = null;
    if (then === 'ask') {
      this.#phase = PHASE.failed;
      return sleepFor(sleepNs);
    }
    this.#remedies++;
    this.#vendorRounds = this.#p.kernel.cmaRetries;
    return this.#startOver(sleepNs);
  }

  #startOver(sleepNs: number): number {
    this.caller++;
    this.#start = 0;
    this.#blockers = [];
    this.#phase = PHASE.lock;
    return sleepFor(sleepNs);
  }

  #takeMutex(who: number): boolean {
    if (this.#holdsMutex) return true;
    this.#holdsMutex = this.#p.cmaMutex.tryLock(who);
    return this.#holdsMutex;
  }

  #dropMutex(): void {
    if (this.#holdsMutex) this.#p.cmaMutex.unlock();
    this.#holdsMutex = false;
  }

  #done(errno: number, cost: number): number {
    this.errno = errno;
    this.#dropMutex();
    this.#phase = PHASE.idle;
    return cost;
  }
}
