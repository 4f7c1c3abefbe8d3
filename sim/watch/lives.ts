/** The processes of a watched device, dead ones too: who forked whom, and when. Numbers them as a kernel would, from 1. */
import type { Process } from '../load/process.ts';
import { NONE } from '../memory/frames.ts';

/** One process: one address space from its birth to its exit. Times in ns of simulated time. */
export interface Life {
  readonly pid: number;
  /** Known once the system call that made it is over. */
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
  readonly #actors = new Map<Process, Life>();

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

  #add(mm: number, parent: Life | null, name: string, now: number): Life {
    const made = { pid: this.all.length + 1, name, mm, parent, bornAt: now, exitedAt: null, killedAt: null };
    const life: Life = Object.assign(made, { root: parent?.root ?? (made as unknown as Life) });
    this.all.push(life);
    this.#of.set(mm, life);
    return life;
  }
}
