/** What a run has in Redis, as its coordinator sees it: the plan, its jobs, and the results that came. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { insist, type Connection } from './connect.ts';
import { QUEUE, type Keys, type RunKeys } from './keys.ts';
import { jobOf, readJob, reasonOf, type JobCell, type JobData } from './protocol.ts';
import type { Times } from './times.ts';

/** Entries read at once: some megabytes, since workers send about one in each. */
const READ_AT_ONCE = 16;
/** Nobody reads BullMQ's events; it writes them all the same. */
const EVENTS_KEPT = 10;
/** Longest wait for results, ms: how late Ctrl-C, heartbeats and what else the loop does may be. */
const LONGEST_WAIT = 500;

export interface StoredEntry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

export interface QueuedJob {
  readonly id: string;
  readonly cells: readonly JobCell[];
}

export class RunStore {
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #queue: Queue<JobData>;
  readonly #keys: Keys;
  readonly #run: RunKeys;
  readonly #key: string;
  readonly #insist: <T>(ask: () => Promise<T>) => Promise<T>;
  #over = false;
  #prepared = false;

  constructor(connection: Connection, keys: Keys, key: string, times: Times, say: (text: string) => void) {
    this.#redis = connection.redis;
    this.#reader = connection.another();
    this.#keys = keys;
    this.#run = keys.run(key);
    this.#key = key;
    this.#queue = new Queue<JobData>(QUEUE, {
      connection: connection.redis,
      prefix: this.#run.prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    // Those of the connection; whoever asks for something hears of it too.
    this.#queue.on('error', () => undefined);
    this.#insist = (ask) => insist(ask, { say, times, isOver: () => this.#over });
  }

  /** Makes what is not there (any more): the plan, and the stream that results go to. */
  async prepare(plan: Buffer): Promise<void> {
    const { plan: planKey, results } = this.#run;
    // Whatever is there at first is of an earlier sitting, whose version may have been another.
    if (this.#prepared && (await this.#insist(() => this.#redis.exists(planKey, results))) === 2) return;
    this.#prepared = true;
    await this.#insist(() => this.#redis.set(planKey, plan));
    // The one way to make a stream without an entry is a group, which nobody uses.
    await this.#insist(() =>
      this.#redis.xgroup('CREATE', results, 'none', '$', 'MKSTREAM').catch((thrown: unknown) => {
        if (!reasonOf(thrown).startsWith('BUSYGROUP')) throw thrown;
      }),
    );
  }

  /** The same job twice is one. */
  async addJob(id: string, cells: readonly JobCell[]): Promise<void> {
    const options = { jobId: id, removeOnComplete: true, removeOnFail: true };
    await this.#insist(() => this.#queue.add('cells', jobOf(cells), options));
  }

  /** Tells idle workers to look. */
  async wake(): Promise<void> {
    await this.#insist(() => this.#redis.publish(this.#keys.wake, this.#key));
  }

  /** Jobs that wait or run. Those that cannot be read are left out. */
  async jobs(): Promise<QueuedJob[]> {
    const jobs = await this.#insist(() => this.#queue.getJobs(['waiting', 'active', 'prioritized', 'delayed']));
    return jobs.flatMap((job) => {
      try {
        return [{ id: job.id!, cells: readJob(job.data) }];
      } catch {
        return [];
      }
    });
  }

  /** Takes back the jobs that no worker has begun. */
  async takeBack(): Promise<void> {
    await this.#insist(() => this.#queue.drain());
  }

  /** Results that came, oldest first; waits a moment for some, or not at all. */
  async read(wait: boolean): Promise<StoredEntry[]> {
    // Deleted once they are in the journal, so whatever is there is new.
    const found = await this.#insist(() =>
      wait
        ? this.#reader.xreadBuffer('COUNT', READ_AT_ONCE, 'BLOCK', LONGEST_WAIT, 'STREAMS', this.#run.results, '0')
        : this.#reader.xreadBuffer('COUNT', READ_AT_ONCE, 'STREAMS', this.#run.results, '0'),
    );
    const entries = found?.[0]?.[1] ?? [];
    return entries.map(([id, fields]) => ({ id: id.toString(), fields }));
  }

  async forget(entries: readonly StoredEntry[]): Promise<void> {
    await this.#insist(() => this.#redis.xdel(this.#run.results, ...entries.map(({ id }) => id)));
  }

  /** Removes everything of the run. */
  async remove(): Promise<void> {
    await this.#insist(() => this.#queue.obliterate({ force: true }));
    await this.#insist(() => this.#redis.del(this.#run.plan, this.#run.results, this.#run.coordinator));
  }

  /** Nothing is asked for any more; what waits for an answer is given up. */
  async close(): Promise<void> {
    this.#over = true;
    this.#reader.disconnect();
    await this.#queue.close().catch(() => undefined);
  }
}
