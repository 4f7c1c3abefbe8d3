/** The runs that a worker knows, and which of them it serves next. */
import type { Redis } from 'ioredis';
import { InputError, UsageError } from '../errors.ts';
import { insist } from './connect.ts';
import type { SeenOnce } from './once.ts';
import { reasonOf } from './protocol.ts';
import { mismatch, type Registry, type SeenRun, type WorkerInfo } from './registry.ts';
import { TakenRun, type TakenJob, type TakenRunOptions } from './takenRun.ts';

export interface RunListOptions extends TakenRunOptions {
  readonly sayOnce: SeenOnce;
}

export interface Taken {
  readonly run: TakenRun;
  readonly job: TakenJob;
}

export class RunList {
  readonly #worker: WorkerInfo;
  readonly #registry: Registry;
  readonly #options: RunListOptions;
  readonly #subscriber: Redis;
  #runs: TakenRun[] = [];
  /** Set when the runs in Redis may be others than those in `#runs`. */
  #isStale = true;
  #turns = 0;
  #closed = false;
  #poll: NodeJS.Timeout | null = null;
  readonly #sleepers = new Set<() => void>();
  /** Threads look one after the other, so that no two ask for the same. */
  #looking: Promise<unknown> = Promise.resolve();

  constructor(worker: WorkerInfo, registry: Registry, options: RunListOptions) {
    this.#worker = worker;
    this.#registry = registry;
    this.#options = options;
    this.#subscriber = options.connection.another();
  }

  /** Begins to listen for work. */
  async watch(): Promise<void> {
    const { keys, times } = this.#options;
    this.#subscriber.on('message', (_channel: string, key: string) => this.#wake(key));
    await this.#subscriber.subscribe(keys.wake);
    this.#poll = setInterval(() => {
      // It answers, or the connection is made anew.
      this.#subscriber.ping().catch(() => undefined);
      this.#wake(null);
    }, times.poll);
  }

  /** The next job, waiting for one; null after the signal, also when Redis is away and does not say if there is. */
  async next(stop: AbortSignal): Promise<Taken | null> {
    for (;;) {
      const looking = this.#looking.then(() => (stop.aborted ? null : this.#look()));
      this.#looking = looking.catch(() => undefined);
      const taken = await this.#orAway(looking, stop);
      if (taken !== null || stop.aborted) return taken;
      await this.#sleep(stop);
    }
  }

  /** What it comes to; null when Redis turns out to be away after the signal. */
  async #orAway<T>(promise: Promise<T>, stop: AbortSignal): Promise<T | null> {
    const { connection, times } = this.#options;
    const over = new AbortController();
    const away = new Promise<null>((resolve) => {
      const watch = (): void => {
        const look = setInterval(() => connection.redis.status !== 'ready' && resolve(null), times.retry);
        over.signal.addEventListener('abort', () => clearInterval(look));
      };
      if (stop.aborted) watch();
      else stop.addEventListener('abort', watch, { signal: over.signal });
    });
    try {
      return await Promise.race([promise, away]);
    } finally {
      over.abort();
    }
  }

  /** Of one run, or of all when nobody knows. */
  #wake(key: string | null): void {
    const known = this.#runs.filter(({ info }) => key === null || info.key === key);
    for (const run of known) run.mayHaveJobs = true;
    if (known.length === 0 || key === null) this.#isStale = true;
    for (const sleeper of this.#sleepers) sleeper();
  }

  #sleep(stop: AbortSignal): Promise<void> {
    // Woken since it looked.
    if (this.#isStale || this.#runs.some((run) => run.mayHaveJobs)) return Promise.resolve();
    return new Promise((resolve) => {
      const awake = (): void => {
        this.#sleepers.delete(awake);
        stop.removeEventListener('abort', awake);
        resolve();
      };
      this.#sleepers.add(awake);
      stop.addEventListener('abort', awake);
    });
  }

  async #look(): Promise<Taken | null> {
    if (this.#isStale) await this.#refresh();
    for (const run of this.#inOrder()) {
      // Before it asks: whoever wakes it meanwhile is not overheard.
      run.mayHaveJobs = false;
      const job = await run.take();
      if (job === null) continue;
      run.mayHaveJobs = true;
      run.turn = ++this.#turns;
      return { run, job };
    }
    return null;
  }

  /** Higher priorities first; of equal ones that of which least runs here, then the one whose turn was longest ago. */
  #inOrder(): TakenRun[] {
    return this.#runs
      .filter(({ mayHaveJobs }) => mayHaveJobs)
      .sort((a, b) => b.info.priority - a.info.priority || a.running - b.running || a.turn - b.turn);
  }

  async #refresh(): Promise<void> {
    const { say, times } = this.#options;
    this.#isStale = false;
    const seen = await insist(() => this.#registry.runs(), { say, times, isOver: () => this.#closed });
    const isSame = (run: TakenRun): boolean =>
      seen.some(
        ({ key, plan, priority }) => run.info.key === key && run.info.plan === plan && run.info.priority === priority,
      );
    const gone = this.#runs.filter((run) => !isSame(run) && run.running === 0);
    this.#runs = this.#runs.filter((run) => !gone.includes(run));
    await closeAll(gone);
    await sweepOver(gone, seen);
    for (const info of seen) {
      if (this.#runs.some((run) => run.info.key === info.key)) continue;
      const run = await this.#open(info);
      if (run !== null) this.#runs.push(run);
    }
  }

  /** null for a run that is not taken, which is said once. */
  async #open(info: SeenRun): Promise<TakenRun | null> {
    const refused = (why: string): null => {
      this.#options.sayOnce(`${info.key} ${info.plan}`, `refused: run ${info.name} (${info.key}): ${why}`);
      return null;
    };
    const why = mismatch(info, this.#worker);
    if (why !== null) return refused(why);
    try {
      return await TakenRun.open(info, this.#worker, this.#options);
    } catch (thrown) {
      if (thrown instanceof InputError || thrown instanceof UsageError) return refused(reasonOf(thrown));
      throw thrown;
    }
  }

  /** Nothing more is taken. Resolves when Redis, if it answers, has nothing left of runs that are over. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#poll !== null) clearInterval(this.#poll);
    // First, and without asking Redis, which may be away: they have connections of their own, which try again for ever.
    await closeAll(this.#runs);
    await sweepOver(this.#runs, await this.#registry.runs());
  }
}

async function closeAll(runs: readonly TakenRun[]): Promise<void> {
  await Promise.all(runs.map((run) => run.close()));
}

/** Of those that are over nothing stays in Redis. */
async function sweepOver(runs: readonly TakenRun[], seen: readonly SeenRun[]): Promise<void> {
  const over = runs.filter(({ info }) => !seen.some(({ key }) => key === info.key));
  await Promise.all(over.map((run) => run.sweep()));
}
