/** Who acts in a trace: the process that an actor is by now, or a thread of the kernel or of a driver. */
import type { Actor } from '../clock/actor.ts';
import { CmaClient } from '../load/cmaClient.ts';
import { Process } from '../load/process.ts';
import { NONE } from '../memory/frames.ts';
import type { Life, Lives } from './lives.ts';
import type { Task } from './traceEvents.ts';

/** pid 1 is init, of which all others are born. */
const FIRST_THREAD = 2;

interface Seat {
  readonly actor: Actor;
  readonly mm: number;
  readonly task: Task;
}

export class Tasks {
  /** By actor id: who stepped last under it. */
  readonly #seats: (Seat | undefined)[] = [];
  readonly #processes = new WeakMap<Life, Task>();
  readonly #threads = new Map<Actor, Task>();
  readonly #lives: Lives;

  constructor(lives: Lives) {
    this.#lives = lives;
  }

  /** Who the actor `who` is by now: a process can go on as its own child. */
  of(who: number, actor: Actor): Task {
    const seat = this.#seats[who];
    const mm = actor instanceof Process ? actor.mm : NONE;
    if (seat !== undefined && seat.actor === actor && (seat.mm === mm || mm === NONE)) return seat.task;
    const life = this.#lives.of(mm);
    const task = life === null ? this.#thread(actor) : this.#process(life);
    this.#seats[who] = { actor, mm, task };
    return task;
  }

  /** One and the same for all that the process does. */
  #process(life: Life): Task {
    let task = this.#processes.get(life);
    if (task === undefined) {
      task = { pid: life.pid, name: life.name, kind: 'process' };
      this.#processes.set(life, task);
    }
    return task;
  }

  #thread(actor: Actor): Task {
    let task = this.#threads.get(actor);
    if (task === undefined) {
      const kind = actor.name === 'ksmd' ? 'ksmd' : actor instanceof CmaClient ? 'client' : 'other';
      task = { pid: FIRST_THREAD + this.#threads.size, name: actor.name, kind };
      this.#threads.set(actor, task);
    }
    return task;
  }
}
