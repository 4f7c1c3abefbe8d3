/**
 * A process of the testbed's program: straight-line code of system calls, page writes and sleeps, written as a
 * generator.
 *
 * Each `yield` is the result of one step of an actor (CPU time, a sleep, or BLOCKED), so that anybody may overtake
 * between two of them. Generators and not machines with phases, because nobody stops or explores this program
 * (docs/decisions/0005).
 */
import { BLOCKED, FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import { NOT_MAPPED, OUT_OF_MEMORY, REPEAT } from '../process/faults.ts';
import { KIND, NONE } from '../memory/frames.ts';
import type { Testbed } from './testbed.ts';

/** Step results in turn. */
export type Steps<Result = void> = Generator<number, Result, undefined>;

const MS = 1e6;
/** Default timer slack of a task, by which the kernel may let a sleep run over. */
const TIMER_SLACK_NS = 50_000;

/** A page-table page of x86-64 maps 512 pages. */
const TABLE_SHIFT = 9;
/** MAX_GATHER_BATCH_COUNT batches: about 10,000 pages. */
const GATHER_PAGES = 10_000;
/** Kernel stack (4 pages), upper page tables (3) and the slab objects of a process (assumption: 3 pages). */
const PROCESS_FRAMES = 10;

export abstract class Task implements Actor {
  readonly name: string;
  readonly pid: number;
  /** Address space, NONE before exec and after exit. */
  mm = NONE;
  who = NONE;
  /** CPU and time (ns) of the running step. */
  readonly clock = { cpu: 0, now: 0 };
  protected readonly testbed: Testbed;
  /** Page-table pages by the 2 MB they map, and what else the kernel holds for the process: unmovable frames. */
  readonly #tables = new Set<number>();
  readonly #kernelFrames: number[] = [];
  #killed = false;
  #steps: Steps | null = null;

  constructor(testbed: Testbed, name: string) {
    this.testbed = testbed;
    this.name = name;
    this.pid = testbed.nextPid();
  }

  /** Starts as an actor, at `at` ns. */
  begin(at: number): void {
    this.who = this.testbed.scheduler.add(this, at);
  }

  /** SIGKILL is pending, or the task has exited. A method: it may change at every yield. */
  isKilled(): boolean {
    return this.#killed;
  }

  /** SIGKILL. */
  kill(): void {
    if (this.isKilled()) return;
    this.#killed = true;
    if (this.who !== NONE) this.testbed.scheduler.wake(this.who);
  }

  step(cpu: number): number {
    this.clock.cpu = cpu;
    this.clock.now = this.testbed.scheduler.now;
    this.#steps ??= this.life();
    const { done, value } = this.#steps.next();
    return done === true ? FINISHED : value;
  }

  /** main() and exit. */
  protected *life(): Steps {
    this.#takeKernelFrames(PROCESS_FRAMES);
    yield* this.main();
    yield* this.exit();
  }

  /** Page tables of the last fork, to be the child's own. */
  forkedTables: readonly number[] = [];

  /** A forked process begins with page tables for all that its parent had. */
  inheritTables(tables: readonly number[]): void {
    for (const table of tables) this.#tables.add(table);
    this.#takeKernelFrames(tables.length);
  }

  #needTable(vpn: number): void {
    const table = vpn >> TABLE_SHIFT;
    if (this.#tables.has(table)) return;
    this.#tables.add(table);
    this.#takeKernelFrames(1);
  }

  #takeKernelFrames(count: number): void {
    const { memory } = this.testbed.memory;
    for (let i = 0; i < count; i++) {
      const pfn = memory.allocPage(this.cpu, 0);
      if (pfn === NONE) return;
      memory.frames.kind[pfn] = KIND.kernel;
      this.#kernelFrames.push(pfn);
    }
  }

  protected abstract main(): Steps;

  protected get cpu(): number {
    return this.clock.cpu;
  }

  protected get now(): number {
    return this.clock.now;
  }

  protected get costs() {
    return this.testbed.costs;
  }

  /** Time in seconds since the program began. */
  protected get seconds(): number {
    return this.testbed.seconds(this.now);
  }

  protected *msleep(ms: number): Steps {
    if (ms > 0) yield sleepFor(Math.ceil(ms * MS) + TIMER_SLACK_NS);
  }

  /** Writes one word, the same everywhere else, into the page at `vpn`. */
  protected *touch(vpn: number): Steps {
    yield* this.#access(vpn, this.testbed.contents.unique(), 0);
  }

  /** Writes the whole page at `vpn`. */
  protected *write(vpn: number, content: number): Steps {
    yield* this.#access(vpn, content, this.testbed.fillNs);
  }

  /** A write access that retries as the fault handler does; `extraNs` of user time follow. */
  *#access(vpn: number, content: number, extraNs: number): Steps {
    const { faults } = this.testbed.kernel;
    this.#needTable(vpn);
    const began = this.now;
    while (!this.isKilled()) {
      const result = faults.write(this.mm, vpn, content, this.cpu, this.who);
      if (result >= 0) {
        this.testbed.measures.wrote(faults.lastAccess, this.now + result - began);
        yield result + extraNs;
        return;
      }
      if (result === BLOCKED) yield BLOCKED;
      else if (result === REPEAT) yield faults.busyNs;
      else if (result === OUT_OF_MEMORY) yield this.testbed.outOfMemory();
      else if (result === NOT_MAPPED) throw new Error(`${this.name}: nothing is mapped at ${vpn}`);
    }
  }

  /** Takes mmap_sem for writing. */
  protected *lockMm(): Steps {
    const { locks } = this.testbed.kernel;
    while (!locks.tryWriteMm(this.mm)) {
      locks.waitOnMm(this.mm, this.who);
      yield BLOCKED;
    }
  }

  protected *mmap(start: number, pages: number): Steps {
    const { kernel } = this.testbed;
    yield* this.lockMm();
    kernel.spaces.mmap(this.mm, start, pages, NONE, false);
    yield this.costs.syscall;
    kernel.locks.writeUnlockMm(this.mm);
  }

  protected *madviseMergeable(start: number, pages: number): Steps {
    const { kernel } = this.testbed;
    yield* this.lockMm();
    kernel.control.madviseMergeable(this.mm, start, pages);
    // __ksm_enter wakes a ksmd that had nobody to visit.
    if (kernel.ksmd.isIdle) this.testbed.scheduler.wake(kernel.ksmd.who);
    yield this.costs.syscall;
    kernel.locks.writeUnlockMm(this.mm);
  }

  /** fork: the child's mm, or NONE without memory for it. */
  protected *fork(): Steps<number> {
    const { kernel, measures } = this.testbed;
    const began = this.now;
    yield* this.lockMm();
    const child = kernel.spaces.fork(this.mm);
    this.forkedTables = [...this.#tables];
    const { lastVmas, lastPtes, lastForkExtra } = kernel.spaces;
    yield this.costs.forkBase + lastVmas * this.costs.forkVma + lastPtes * this.costs.forkPte + lastForkExtra;
    kernel.locks.writeUnlockMm(this.mm);
    if (child !== NONE) measures.forked(this.now - began);
    return child;
  }

  /** do_exit: ksm_exit waits for ksmd to leave the mm. */
  protected *exit(): Steps {
    const { kernel } = this.testbed;
    if (this.mm === NONE) return;
    yield* this.lockMm();
    kernel.faults.abandonWait(this.who, this.cpu);
    kernel.spaces.beginExit(this.mm, this.cpu);
    kernel.locks.writeUnlockMm(this.mm);
    yield this.costs.exitBase;
    yield* this.#zapAll();
    kernel.spaces.endExit(this.mm);
    for (const pfn of this.#kernelFrames.splice(0)) this.testbed.memory.memory.putPage(this.cpu, pfn);
    this.mm = NONE;
    this.#killed = true;
    this.testbed.measures.exits++;
    this.testbed.taskGone(this);
  }

  /**
   * unmap_vmas with mmu_gather (mm/mmu_gather.c): pages that have lost their pte keep the reference until a batch is
   * full or all is unmapped, so that meanwhile nobody can migrate them: for the ledger they are pinned.
   */
  *#zapAll(): Steps {
    const { spaces, faults, vmas, frames } = this.testbed.kernel;
    const { memory } = this.testbed;
    for (let vma = vmas.first[this.mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let at = vmas.start[vma]; at < vmas.end[vma]; at += GATHER_PAGES) {
        const pages: number[] = [];
        const before = spaces.lastPtes;
        faults.gathered = pages;
        spaces.zapRange(this.mm, at, Math.min(vmas.end[vma], at + GATHER_PAGES), this.cpu);
        faults.gathered = null;
        for (const pfn of pages) frames.pins[pfn]++;
        yield (spaces.lastPtes - before) * this.costs.exitPte;
        for (const pfn of pages) {
          frames.pins[pfn]--;
          memory.put(this.cpu, pfn);
        }
      }
    }
  }
}
