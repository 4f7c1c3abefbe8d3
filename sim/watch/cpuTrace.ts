/** Who has which CPU from when to when, put together from single steps. */
import type { LeftAs, Task } from './traceEvents.ts';
import type { Timeline } from './timeline.ts';

interface Cpu {
  task: Task | null;
  /** End of its last step. */
  until: number;
  left: LeftAs;
}

export class CpuTrace {
  readonly #cpus: Cpu[];
  /** No CPU is left before. */
  #busyUntil = 0;
  readonly #timeline: Timeline;

  constructor(cpus: number, timeline: Timeline) {
    this.#cpus = Array.from({ length: cpus }, () => ({ task: null, until: 0, left: 'S' }));
    this.#timeline = timeline;
  }

  /** CPUs that were left before `now` and taken by nobody are idle since. */
  settle(now: number): void {
    if (now <= this.#busyUntil) return;
    this.#busyUntil = Infinity;
    for (let cpu = 0; cpu < this.#cpus.length; cpu++) {
      const { task, until } = this.#cpus[cpu];
      if (task === null) continue;
      if (until < now) this.#switch(cpu, until, null);
      else if (until < this.#busyUntil) this.#busyUntil = until;
    }
  }

  /** A step from `at` to `until`, after which the task stays on the CPU (R) or leaves it. */
  stepped(index: number, task: Task, at: number, until: number, left: LeftAs): void {
    const cpu = this.#cpus[index];
    if (cpu.task !== task) this.#switch(index, at, task);
    cpu.until = until;
    cpu.left = left;
    if (until < this.#busyUntil) this.#busyUntil = until;
  }

  /** Time ends at `now`, also for steps that would have gone on. */
  close(now: number): void {
    this.settle(now);
    this.#cpus.forEach((cpu, index) => {
      if (cpu.task !== null) this.#switch(index, now, null);
    });
  }

  #switch(index: number, at: number, to: Task | null): void {
    const cpu = this.#cpus[index];
    this.#timeline.place({ kind: 'switch', at, cpu: index, task: cpu.task, from: cpu.task, left: cpu.left, to });
    cpu.task = to;
  }
}
