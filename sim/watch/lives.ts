/**
 * The processes of a watched device, dead ones too: who forked whom, when, and under which pid and name everybody is
 * told of them. Address spaces get pids from FIRST_PROCESS on in the order in which they are made.
 */
import type { Process } from '../load/process.ts';
import { NONE } from '../memory/frames.ts';

/** Lower pids are init's (1) and those of threads. */
export const FIRST_PROCESS = 1000;

/** One process: one address space from its birth to its exit. Times in ns of simulated time. */
export interface Life {
  readonly pid: number;
  /** Known once the system call that made it is over; '' until then. */
  name: string;
  readonly mm: number;
  /** null: by exec, from nobody that matters here. */
  readonly parent: Life | null;
  /** The process from which all its relatives were forked. */
  readonly root: Life;
  /** When dup_mmap was done, or exec; 0: at boot. */
  readonly bornAt: number;
  /** null: it lives. */
  exitedAt: number | null;
  /** When it was sent SIGKILL; null: never. */
  killedAt: number | null;
}

export class Lives {
  readonly all: Life[] = [];
  /** By mm; handles are used again. */
  readonly #of = new Map<number, Life>();
  readonly #actors = new WeakMap<Process, Life>();

  /** dup_mmap: the child has no name yet. */
  forked(parentMm: number, childMm: number, now: number): void {
    this.#add(childMm, this.of(parentMm), '', now);
  }

  born(process: Process, mm: number, parentMm: number, now: number): void {
    const known = parentMm === NONE ? null : this.of(mm);
    const life = known ?? this.#add(mm, null, '', now);
    // A process that leaves a child in its place goes on as that child.
    const isOwnChild = life.parent !== null && this.#actors.get(process) === life.parent;
    life.name = isOwnChild ? `${process.name}'s child` : process.name;
    this.#actors.set(process, life);
  }

  exited(mm: number, now: number): void {
    const life = this.of(mm);
    if (life !== null) life.exitedAt = now;
  }

  killed(process: Process, now: number): void {
    const life = this.#actors.get(process);
    if (life !== undefined) life.killedAt = now;
  }

  /** The process that had the mm last; null for an mm that no process of the load has had. */
  of(mm: number): Life | null {
    return this.#of.get(mm) ?? null;
  }

  /** Of that process; 0 where `of` knows none. */
  pidOf(mm: number): number {
    return this.of(mm)?.pid ?? 0;
  }

  /** null for a pid that no process has had. */
  withPid(pid: number): Life | null {
    return this.all[pid - FIRST_PROCESS] ?? null;
  }

  #add(mm: number, parent: Life | null, name: string, now: number): Life {
    const pid = FIRST_PROCESS + this.all.length;
    const made = { pid, name, mm, parent, bornAt: now, exitedAt: null, killedAt: null };
    const life: Life = Object.assign(made, { root: parent?.root ?? (made as unknown as Life) });
    this.all.push(life);
    this.#of.set(mm, life);
    return life;
  }
}
