/**
 * Who takes part: runs and workers, as everybody sees them in Redis. Signs of life expire by the clock of Redis, so
 * that machines need not agree on the time.
 */
import type { Redis } from 'ioredis';
import { InputError } from '../errors.ts';
import { flag, record, text, whole, type Check } from '../plan/shape.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { Keys } from './keys.ts';
import type { Times } from './times.ts';

/** The version of whoever wrote an entry. Runs are only worked on by workers of the same. */
export interface Version {
  readonly tool: string;
  readonly model: string;
}

export const THIS_VERSION: Version = { tool: TOOL_VERSION, model: MODEL_HASH };

/** Of this version: of others nothing can be run or taken here. */
export function isThisVersion({ tool, model }: Version): boolean {
  return tool === THIS_VERSION.tool && model === THIS_VERSION.model;
}

export interface RunInfo extends Version {
  /** Random; every key of the run begins with the root and this. */
  readonly key: string;
  readonly name: string;
  /** Hash of the plan. */
  readonly plan: string;
  /** 1 to 100, higher first. */
  readonly priority: number;
  readonly plugins: boolean;
  /**
   * Cells in the plan; those that are in the journal (of this sitting and earlier ones), and how many of them failed.
   */
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  /** Handed out and not in the journal yet. */
  readonly outstanding: number;
  /** Results that came twice and were equal; that were no results; jobs that nobody ended; cells handed out again. */
  readonly duplicates: number;
  readonly refused: number;
  readonly lost: number;
  readonly again: number;
}

export interface SeenRun extends RunInfo {
  /** Whether its coordinator lives. */
  readonly coordinated: boolean;
}

export interface WorkerInfo extends Version {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  readonly allowPlugins: boolean;
  /** Cells since it was started: with results, and without. */
  readonly done: number;
  readonly failed: number;
  /** Jobs that it runs now. */
  readonly running: number;
  /** Seconds since it was started. */
  readonly age: number;
}

const count = whole(0, Number.MAX_SAFE_INTEGER);
const version = { tool: text(100), model: text(100) };

// Entries of other versions are read too, to tell their owners what does not fit; so they may have further fields.
const runShape: Check<RunInfo> = record<RunInfo>(
  {
    ...version,
    key: text(40, /^[\w-]+$/),
    name: text(2000),
    plan: text(40),
    priority: whole(1, 100),
    plugins: flag,
    cells: count,
    done: count,
    failed: count,
    outstanding: count,
    duplicates: count,
    refused: count,
    lost: count,
    again: count,
  },
  { others: true },
);

const workerShape: Check<WorkerInfo> = record<WorkerInfo>(
  {
    ...version,
    id: text(40, /^[\w-]+$/),
    host: text(300),
    pid: count,
    threads: whole(1, 10_000),
    allowPlugins: flag,
    done: count,
    failed: count,
    running: count,
    age: count,
  },
  { others: true },
);

export class Registry {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #times: Times;

  constructor(redis: Redis, keys: Keys, times: Times) {
    this.#redis = redis;
    this.#keys = keys;
    this.#times = times;
  }

  /** Enters the run, or what is new of it, as a living one. */
  async putRun(run: RunInfo): Promise<void> {
    await this.#redis.hset(this.#keys.runs, run.key, JSON.stringify(run));
    await this.#redis.set(this.#keys.run(run.key).coordinator, '1', 'PX', this.#times.expiry);
  }

  /** The run stays, and its coordinator goes: whoever resumes it finds what workers still bring. */
  async leaveRun(key: string): Promise<void> {
    await this.#redis.del(this.#keys.run(key).coordinator);
  }

  async dropRun(key: string): Promise<void> {
    await this.#redis.hdel(this.#keys.runs, key);
  }

  /** Every run there is, by key. Entries that cannot be read are left out. */
  async runs(): Promise<SeenRun[]> {
    const texts = Object.values(await this.#redis.hgetall(this.#keys.runs));
    const runs = texts.flatMap((one) => parsed(one, runShape)).sort((a, b) => (a.key < b.key ? -1 : 1));
    if (runs.length === 0) return [];
    const alive = await this.#redis.mget(runs.map(({ key }) => this.#keys.run(key).coordinator));
    return runs.map((run, index) => ({ ...run, coordinated: alive[index] !== null }));
  }

  async putWorker(worker: WorkerInfo): Promise<void> {
    await this.#redis.set(this.#keys.worker(worker.id), JSON.stringify(worker), 'PX', this.#times.expiry);
    await this.#redis.sadd(this.#keys.workers, worker.id);
  }

  async dropWorker(id: string): Promise<void> {
    await this.#redis.del(this.#keys.worker(id));
    await this.#redis.srem(this.#keys.workers, id);
  }

  /** The workers that live. Those that died are forgotten. */
  async workers(): Promise<WorkerInfo[]> {
    const ids = (await this.#redis.smembers(this.#keys.workers)).sort();
    if (ids.length === 0) return [];
    const texts = await this.#redis.mget(ids.map((id) => this.#keys.worker(id)));
    const dead = ids.filter((_, index) => texts[index] === null);
    if (dead.length > 0) await this.#redis.srem(this.#keys.workers, ...dead);
    return texts.flatMap((one) => (one === null ? [] : parsed(one, workerShape)));
  }
}

function parsed<T>(json: string, check: Check<T>): T[] {
  try {
    return [check(JSON.parse(json), { document: 'entry', path: '' })];
  } catch (thrown) {
    if (thrown instanceof InputError || thrown instanceof SyntaxError) return [];
    throw thrown;
  }
}

/** Why the worker takes nothing of the run; null when it does. */
export function mismatch(run: RunInfo, worker: Pick<WorkerInfo, keyof Version | 'allowPlugins'>): string | null {
  if (run.tool !== worker.tool || run.model !== worker.model)
    return `the run is of cma-stress ${run.tool} (model ${run.model}), the worker of ${worker.tool} (model ${worker.model}); take the same version for both`;
  if (run.plugins && !worker.allowPlugins)
    return 'the run has plug-ins, code that comes with it; the worker runs them when it is started with --allow-plugins';
  return null;
}
