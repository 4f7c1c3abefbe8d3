/**
 * One process as a line of life: birth (fork by its parent, or exec), start-up work, planned writes, forks for others,
 * death by plan or by SIGKILL. One system call, fault or write is one step.
 *
 * mmap_sem is held for writing over the time of fork, mmap and exec; exit takes and drops it, as __ksm_exit does. A
 * process that is to leave a grandchild behind forks it, exits, and this actor goes on as the child. What is overdue is
 * done at once; planned times never move. Difference: a signal is seen between two steps only, and a process that is
 * told to exit first ends the access it is in and the forks that were asked of it.
 */
import { BLOCKED, FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import type { Clock } from '../clock/clock.ts';
import { NONE } from '../memory/frames.ts';
import type { GroupPlan } from './groupPlan.ts';
import type { LifePlan } from './life.ts';
import { PageAccess } from './pageAccess.ts';
import { StartWork } from './startWork.ts';
import type { World } from './world.ts';
import { WritePlan } from './writePlan.ts';

/** Start-up accesses that follow each other without a pause. */
const START_CHUNK = 16;

/** A process to be forked by another. */
export interface ForkRequest {
  readonly plan: GroupPlan;
  readonly life: LifePlan;
  /** The child is there; or nobody is left who could fork it. */
  readonly born?: (child: Process) => void;
  readonly lost?: () => void;
}

const DOING = { nothing: 0, fork: 1, mapping: 2, exit: 3 } as const;

export class Process implements Actor {
  readonly name: string;
  readonly group: number;
  readonly oomScoreAdj: number;
  /** Address space, NONE before exec and after exit. */
  mm: number;
  /** Actor id, NONE while it does not run yet. */
  who = NONE;
  /** A signal is pending or the process is exiting. */
  isDying = false;
  /** It exits as soon as it has done what it is in, and has forked what was asked of it. */
  #isLeaving = false;
  readonly start: StartWork;
  #doing: number = DOING.nothing;
  #isMapped = false;
  /**
   * Nothing but its start or planned writes is to be done until somebody asks for more or #endsAt has come. So nearly
   * every step asks for nothing else (measured: a tenth of the time of a device without ksmd).
   */
  #isSettled = false;
  #endsAt = NaN;
  /** When the chunk of start-up accesses in work is due. */
  #chunkAt = NaN;
  #writes: WritePlan | null = null;
  #diesAt: number;
  #forksAt: number;
  /** When the fork under way began; NaN: none is. */
  #forkBegan = NaN;
  #childMm = NONE;
  #isOwnChild = false;
  readonly #requests: ForkRequest[] = [];
  readonly #access: PageAccess;
  readonly #plan: GroupPlan;
  readonly #life: LifePlan;
  readonly #world: World;
  readonly #clock: Readonly<Clock>;

  /** `mm`: of a forked process; NONE: it is to exec. */
  constructor(world: World, plan: GroupPlan, life: LifePlan, mm: number) {
    this.name = `${plan.layout.group.name} ${life.label ?? life.owner}`;
    this.group = plan.layout.index;
    this.oomScoreAdj = plan.layout.group.oomScoreAdj;
    this.mm = mm;
    this.start = new StartWork(plan, life.owner, world.seed, world.contents, life.bornAt);
    this.#diesAt = life.diesAt;
    this.#forksAt = life.forksAt;
    this.#access = new PageAccess(world);
    this.#plan = plan;
    this.#life = life;
    this.#world = world;
    this.#clock = world.scheduler.clock;
  }

  /** Runs from `at` on. */
  begin(at: number): void {
    this.who = this.#world.scheduler.add(this, at);
  }

  /** SIGKILL. */
  kill(): void {
    this.isDying = true;
    this.#isSettled = false;
    this.#world.scheduler.wake(this.who);
  }

  /** It calls exit. */
  leave(): void {
    this.#isLeaving = true;
    this.#isSettled = false;
    this.#world.scheduler.wake(this.who);
  }

  /** Nobody has asked for its end yet. */
  get isStaying(): boolean {
    return !this.isDying && !this.#isLeaving;
  }

  /** Somebody is to be forked by it still. */
  get isAskedToFork(): boolean {
    return this.#requests.length > 0;
  }

  /** Another process wants to be forked from this one. */
  requestFork(request: ForkRequest): void {
    this.#requests.push(request);
    this.#isSettled = false;
    this.#world.scheduler.wake(this.who);
  }

  step(cpu: number): number {
    if (this.#isSettled && this.#clock.now < this.#endsAt) return this.#work(cpu);
    return this.#stepUnsettled(cpu);
  }

  /** Whatever there is to do, the most urgent first. */
  #stepUnsettled(cpu: number): number {
    const { now } = this.#clock;
    if (this.#doing !== DOING.nothing) {
      if (this.#doing === DOING.exit) return FINISHED;
      const cost = this.#finishCall(cpu);
      if (cost > 0) return cost;
    }
    this.#access.endRead();
    if (this.isDying || now >= this.#diesAt) return this.#exit(cpu);
    if (this.#access.isPending) return this.#access.step(this.mm, this.who, cpu);
    if (this.mm === NONE) return this.#exec();
    if (!this.#isMapped) return this.#map();
    if (this.#requests.length > 0) return this.#fork(false);
    if (this.#isLeaving) return this.#exit(cpu);
    if (now >= this.#forksAt) return this.#fork(true);
    this.#isSettled = true;
    this.#endsAt = Math.min(this.#diesAt, this.#forksAt);
    return this.#work(cpu);
  }

  /**
   * madvise of the inherited regions, mmap and madvise of the own ones, at boot or under mmap_sem. Returns how many.
   */
  mapRegions(): number {
    const { spaces, control } = this.#world.kernel;
    const advised = this.#madviseInherited();
    for (const placed of this.#plan.layout.own) {
      const { pages, kind, mergeable } = placed.region;
      spaces.mmap(this.mm, placed.start, pages, placed.file, kind === 'shared-file');
      if (mergeable) control.madviseMergeable(this.mm, placed.start, pages);
    }
    this.#isMapped = true;
    return advised + this.#plan.layout.own.length;
  }

  /** One madvise for each inherited private region, whether it is mergeable already or not. Returns their number. */
  #madviseInherited(): number {
    const { group, inherited } = this.#plan.layout;
    if (group.madviseInherited !== true) return 0;
    const asked = inherited.filter(({ region }) => region.kind !== 'shared-file');
    for (const { start, region } of asked) this.#world.kernel.control.madviseMergeable(this.mm, start, region.pages);
    return asked.length;
  }

  /** One start-up access outside simulated time, on `cpu`. */
  startAtBoot(cpu: number): void {
    this.start.next();
    this.#access.atBoot(this.mm, this.start.vpn, this.start.content, this.start.isWrite, cpu);
  }

  /** The next access of its start, or its next planned write, when it is due. */
  #work(cpu: number): number {
    return this.start.isDone ? this.#write(cpu) : this.#startUp(cpu);
  }

  #startUp(cpu: number): number {
    const { start } = this;
    const { now } = this.#clock;
    if (start.done % START_CHUNK === 0) this.#chunkAt = this.#startDue();
    if (now < this.#chunkAt) return sleepFor(Math.min(this.#chunkAt, this.#endsAt) - now);
    start.next();
    return this.#begin(start.vpn, start.content, start.isWrite, cpu);
  }

  #write(cpu: number): number {
    const { now } = this.#clock;
    const writes = (this.#writes ??= this.#planWrites());
    if (now < writes.at) return sleepFor(Math.min(writes.at, this.#endsAt) - now);
    const { vpn, content } = writes;
    writes.next();
    return this.#begin(vpn, content, true, cpu);
  }

  #begin(vpn: number, content: number, isWrite: boolean, cpu: number): number {
    const access = this.#access;
    const result = access.begin(vpn, content, isWrite, this.mm, this.who, cpu);
    this.#isSettled = !access.isPending;
    return result;
  }

  #planWrites(): WritePlan {
    const { owner, bornAt, startupNs } = this.#life;
    const { seed, contents } = this.#world;
    return new WritePlan(this.#plan, owner, seed, contents, bornAt + startupNs, this.start.serial);
  }

  /** Chunks of start-up work lie at equal distances over startupNs. */
  #startDue(): number {
    const { bornAt, startupNs } = this.#life;
    const chunk = Math.floor(this.start.done / START_CHUNK);
    const chunks = Math.ceil(this.#plan.startAccesses / START_CHUNK);
    return bornAt + Math.floor((chunk * startupNs) / chunks);
  }

  #exec(): number {
    const { now } = this.#clock;
    this.mm = this.#world.kernel.spaces.create();
    this.#world.watch?.born?.(this, this.mm, NONE, now, now);
    return this.#world.description.costs.execBase;
  }

  /** mmap_sem is held for writing over the time that the system calls take. */
  #map(): number {
    if (!this.#lockMm()) return BLOCKED;
    this.#doing = DOING.mapping;
    return this.mapRegions() * this.#world.description.costs.syscall;
  }

  #fork(isOwnChild: boolean): number {
    if (Number.isNaN(this.#forkBegan)) this.#forkBegan = this.#clock.now;
    if (!this.#lockMm()) return BLOCKED;
    const { spaces } = this.#world.kernel;
    const { costs } = this.#world.description;
    this.#childMm = spaces.fork(this.mm);
    this.#isOwnChild = isOwnChild;
    this.#doing = DOING.fork;
    return costs.forkBase + spaces.lastVmas * costs.forkVma + spaces.lastPtes * costs.forkPte + spaces.lastForkExtra;
  }

  /** The time of a system call that holds mmap_sem is over. Returns the time of an exit that follows at once. */
  #finishCall(cpu: number): number {
    const { now } = this.#clock;
    const { kernel, measures } = this.#world;
    const wasFork = this.#doing === DOING.fork;
    this.#doing = DOING.nothing;
    const mm = this.mm;
    let cost = 0;
    if (wasFork) {
      const began = this.#forkBegan;
      measures.forked(now - began);
      this.#forkBegan = NaN;
      if (this.#isOwnChild) cost = this.#becomeChild(cpu, began, now);
      else this.#startChild(this.#requests.shift()!, began, now);
    }
    kernel.locks.writeUnlockMm(mm);
    return cost;
  }

  #startChild(request: ForkRequest, began: number, now: number): void {
    const child = new Process(this.#world, request.plan, request.life, this.#childMm);
    this.#world.watch?.born?.(child, child.mm, this.mm, began, now);
    this.#world.processes.add(child);
    child.begin(now);
    request.born?.(child);
  }

  /** The middle process exits, and its child goes on as this actor. */
  #becomeChild(cpu: number, began: number, now: number): number {
    const { kernel, measures, watch } = this.#world;
    const { costs } = this.#world.description;
    watch?.born?.(this, this.#childMm, this.mm, began, now);
    watch?.exited?.(this, this.mm, now);
    kernel.spaces.exit(this.mm, cpu);
    measures.exits++;
    this.mm = this.#childMm;
    this.#forksAt = Infinity;
    this.#diesAt = this.#life.grandchildDiesAt;
    return costs.exitBase + kernel.spaces.lastPtes * costs.exitPte;
  }

  /** do_exit: ksm_exit waits for ksmd to leave the mm, exit_mmap does not hold mmap_sem. */
  #exit(cpu: number): number {
    this.isDying = true;
    const { kernel, measures, processes, watch } = this.#world;
    const { costs } = this.#world.description;
    let ptes = 0;
    if (this.mm !== NONE) {
      if (!this.#lockMm()) return BLOCKED;
      kernel.faults.abandonWait(this.who, cpu);
      watch?.exited?.(this, this.mm, this.#clock.now);
      kernel.spaces.exit(this.mm, cpu);
      kernel.locks.writeUnlockMm(this.mm);
      ptes = kernel.spaces.lastPtes;
      this.mm = NONE;
    }
    measures.exits++;
    processes.remove(this);
    const heir = processes.oldest(this.group);
    for (const request of this.#requests) {
      if (heir !== null) heir.requestFork(request);
      else request.lost?.();
    }
    this.#doing = DOING.exit;
    return costs.exitBase + ptes * costs.exitPte;
  }

  #lockMm(): boolean {
    const { locks } = this.#world.kernel;
    if (locks.tryWriteMm(this.mm)) return true;
    locks.waitOnMm(this.mm, this.who);
    return false;
  }
}
