/** The live processes, by group and in the order in which they started. A process leaves the table when it exits. */
import type { Process } from './process.ts';

export class ProcessTable {
  readonly #groups: Process[][];
  /** Live processes of all groups. */
  size = 0;

  constructor(groups: number) {
    this.#groups = Array.from({ length: groups }, () => []);
  }

  add(process: Process): void {
    this.#groups[process.group].push(process);
    this.size++;
  }

  remove(process: Process): void {
    const group = this.#groups[process.group];
    group.splice(group.indexOf(process), 1);
    this.size--;
  }

  of(group: number): readonly Process[] {
    return this.#groups[group];
  }

  /** Processes of the group that are not about to die. */
  countLiving(group: number): number {
    let living = 0;
    for (const process of this.#groups[group]) if (process.isStaying) living++;
    return living;
  }

  /** The oldest process of the group that is not about to die and has an address space. */
  oldest(group: number): Process | null {
    for (const process of this.#groups[group]) if (process.isStaying && process.mm >= 0) return process;
    return null;
  }

  /** The process of number `index`, counted over all groups, 0 .. size - 1. */
  at(index: number): Process {
    let left = index;
    for (const group of this.#groups) {
      if (left < group.length) return group[left];
      left -= group.length;
    }
    throw new RangeError(`process ${index} of ${this.size}`);
  }

  /** All processes, group by group. */
  all(): Process[] {
    return this.#groups.flat();
  }
}
