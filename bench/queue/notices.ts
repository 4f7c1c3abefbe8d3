/** What the coordinator tells of workers: each thing once. */
import type { SeenOnce } from './once.ts';
import { mismatch, THIS_VERSION, type RunInfo, type WorkerInfo } from './registry.ts';
import type { Times } from './times.ts';

export class Notices {
  readonly #times: Times;
  readonly #say: SeenOnce;
  /** The command line that starts a worker for this run. */
  readonly #startWorker: string;
  #aloneSince: number | null = null;

  constructor(times: Times, say: SeenOnce, startWorker: string) {
    this.#times = times;
    this.#say = say;
    this.#startWorker = startWorker;
  }

  /** Looks at who is there. Returns those that work on the run. */
  look(run: RunInfo, workers: readonly WorkerInfo[], now: number): WorkerInfo[] {
    const takers = workers.filter((worker) => {
      const why = mismatch(run, worker);
      if (why !== null) this.#say(`worker ${worker.id}`, `worker ${nameOf(worker)} takes nothing of this run: ${why}`);
      return why === null;
    });
    if (takers.length > 0) {
      this.#aloneSince = null;
      return takers;
    }
    this.#aloneSince ??= now;
    if (now - this.#aloneSince >= this.#times.lonely)
      this.#say(
        'alone',
        `no worker takes this run (cma-stress ${THIS_VERSION.tool}, model ${THIS_VERSION.model}); start one with: ${this.#startWorker}`,
      );
    return takers;
  }
}

export function nameOf({ host, pid }: Pick<WorkerInfo, 'host' | 'pid'>): string {
  return `${host}/${pid}`;
}
