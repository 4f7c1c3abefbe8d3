/**
 * CPUs, the run queue and simulated time: what kernel/sched does for this model.
 *
 * A runnable actor takes an idle CPU, the one it ran on last if that is free, and keeps it from step to step until it
 * blocks, sleeps or finishes; without an idle CPU it queues behind the others. Ties are broken by sequence, so equal
 * inputs give equal runs. An actor that runs alone goes from step to step without touching the event queue.
 *
 * Differences from the completely fair scheduler: one run queue for all CPUs, no weights (ksmd runs at nice 5 in the
 * kernel), and no preemption by a waking task. Instead an actor that has run for a time slice while others queue goes
 * to the end of the queue at its next step. Assumption: 10 ms, of the order of sched_latency_ns (6 ms times 1 +
 * log2(CPUs), kernel/sched/fair.c) and of one jiffy at HZ=100.
 *
 * A deferrable timer expires on the CPU its actor ran on: at once while that CPU is busy, else as soon as it has
 * something to do. The actor then queues behind those that run, so it never wakes an idle CPU. Differences: in the
 * kernel the timer waits for the next tick or timer interrupt of that CPU, and the woken task may be given another
 * CPU that is idle.
 */
import { BLOCKED, FINISHED, isDeferrable, sleepOf, type Actor } from './actor.ts';
import { Clock } from './clock.ts';
import type { Locks } from './locks.ts';
import { EventQueue } from './queue.ts';
import type { Stream } from './random.ts';
import { RunQueue } from './runQueue.ts';

/** Time an actor keeps its CPU while others queue, ns. */
export const TIME_SLICE = 10_000_000;

const NO_CPU = -1;
const STATE = {
  /** No actor has this id. */
  free: 0,
  /** Its start, wake-up or end of sleep is in the event queue. */
  timer: 1,
  /** In the run queue. */
  queued: 2,
  /** Has a CPU; its next step is in the event queue or under way. */
  running: 3,
  blocked: 4,
  /** Its deferrable timer is over, its CPU idle. */
  deferred: 5,
} as const;

export class Scheduler {
  readonly clock: Clock;
  /** Steps performed. */
  steps = 0;
  /** Told of each step once it is done, for a watch. */
  onStep: ((who: number, actor: Actor, cpu: number, at: number, result: number) => void) | null = null;
  /** An actor may take several steps in one go while nobody else has one; a watch then hears of them as one step. */
  mayRunAhead = true;
  readonly #actors: (Actor | null)[];
  readonly #state: Uint8Array;
  readonly #cpu: Int32Array;
  readonly #lastCpu: Int32Array;
  readonly #runningSince: Float64Array;
  /** By actor: ends of sleeps and waits since it was added, and those that found an idle CPU. */
  readonly #wakeups: Float64Array;
  readonly #idleWakeups: Float64Array;
  /** 1: what is in the event queue is a deferrable timer. */
  readonly #isDeferrable: Uint8Array;
  /** Actors in STATE.deferred. */
  #deferred = 0;
  /** Actor on each CPU, -1 when idle. */
  readonly #onCpu: Int32Array;
  readonly #freeIds: Int32Array;
  #freeCount: number;
  readonly #events: EventQueue;
  readonly #runQueue: RunQueue;
  /** End of the present `run`. */
  #until = 0;
  readonly #woken: number[];
  readonly #wakeupNs: number;
  readonly #jitter: Stream | null;

  /**
   * `wakeupNs`: from an unlock to the sleeper being runnable. `capacity`: most actors at a time. `jitter`: draws each
   * wake-up time evenly between half and one and a half of that; without it a waiter and a lock's busy user could stay
   * in step for ever, which no real machine does.
   */
  constructor(
    cpus: number,
    locks: Locks,
    wakeupNs: number,
    capacity = 256,
    jitter: Stream | null = null,
    clock = new Clock(),
  ) {
    this.clock = clock;
    this.#actors = new Array<Actor | null>(capacity).fill(null);
    this.#state = new Uint8Array(capacity);
    this.#cpu = new Int32Array(capacity).fill(NO_CPU);
    this.#lastCpu = new Int32Array(capacity);
    this.#runningSince = new Float64Array(capacity);
    this.#wakeups = new Float64Array(capacity);
    this.#idleWakeups = new Float64Array(capacity);
    this.#isDeferrable = new Uint8Array(capacity);
    this.#onCpu = new Int32Array(cpus).fill(-1);
    this.#freeIds = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#freeCount = capacity;
    this.#events = new EventQueue(capacity, clock);
    this.#runQueue = new RunQueue(capacity);
    this.#woken = locks.woken;
    this.#wakeupNs = wakeupNs;
    this.#jitter = jitter;
  }

