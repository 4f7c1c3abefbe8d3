/**
 * A process of the testbed's program: straight-line code of system calls, page writes and sleeps, written as a generator.
 *
 * Each `yield` is the result of one step of an actor (CPU time, a sleep, or BLOCKED), so that anybody may overtake
 * between two of them. Generators and not machines with phases, because nobody stops or explores this program
 * (docs/decisions/0004).
 */
import { BLOCKED, FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import { NOT_MAPPED, OUT_OF_MEMORY, REPEAT } from '../process/faults.ts';
import { NONE } from '../memory/frames.ts';
import type { Testbed } from './testbed.ts';

/** Step results in turn. */
export type Steps<Result = void> = Generator<number, Result, undefined>;

const MS = 1e6;
/** Default timer slack of a task, by which the kernel may let a sleep run over. */
const TIMER_SLACK_NS = 50_000;

export abstract class Task implements Actor {
  readonly name: string;
  readonly pid: number;
  /** Address space, NONE before exec and after exit. */
  mm = NONE;
  who = NONE;
  /** SIGKILL is pending: the task exits at its next step. */
  killed = false;
  /** CPU and time (ns) of the running step. */
  readonly clock = { cpu: 0, now: 0 };
  protected readonly testbed: Testbed;
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

  /** SIGKILL. */
  kill(): void {
    if (this.killed) return;
    this.killed = true;
    if (this.who !== NONE) this.testbed.scheduler.wake(this.who);
  }

  step(cpu: number, now: number): number {
    this.clock.cpu = cpu;
    this.clock.now = now;
    this.#steps ??= this.life();
    const { done, value } = this.#steps.next();
    return done === true ? FINISHED : value;
  }

  /** main() and exit. */
  protected *life(): Steps {
    yield* this.main();
    yield* this.exit();
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
    yield* this.#access(vpn, this.testbed.uniqueContent(), 0);
  }

  /** Writes the whole page at `vpn`. */
  protected *write(vpn: number, content: number): Steps {
    yield* this.#access(vpn, content, this.testbed.fillNs);
  }

  /** A write access that retries as the fault handler does; `extraNs` of user time follow. */
  *#access(vpn: number, content: number, extraNs: number): Steps {
    const { faults } = this.testbed.kernel;
    while (!this.killed) {
      const result = faults.write(this.mm, vpn, content, this.cpu, this.who);
      if (result >= 0) {
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
    if (kernel.ksmd.waitsForWork) this.testbed.scheduler.wake(kernel.ksmd.who);
    yield this.costs.syscall;
    kernel.locks.writeUnlockMm(this.mm);
  }

  /** fork: the child's mm, or NONE without memory for it. */
  protected *fork(): Steps<number> {
    const { kernel } = this.testbed;
    yield* this.lockMm();
    const child = kernel.spaces.fork(this.mm);
    const { lastVmas, lastPtes } = kernel.spaces;
    yield this.costs.forkBase + lastVmas * this.costs.forkVma + lastPtes * this.costs.forkPte;
    kernel.locks.writeUnlockMm(this.mm);
    return child;
  }

  /** do_exit: ksm_exit waits for ksmd to leave the mm. */
  protected *exit(): Steps {
    const { kernel } = this.testbed;
    if (this.mm === NONE) return;
    yield* this.lockMm();
    kernel.faults.abandonWait(this.who, this.cpu);
    kernel.spaces.exit(this.mm, this.cpu);
    kernel.locks.writeUnlockMm(this.mm);
    this.mm = NONE;
    this.killed = true;
    this.testbed.taskGone(this);
    yield this.costs.exitBase + kernel.spaces.lastPtes * this.costs.exitPte;
  }
}
