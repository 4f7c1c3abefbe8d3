/**
 * Births, deaths and names of processes, from events in the order of time (kernel/fork.c, fs/exec.c, kernel/exit.c).
 */
import type { TraceFacts } from '../traceFacts.ts';
import type { KeptEvent } from './keptEvent.ts';

const CLONE_THREAD = 0x10000;
/** Forks all kernel threads. */
const KTHREADD = 2;
/** Events about one kill lie closer together, s. */
const KILL_TAKES = 1;

type Mutable<List extends readonly unknown[]> = List[number][];
type ProcessFacts = Pick<TraceFacts, 'forks' | 'execs' | 'renames' | 'exits' | 'kills' | 'oomScoreAdj'>;

/** `seconds`: of a time in ns. `processOf`: of a thread, where the trace tells. */
export function pairProcesses(
  events: readonly KeptEvent[],
  seconds: (t: number) => number,
  processOf: ReadonlyMap<number, number>,
): ProcessFacts {
  const pairing = new Pairing(seconds, processOf);
  for (const event of events) pairing.take(event);
  return pairing.facts();
}

class Pairing {
  readonly #seconds: (t: number) => number;
  /** Process of a thread: as the trace tells, and as threads were made. */
  readonly #processOf: Map<number, number>;
  readonly #told: ReadonlyMap<number, number>;
  readonly #forks: Mutable<TraceFacts['forks']> = [];
  readonly #execs: Mutable<TraceFacts['execs']> = [];
  readonly #renames: Mutable<TraceFacts['renames']> = [];
  readonly #exits: Mutable<TraceFacts['exits']> = [];
  readonly #kills: Mutable<TraceFacts['kills']> = [];
  readonly #oomScoreAdj: Mutable<TraceFacts['oomScoreAdj']> = [];
  /** Index of the fork that task_newtask told of, until sched_process_fork does too. */
  readonly #announced = new Map<number, number>();
  readonly #kernelThreads = new Set<number>([KTHREADD]);
  readonly #killedAt = new Map<number, number>();
  /** Exits told, so that sched_process_free does not tell them again. */
  readonly #gone = new Set<number>();

  constructor(seconds: (t: number) => number, processOf: ReadonlyMap<number, number>) {
    this.#seconds = seconds;
    this.#told = processOf;
    this.#processOf = new Map(processOf);
  }

  facts(): ProcessFacts {
    return {
      forks: this.#forks,
      execs: this.#execs,
      renames: this.#renames,
      exits: this.#exits,
      kills: this.#kills,
      oomScoreAdj: this.#oomScoreAdj,
    };
  }

  take(event: KeptEvent): void {
    const { line } = event;
    const t = this.#seconds(event.t);
    switch (event.kind) {
      case 'newtask':
      case 'fork':
        return this.#born(event);
      case 'exec':
      case 'rename': {
        const list = event.kind === 'exec' ? this.#execs : this.#renames;
        if (!this.#isThread(event.of)) list.push({ t, line, pid: event.of, name: event.name });
        return;
      }
      case 'exit':
      case 'free':
        return this.#died(event, t);
      case 'kill':
        return this.#killed(event, t);
      case 'adj':
        this.#oomScoreAdj.push({ t, line, pid: event.of, comm: event.ofComm, adj: event.adj });
        return;
      default:
        return;
    }
  }

  #born(event: KeptEvent & { readonly kind: 'newtask' | 'fork' }): void {
    const { pid, child, line } = event;
    if (this.#kernelThreads.has(pid)) {
      this.#kernelThreads.add(child);
      return;
    }
    const announced = this.#announced.get(child);
    this.#announced.delete(child);
    // Both tell of the same birth; sched_process_fork knows the parent best.
    if (event.kind === 'fork' && announced !== undefined) {
      this.#forks[announced] = { ...this.#forks[announced], pid: this.#process(pid), comm: event.comm };
      return;
    }
    this.#gone.delete(child);
    const thread = this.#threadOf(event);
    this.#kernelThreads.delete(child);
    if (thread === true) this.#processOf.set(child, this.#process(pid));
    else if (!this.#told.has(child)) this.#processOf.delete(child);
    if (event.kind === 'newtask') this.#announced.set(child, this.#forks.length);
    const t = this.#seconds(event.t);
    const { comm, childComm } = event;
    this.#forks.push({ t, line, pid: this.#process(pid), comm, childPid: child, childComm, thread });
  }

  #died({ of, ofComm, line, kind }: KeptEvent & { readonly kind: 'exit' | 'free' }, t: number): void {
    if (this.#isThread(of)) {
      if (!this.#told.has(of)) this.#processOf.delete(of);
      return;
    }
    if (this.#kernelThreads.has(of)) return;
    if (kind === 'free' && this.#gone.has(of)) return;
    this.#gone.add(of);
    this.#exits.push({ t, line, pid: of, comm: ofComm });
  }

  /** lmkd says it twice, and the kernel's own event may say it once more. */
  #killed({ of, by, line }: KeptEvent & { readonly kind: 'kill' }, t: number): void {
    const before = this.#killedAt.get(of);
    this.#killedAt.set(of, t);
    if (before === undefined || t - before > KILL_TAKES) this.#kills.push({ t, line, pid: of, by });
  }

  #threadOf(event: KeptEvent & { readonly kind: 'newtask' | 'fork' }): boolean | null {
    if (event.kind === 'newtask' && event.flags !== null) return (event.flags & CLONE_THREAD) !== 0;
    const process = this.#told.get(event.child);
    return process === undefined ? null : process !== event.child;
  }

  #process(thread: number): number {
    return this.#processOf.get(thread) ?? thread;
  }

  #isThread(pid: number): boolean {
    return this.#process(pid) !== pid;
  }
}
