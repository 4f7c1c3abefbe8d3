/**
 * Starts and ends processes at recorded times, in the order in which they were recorded.
 *
 * What is asked of a process that is still to be forked waits until it is there, so that a fork that takes longer here
 * than it did there changes neither who forked whom nor who is left. An event whose process is gone (lowmemorykiller
 * took it, or the one that should have forked it) is missed and counted.
 */
import { FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import type { ReplayedEnd, ReplayedStart } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { endlessLife } from './life.ts';
import { Process, type ForkRequest } from './process.ts';
import type { World } from './world.ts';

/** A process that an event starts: it may be still to be forked. */
interface Seat {
  readonly group: number;
  readonly isNamed: boolean;
  process: Process | null;
  /** Nobody forked it. */
  isLost: boolean;
  /** Asked of it before it was there. */
  readonly requests: ForkRequest[];
  end: ReplayedEnd['action'] | null;
}

export interface ReplayOptions {
  /** In the order of time. */
  readonly events: readonly (ReplayedStart | ReplayedEnd)[];
  /** Owner numbers of its processes are `firstOwner`, `firstOwner + ownerStep` ... */
  readonly firstOwner: number;
  readonly ownerStep: number;
  /** Processes that may live at once; a start beyond it is missed, as fork fails with -EAGAIN. */
  readonly most: number;
}

export class Replay implements Actor {
  readonly name = 'replay';
  #done = 0;
  #owner: number;
  readonly #groups: ReadonlyMap<string, number>;
  /** By name, from the event that starts it to the one that ends it. */
  readonly #seats = new Map<string, Seat>();
  /** Those still to be forked, in the order of their events. */
  readonly #unborn = new Set<Seat>();
  readonly #named = new WeakSet<Process>();
  readonly #options: ReplayOptions;
  readonly #world: World;

  constructor(world: World, options: ReplayOptions) {
    this.#world = world;
    this.#options = options;
    this.#owner = options.firstOwner;
    this.#groups = new Map(world.plans.map(({ layout }) => [layout.group.name, layout.index]));
  }

  /** Runs from its first event on. */
  begin(): void {
    this.#world.scheduler.add(this, this.#nextAt);
  }

  get #nextAt(): number {
    const { events } = this.#options;
    return this.#done === events.length ? Infinity : this.#world.description.warmupNs + events[this.#done].at;
  }

  step(): number {
    const { now } = this.#world.scheduler;
    for (let due = this.#nextAt; due <= now; due = this.#nextAt) {
      const event = this.#options.events[this.#done++];
      if (event.action === 'start') this.#start(event, due, now);
      else this.#end(event);
    }
    return this.#nextAt === Infinity ? FINISHED : sleepFor(this.#nextAt - now);
  }

  #start(event: ReplayedStart, due: number, now: number): void {
    const group = this.#groups.get(event.group)!;
    const plan = this.#world.plans[group];
    const isNamed = event.name !== null;
    const seat: Seat = { group, isNamed, process: null, isLost: false, requests: [], end: null };
    const life = endlessLife(this.#owner, due, event.startupNs);
    const labelled = event.name === null ? life : { ...life, label: event.name };
    // By event, not by process: streams are the same whatever becomes of the others.
    this.#owner += this.#options.ownerStep;
    if (event.name !== null) this.#seats.set(event.name, seat);
    const { processes } = this.#world;
    if (processes.size + this.#unborn.size >= this.#options.most) return this.#lose(seat);
    if (plan.layout.parent === NONE) {
      const process = new Process(this.#world, plan, labelled, NONE);
      processes.add(process);
      process.begin(now);
      return this.#seat(seat, process);
    }
    this.#unborn.add(seat);
    this.#requestFork(event, plan.layout.parent, {
      plan,
      life: labelled,
      born: (child) => this.#seat(seat, child),
      lost: () => this.#lose(seat),
    });
  }

  #requestFork(event: ReplayedStart, parentGroup: number, request: ForkRequest): void {
    const parent = event.from === null ? this.#anyOf(parentGroup) : this.#seats.get(event.from)!;
    if (parent instanceof Process) {
      parent.requestFork(request);
    } else if (parent === null || parent.isLost) {
      request.lost?.();
    } else if (parent.process === null) {
      parent.requests.push(request);
    } else if (parent.process.isDying) {
      request.lost?.();
    } else {
      parent.process.requestFork(request);
    }
  }

  /** Who forks for the group: its oldest process, or the first that will be there. */
  #anyOf(group: number): Process | Seat | null {
    const { processes } = this.#world;
    const there = processes.oldest(group) ?? processes.of(group).find((process) => process.isStaying);
    return there ?? this.#firstUnborn(group, false);
  }

  #end(event: ReplayedEnd): void {
    const { action, process } = event;
    const target = 'name' in process ? this.#takeName(process.name) : this.#oldestUnnamed(process.oldestOf);
    if (target instanceof Process) {
      this.#endProcess(target, action);
    } else if (target === null || target.isLost) {
      this.#world.measures.missedEvents++;
    } else if (target.process === null) {
      target.end = action;
    } else {
      this.#endProcess(target.process, action);
    }
  }

  #takeName(name: string): Seat {
    const seat = this.#seats.get(name)!;
    this.#seats.delete(name);
    return seat;
  }

  #oldestUnnamed(groupName: string): Process | Seat | null {
    const group = this.#groups.get(groupName)!;
    const there = this.#world.processes.of(group).find((process) => process.isStaying && !this.#named.has(process));
    return there ?? this.#firstUnborn(group, true);
  }

  #firstUnborn(group: number, mustBeUnnamed: boolean): Seat | null {
    for (const seat of this.#unborn) {
      if (seat.group === group && seat.end === null && !(mustBeUnnamed && seat.isNamed)) return seat;
    }
    return null;
  }

  #endProcess(process: Process, action: ReplayedEnd['action']): void {
    if (process.isDying) this.#world.measures.missedEvents++;
    // Where forks were recorded before the signal they had been done by then.
    else if (action === 'kill' && !process.isAskedToFork) process.kill();
    else process.leave();
  }

  /** The process is there: what waited for it is asked of it. */
  #seat(seat: Seat, process: Process): void {
    this.#unborn.delete(seat);
    seat.process = process;
    if (seat.isNamed) this.#named.add(process);
    for (const request of seat.requests) process.requestFork(request);
    if (seat.end !== null) this.#endProcess(process, seat.end);
  }

  /** The start is missed, and with it whatever was asked of its process. */
  #lose(seat: Seat): void {
    this.#unborn.delete(seat);
    seat.isLost = true;
    this.#world.measures.missedEvents += seat.end === null ? 1 : 2;
    for (const request of seat.requests) request.lost?.();
  }
}
