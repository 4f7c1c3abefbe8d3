/** Who is who in a trace: a pid for each address space in order of birth, and one for every other actor. */
import type { Actor } from '../clock/actor.ts';
import { CmaClient } from '../load/cmaClient.ts';
import { Process } from '../load/process.ts';
import { NONE } from '../memory/frames.ts';
import { FIRST_PROCESS, type Task } from './traceEvents.ts';

/** pid of init, of which all others are born. */
const FIRST_OTHER = 2;

interface Seat {
  readonly actor: Actor;
  readonly mm: number;
  readonly task: Task;
}

export class Tasks {
  /** By mm: the process that has it, or had it last. */
  readonly #byMm: (Task | undefined)[] = [];
  /** By actor id: who stepped last under it. */
  readonly #seats: (Seat | undefined)[] = [];
  readonly #others = new Map<Actor, Task>();
  #processes = 0;

  /** An address space is made: by fork it has the name of its parent until it is born. */
  expect(mm: number, parentMm: number): void {
    this.#byMm[mm] = {
      pid: FIRST_PROCESS + this.#processes++,
      name: this.#byMm[parentMm]?.name ?? '',
      kind: 'process',
    };
  }

  born(mm: number, name: string): Task {
    const task: Task = { ...this.ofMm(mm), name };
    this.#byMm[mm] = task;
    return task;
  }

  /** The process of an address space. */
  ofMm(mm: number): Task {
    if (this.#byMm[mm] === undefined) this.expect(mm, NONE);
    return this.#byMm[mm]!;
  }

  pidOf(mm: number): number {
    return mm < 0 ? 0 : this.ofMm(mm).pid;
  }

  /** Who the actor `who` is by now: a process can go on as its own child. */
  of(who: number, actor: Actor): Task {
    const seat = this.#seats[who];
    const mm = actor instanceof Process ? actor.mm : NONE;
    if (seat !== undefined && seat.actor === actor && (seat.mm === mm || mm === NONE)) return seat.task;
    const task = mm === NONE ? this.#other(actor) : this.ofMm(mm);
    this.#seats[who] = { actor, mm, task };
    return task;
  }

  #other(actor: Actor): Task {
    let task = this.#others.get(actor);
    if (task === undefined) {
      const kind = actor.name === 'ksmd' ? 'ksmd' : actor instanceof CmaClient ? 'client' : 'other';
      task = { pid: FIRST_OTHER + this.#others.size, name: actor.name, kind };
      this.#others.set(actor, task);
    }
    return task;
  }
}