  /** Simulated time, ns. */
  get now(): number {
    return this.clock.now;
  }

  /**
   * Adds an actor whose first step is due at `at` (not before now). Returns its id, which is free again
   * once it is gone.
   */
  add(actor: Actor, at: number): number {
    if (this.#freeCount === 0) throw new RangeError(`more than ${this.#actors.length} actors at a time`);
    const id = this.#freeIds[--this.#freeCount];
    this.#actors[id] = actor;
    this.#wakeups[id] = 0;
    this.#idleWakeups[id] = 0;
    this.#isDeferrable[id] = 0;
    this.#lastCpu[id] = 0;
    this.#state[id] = STATE.timer;
    this.#events.push(id, Math.max(at - this.now, 0));
    return id;
  }

  /** The actor never runs again and its CPU is free. Allowed within any step, its own included. */
  remove(id: number): void {
    if (this.#state[id] === STATE.free) return;
    this.#events.remove(id);
    if (this.#state[id] === STATE.queued) this.#runQueue.remove(id);
    if (this.#state[id] === STATE.deferred) this.#deferred--;
    this.#state[id] = STATE.free;
    this.#actors[id] = null;
    this.#freeIds[this.#freeCount++] = id;
    this.#releaseCpu(id);
  }

  /** A blocked or sleeping actor is runnable at `at`, or earlier if it was due earlier; others are left alone. */
  wake(id: number, at = this.now): void {
    const state = this.#state[id];
    if (state === STATE.blocked || state === STATE.deferred) {
      if (state === STATE.deferred) this.#deferred--;
      this.#state[id] = STATE.timer;
      this.#events.push(id, at - this.now);
    } else if (state === STATE.timer && this.#events.timeOf(id) > at) {
      this.#isDeferrable[id] = 0;
      this.#events.remove(id);
      this.#events.push(id, at - this.now);
    }
  }

  /** Time of the next event, Infinity when nothing will ever happen. */
  peekNextTime(): number {
    return this.#events.nextTime;
  }

  /** Times that a live actor was woken, its start among them, from a sleep or at a lock. */
  wakeups(id: number): number {
    return this.#wakeups[id];
  }

  /** Those of them that woke an idle CPU. */
  idleWakeups(id: number): number {
    return this.#idleWakeups[id];
  }

  /**
   * For an actor during its step: how long no other one takes a step and it keeps its CPU (ns), so that it may take
   * further steps along with this one that begin before then. 0 where each step is to be seen.
   */
  aloneFor(id: number): number {
    if (!this.mayRunAhead) return 0;
    const next = Math.min(this.#events.nextTime, this.#until);
    const until = this.#runQueue.size === 0 ? next : Math.min(next, this.#runningSince[id] + TIME_SLICE);
    return until - this.now;
  }

  /** Performs all steps due before `until`; then it is `until`. */
  run(until: number): void {
    const events = this.#events;
    const { clock } = this;
    this.#until = until;
    while (events.nextTime < until) {
      clock.now = events.nextTime;
      const id = events.pop();
      if (this.#state[id] === STATE.timer) {
        if (this.#isDeferrable[id] !== 0) {
          this.#expire(id);
          continue;
        }
        this.#wakeups[id]++;
        if (!this.#takeIdleCpu(id)) {
          this.#state[id] = STATE.queued;
          this.#runQueue.push(id);
          continue;
        }
        this.#idleWakeups[id]++;
      } else if (this.#isSliceOver(id, 0)) {
        this.#state[id] = STATE.queued;
        this.#runQueue.push(id);
        this.#releaseCpu(id);
        continue;
      }
      this.#runActor(id);
    }
    if (until > clock.now) clock.now = until;
  }

  /** Steps an actor that has a CPU until something else comes first. */
  #runActor(id: number): void {
    const actor = this.#actors[id]!;
    const cpu = this.#cpu[id];
    const events = this.#events;
    const { clock } = this;
    for (;;) {
      const result = actor.step(cpu);
      this.steps++;
      if (this.onStep !== null) this.onStep(id, actor, cpu, clock.now, result);
      // It may have been removed by its own step (and its id given to another).
      if (this.#actors[id] !== actor || this.#state[id] !== STATE.running) return this.#wakeSleepers();
      if (result < 0) return this.#stop(id, result);
      this.#wakeSleepers();
      const next = clock.now + result;
      if (next >= events.nextTime || next >= this.#until || this.#isSliceOver(id, result)) {
        events.push(id, result);
        return;
      }
      clock.now = next;
    }
  }

  /** The actor gives up its CPU. */
  #stop(id: number, result: number): void {
    if (result === FINISHED) {
      this.remove(id);
    } else if (result === BLOCKED) {
      this.#state[id] = STATE.blocked;
      this.#releaseCpu(id);
    } else {
      this.#state[id] = STATE.timer;
      if (isDeferrable(result)) this.#isDeferrable[id] = 1;
      this.#events.push(id, sleepOf(result));
      this.#releaseCpu(id);
    }
    this.#wakeSleepers();
  }

  /** Actors that the last step's unlocks set free. One that was killed or woken otherwise meanwhile is passed over. */
  #wakeSleepers(): void {
    const woken = this.#woken;
    if (woken.length === 0) return;
    for (const id of woken) {
      if (this.#state[id] === STATE.blocked) this.wake(id, this.now + this.#wakeupTime());
    }
    woken.length = 0;
  }

  #wakeupTime(): number {
    if (this.#jitter === null) return this.#wakeupNs;
    return Math.round(this.#wakeupNs * (0.5 + this.#jitter.unit()));
  }

  /** Whether its time slice is over in `ns`, where somebody else wants its CPU. */
  #isSliceOver(id: number, ns: number): boolean {
    return this.#runQueue.size > 0 && this.now + ns - this.#runningSince[id] >= TIME_SLICE;
  }

  #takeIdleCpu(id: number): boolean {
    const onCpu = this.#onCpu;
    let cpu = this.#lastCpu[id];
    if (onCpu[cpu] >= 0) {
      cpu = 0;
      while (cpu < onCpu.length && onCpu[cpu] >= 0) cpu++;
      if (cpu === onCpu.length) return false;
    }
    this.#giveCpu(id, cpu);
    if (this.#deferred > 0) this.#fireDeferred(cpu);
    return true;
  }

  /** The deferrable timer of a sleeper is over: it queues when its CPU is busy, and waits until it is otherwise. */
  #expire(id: number): void {
    this.#isDeferrable[id] = 0;
    if (this.#onCpu[this.#lastCpu[id]] >= 0) return this.#queueWoken(id);
    this.#state[id] = STATE.deferred;
    this.#deferred++;
  }

  /** The CPU is idle no more: timers that waited for it fire, those of lower ids first. */
  #fireDeferred(cpu: number): void {
    for (let id = 0; id < this.#state.length; id++) {
      if (this.#state[id] !== STATE.deferred || this.#lastCpu[id] !== cpu) continue;
      this.#deferred--;
      this.#queueWoken(id);
    }
  }

  #queueWoken(id: number): void {
    this.#wakeups[id]++;
    this.#state[id] = STATE.queued;
    this.#runQueue.push(id);
  }

  #giveCpu(id: number, cpu: number): void {
    this.#onCpu[cpu] = id;
    this.#cpu[id] = cpu;
    this.#lastCpu[id] = cpu;
    this.#runningSince[id] = this.now;
    this.#state[id] = STATE.running;
  }

  /** The CPU of an actor goes to the head of the run queue, which steps as soon as the present step is over. */
  #releaseCpu(id: number): void {
    const cpu = this.#cpu[id];
    if (cpu === NO_CPU) return;
    this.#cpu[id] = NO_CPU;
    this.#onCpu[cpu] = -1;
    if (this.#runQueue.size === 0) return;
    const next = this.#runQueue.shift();
    this.#giveCpu(next, cpu);
    this.#events.push(next, 0);
  }
}
