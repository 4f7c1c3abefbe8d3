/** The tracks of a trace for Perfetto, in groups from top to bottom. */
import type { Task, TraceSpan } from '../../sim/index.ts';
import { newTrack } from './traceEventFile.ts';
import type { Track, TraceEventFile } from './traceEventFile.ts';

/** Groups, which the format calls processes. */
const PID = { cma: 1, ksmd: 2, counters: 3, cpus: 4, processes: 5, others: 6 } as const;
const GROUP_NAMES: Readonly<Record<keyof typeof PID, string>> = {
  cma: 'CMA',
  ksmd: 'ksmd',
  counters: 'counters',
  cpus: 'CPUs',
  processes: 'processes',
  others: 'other threads',
};
/** Tracks have numbers of their own throughout; that of a process is its pid. */
const TID = { ksmd: 10, cpus: 100, cma: 500, others: 700 } as const;

export class Tracks {
  /** For what concerns all of CMA, and for counters: the groups themselves. */
  readonly cma: Track;
  readonly counters: Track;
  #ksmd: Track | null = null;
  readonly #cpus: (Track | undefined)[] = [];
  readonly #clients = new Map<string, Track>();
  /** By pid: of processes and of other threads. */
  readonly #byPid = new Map<number, Track>();
  #others = 0;
  readonly #file: TraceEventFile;

  constructor(file: TraceEventFile) {
    this.#file = file;
    for (const [group, pid] of Object.entries(PID) as [keyof typeof PID, number][]) {
      file.meta('process_name', newTrack(pid, pid), { name: GROUP_NAMES[group] });
      file.meta('process_sort_index', newTrack(pid, pid), { sort_index: pid });
    }
    this.cma = newTrack(PID.cma, PID.cma);
    this.counters = newTrack(PID.counters, PID.counters);
  }

  ksmd(): Track {
    return (this.#ksmd ??= this.#named(PID.ksmd, TID.ksmd, 'ksmd', 0));
  }

  cpu(cpu: number): Track {
    return (this.#cpus[cpu] ??= this.#named(PID.cpus, TID.cpus + cpu, `CPU ${cpu}`, cpu));
  }

  client(name: string): Track {
    let track = this.#clients.get(name);
    if (track === undefined) {
      const number = this.#clients.size;
      this.#clients.set(name, (track = this.#named(PID.cma, TID.cma + number, name, number)));
    }
    return track;
  }

  process(pid: number, name: string): Track {
    let track = this.#byPid.get(pid);
    if (track === undefined) this.#byPid.set(pid, (track = this.#named(PID.processes, pid, name, pid)));
    return track;
  }

  /** null: boot. */
  of(task: Task | null): Track {
    if (task === null) return this.#other(0, 'boot');
    const { kind, pid, name } = task;
    if (kind === 'process') return this.process(pid, name);
    if (kind === 'ksmd') return this.ksmd();
    return kind === 'client' ? this.client(name.replace(/^cma client /, '')) : this.#other(pid, name);
  }

  ofSpan(span: TraceSpan): Track {
    if (span.track === 'cma') return this.client(span.client);
    return span.track === 'ksmd' ? this.ksmd() : this.process(span.pid, span.name);
  }

  #other(pid: number, name: string): Track {
    let track = this.#byPid.get(pid);
    if (track === undefined) {
      const number = this.#others++;
      this.#byPid.set(pid, (track = this.#named(PID.others, TID.others + number, name, number)));
    }
    return track;
  }

  #named(pid: number, tid: number, name: string, sortIndex: number): Track {
    const track = newTrack(pid, tid);
    this.#file.meta('thread_name', track, { name });
    this.#file.meta('thread_sort_index', track, { sort_index: sortIndex });
    return track;
  }
}
