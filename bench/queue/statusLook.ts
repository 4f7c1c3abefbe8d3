/**
 * What everybody can see of a queue at one moment: runs with what waits and runs of each, and workers. Writes nothing.
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUE, type Keys } from './keys.ts';
import { mismatch, type Registry, type SeenRun, type WorkerInfo } from './registry.ts';

/**
 * Runs that are looked at more closely, highest priorities first: more side by side nobody reads, and each costs two
 * commands.
 */
const MOST_RUNS = 100;

export interface RunLook extends SeenRun {
  /** Jobs, each of some cells. */
  readonly jobs: { readonly waiting: number; readonly active: number };
  /** Entries of results that are not in the journal yet, each of some cells. */
  readonly results: number;
}

export interface QueueLook {
  readonly runs: readonly RunLook[];
  /** Runs there are beyond MOST_RUNS. */
  readonly moreRuns: number;
  readonly workers: readonly WorkerInfo[];
}

export class Looker {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #registry: Registry;
  readonly #queues = new Map<string, Queue>();

  constructor(redis: Redis, keys: Keys, registry: Registry) {
    this.#redis = redis;
    this.#keys = keys;
    this.#registry = registry;
  }

  async look(): Promise<QueueLook> {
    const [all, workers] = await Promise.all([this.#registry.runs(), this.#registry.workers()]);
    const seen = all.sort((a, b) => b.priority - a.priority || (a.key < b.key ? -1 : 1)).slice(0, MOST_RUNS);
    const gone = [...this.#queues.keys()].filter((key) => !seen.some((run) => run.key === key));
    await Promise.all(gone.map((key) => this.#drop(key)));
    const runs = await Promise.all(seen.map((run) => this.#closer(run)));
    return { runs, moreRuns: all.length - runs.length, workers };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.keys()].map((key) => this.#drop(key)));
  }

  async #closer(run: SeenRun): Promise<RunLook> {
    const [counts, results] = await Promise.all([
      this.#queue(run.key).getJobCounts('waiting', 'prioritized', 'delayed', 'active'),
      this.#redis.xlen(this.#keys.run(run.key).results),
    ]);
    const { active = 0, ...waiting } = counts;
    return { ...run, jobs: { waiting: Object.values(waiting).reduce((sum, n) => sum + n, 0), active }, results };
  }

  #queue(key: string): Queue {
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    const { prefix } = this.#keys.run(key);
    // Otherwise to look at a run would bring back keys of one that is over.
    const options = { connection: this.#redis, prefix, skipVersionCheck: true, skipMetasUpdate: true };
    const queue = new Queue(QUEUE, options);
    // Those of the connection; whoever asks for something hears of it too.
    queue.on('error', () => undefined);
    this.#queues.set(key, queue);
    return queue;
  }

  async #drop(key: string): Promise<void> {
    const queue = this.#queues.get(key);
    this.#queues.delete(key);
    await queue?.close().catch(() => undefined);
  }
}

/** The workers that take the run. */
export function takersOf(run: SeenRun, { workers }: QueueLook): WorkerInfo[] {
  return workers.filter((worker) => mismatch(run, worker) === null);
}
