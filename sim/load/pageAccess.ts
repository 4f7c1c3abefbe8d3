/**
 * One access of a process to one page, from the first try until it is done: waits for page locks, the vendor's delay at
 * migration entries, missing file pages and missing memory in between (handle_mm_fault and its callers' retries).
 *
 * Difference: a file page is read by itself, without read-ahead.
 */
import { BLOCKED, sleepFor } from '../clock/actor.ts';
import { NONE } from '../memory/frames.ts';
import { ACCESS, NOT_CACHED, OUT_OF_MEMORY, REPEAT, type Faults } from '../process/faults.ts';
import { cachePage } from './cachePage.ts';
import type { Measures } from './measures.ts';
import type { World } from './world.ts';

export class PageAccess {
  /** An access was begun and is not done. */
  isPending = false;
  #vpn = 0;
  #content = 0;
  #isWrite = false;
  #began = 0;
  /** Page-cache page being read in, locked by this actor. */
  #reading = NONE;
  readonly #faults: Faults;
  readonly #measures: Measures;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#faults = world.kernel.faults;
    this.#measures = world.measures;
  }

  /** First try; step result of an actor. Most end here, so what further tries need is noted after it only. */
  begin(vpn: number, content: number, isWrite: boolean, mm: number, who: number, cpu: number): number {
    const faults = this.#faults;
    const result = isWrite ? faults.write(mm, vpn, content, cpu, who) : faults.read(mm, vpn, cpu, who);
    if (result >= 0) {
      if (isWrite) this.#note(mm, vpn, 0, result);
      return result;
    }
    this.#vpn = vpn;
    this.#content = content;
    this.#isWrite = isWrite;
    this.#began = this.#world.scheduler.now;
    this.isPending = true;
    return this.#goOn(result, mm, cpu);
  }

  /** A further try; step result of an actor. */
  step(mm: number, who: number, cpu: number): number {
    const faults = this.#faults;
    const result = this.#isWrite
      ? faults.write(mm, this.#vpn, this.#content, cpu, who)
      : faults.read(mm, this.#vpn, cpu, who);
    if (result < 0) return this.#goOn(result, mm, cpu);
    this.isPending = false;
    if (this.#isWrite) this.#note(mm, this.#vpn, this.#world.scheduler.now - this.#began, result);
    return result;
  }

  /** The try was none: how the actor goes on. */
  #goOn(result: number, mm: number, cpu: number): number {
    if (result === BLOCKED) return BLOCKED;
    if (result === REPEAT) return this.#faults.busyNs;
    if (result === OUT_OF_MEMORY) return this.#world.lowMemory.allocationFailed();
    if (result === NOT_CACHED) return this.#readPage(mm, cpu);
    throw new Error(`mm ${mm}: nothing is mapped at ${this.#vpn}`);
  }

  /** End of the read that the last step slept for, if any. */
  endRead(): void {
    if (this.#reading === NONE) return;
    this.#world.kernel.locks.unlockPage(this.#reading);
    this.#reading = NONE;
  }

  /** The same outside simulated time: nothing is locked, and file pages appear at once. */
  atBoot(mm: number, vpn: number, content: number, isWrite: boolean, cpu: number): void {
    const { faults } = this.#world.kernel;
    this.#vpn = vpn;
    let result = isWrite ? faults.write(mm, vpn, content, cpu, NONE) : faults.read(mm, vpn, cpu, NONE);
    if (result === NOT_CACHED && this.#addPage(mm, cpu) !== NONE) result = faults.read(mm, vpn, cpu, NONE);
    if (result < 0) throw new RangeError('the processes of this description do not fit into its memory');
  }

  /** A write that began `agoNs` before its last try, which takes `ns`. */
  #note(mm: number, vpn: number, agoNs: number, ns: number): void {
    const access = this.#faults.lastAccess;
    this.#measures.wrote(access, agoNs + ns);
    if (access === ACCESS.plain || access === ACCESS.reuse) return;
    const { lowMemory, watch, scheduler } = this.#world;
    watch?.faulted?.(mm, vpn, access, scheduler.now - agoNs, scheduler.now + ns);
    lowMemory.afterAllocation();
  }

  /** The page enters the cache locked and is unlocked when it has been read. */
  #readPage(mm: number, cpu: number): number {
    const { lowMemory, kernel, memory, description } = this.#world;
    const pfn = this.#addPage(mm, cpu);
    if (pfn === NONE) return lowMemory.allocationFailed();
    lowMemory.afterAllocation();
    if (memory.cache.wasCopied) return description.costs.migrateCopy;
    kernel.locks.tryLockPage(pfn);
    this.#reading = pfn;
    return sleepFor(description.costs.fileRead);
  }

  #addPage(mm: number, cpu: number): number {
    const { kernel, memory } = this.#world;
    const vma = kernel.vmas.covering(mm, this.#vpn);
    return cachePage(memory, cpu, kernel.vmas.file[vma], kernel.vmas.indexOf(vma, this.#vpn));
  }
}
