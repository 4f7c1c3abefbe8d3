/** For tests of the queue: a Redis server, workers and coordinators as real processes, with all times shortened. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Test } from 'uvu';
import { QUEUE } from '../queue/keys.ts';
import { entryFields, readDelivery, readEntry, resultLine, resultsEntry } from '../queue/results.ts';
import type { RunInfo } from '../queue/registry.ts';
import { PACE_VARIABLE } from '../queue/times.ts';
import type { WorkerReply } from '../run/worker.ts';
import { command, MAIN, start, startProgram, suiteInScratch, type Finished, type Started } from './command.ts';
import { needsRedis, startRedis, whyNoRedis, type TestRedis } from './redis.ts';
import { writeTinyWorkload } from './smallWorkloads.ts';

/** Locks of 3 s and heartbeats of 1 s: short, but a busy machine must not take longer to renew a lock. */
const PACE = 5;

/** Cells of some hundredths of a second. */
export const TINY_RUN = [
  'run',
  './tiny.yaml',
  '--strategy',
  'stock,retry-100ms',
  '--set',
  'warm_up=50ms',
  '--duration',
  '200ms',
  '--no-report',
];

/** A suite with a Redis server of its own and `tiny.yaml`. `begin` is given the scene before the first test. */
export function suiteOnRedis(name: string, begin: (scene: QueueScene) => void): Test<{ dir: string }> {
  const made = suiteInScratch(name);
  let scene: QueueScene | null = null;
  made.before(async ({ dir }) => {
    if (whyNoRedis() !== null) return;
    writeTinyWorkload(dir);
    scene = new QueueScene(dir, await startRedis(join(dir, 'redis')));
    begin(scene);
  });
  made.after(() => scene?.end());
  return needsRedis(made);
}

export class QueueScene {
  readonly dir: string;
  readonly redis: TestRedis;
  readonly client: Redis;
  readonly #env: NodeJS.ProcessEnv;
  readonly #started: Started[] = [];

  /** `pace`: what all times of the queue are divided by. */
  constructor(dir: string, redis: TestRedis, pace = PACE) {
    this.dir = dir;
    this.redis = redis;
    this.client = redis.client();
    this.#env = { ...redis.env, [PACE_VARIABLE]: String(pace) };
  }

  /** A worker with one thread. */
  worker(...words: readonly string[]): Started {
    return this.#start(['worker', ...this.redis.words, '--threads', '1', ...words]);
  }

  /** A worker inside of what `command` leads into. */
  workerIn(command: readonly string[], ...words: readonly string[]): Started {
    const [program, ...before] = command;
    const worker = [process.execPath, MAIN, 'worker', ...this.redis.words, '--threads', '1', ...words];
    return this.#keep(startProgram(program, [...before, ...worker], this.dir, this.#env));
  }

  /** A run whose cells the workers run; `words` are those of the command. */
  coordinator(...words: readonly string[]): Started {
    return this.#start([words[0], '--engine', 'bullmq', ...this.redis.words, ...words.slice(1)]);
  }

  /** The same command on threads of its own. */
  local(...words: readonly string[]): Promise<Finished> {
    return command([...words, '--threads', '1'], this.dir);
  }

  #start(words: readonly string[]): Started {
    return this.#keep(start(words, this.dir, this.#env));
  }

  #keep(started: Started): Started {
    listen(started);
    this.#started.push(started);
    return started;
  }

  /** SIGTERM, and what it said. */
  async stop(started: Started): Promise<Finished> {
    started.child.kill('SIGTERM');
    return started.finished;
  }

  /** Text of a run's results. */
  cells(run: string): string {
    return readFileSync(join(this.dir, run, 'cells.ndjson'), 'utf8');
  }

  /** Everything that lies in a run's folder, as one text. */
  everything(run: string): string {
    const folder = join(this.dir, run);
    return readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
  }

  /** Resolves when so many cells of a run are in its journal. */
  async hasCells(run: string, least: number): Promise<void> {
    const file = join(this.dir, run, 'cells.ndjson');
    await this.until(`${least} cells in ${run}`, () =>
      Promise.resolve(existsSync(file) && readFileSync(file, 'utf8').split('\n').length > least),
    );
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 3000; tries++) {
      if (await holds()) return;
      await sleep(10);
    }
    throw new Error(`waited in vain: ${what}`);
  }

  /** Resolves when no run has left a key; says which it did when one has. */
  async leavesNoKey(): Promise<void> {
    let keys: string[] = [];
    await this.until('no key of a run is left', async () => (keys = await this.runKeys()).length === 0).catch(() => {
      throw new Error(`keys that are left: ${keys.join(', ')}`);
    });
  }

  /** Keys of runs; what workers and the list of workers have is left out. */
  async runKeys(): Promise<string[]> {
    return (await this.client.keys('*')).filter((key) => !key.includes(':worker')).sort();
  }

  /** The keys that the one run there is has. */
  async onlyRun(): Promise<{ readonly results: string; readonly active: string }> {
    const [key] = await this.client.hkeys('cma-stress:runs');
    return { results: `cma-stress:${key}:results`, active: `cma-stress:${key}:${QUEUE}:active` };
  }

  /** Jobs that no worker has taken, of each run there is. */
  async waitingJobs(): Promise<number[]> {
    const runs = await this.client.hkeys('cma-stress:runs');
    return Promise.all(runs.map((key) => this.client.llen(`cma-stress:${key}:${QUEUE}:wait`)));
  }

  /** The priority of each run there is, by the key of its results. */
  async priorities(): Promise<Map<string, number>> {
    const runs = Object.entries(await this.client.hgetall('cma-stress:runs'));
    return new Map(runs.map(([key, text]) => [`cma-stress:${key}:results`, (JSON.parse(text) as RunInfo).priority]));
  }

  /** From now on: the key of each delivery of results, in the order in which Redis took them. */
  async watchResults(): Promise<{ stop: () => readonly string[] }> {
    const monitor = await this.client.monitor();
    const keys: string[] = [];
    monitor.on('monitor', (_time: string, [name, key]: string[]) => {
      if (name.toLowerCase() === 'xadd' && key.endsWith(':results')) keys.push(key);
    });
    const stop = (): readonly string[] => {
      monitor.disconnect();
      return keys;
    };
    return { stop };
  }

  /** A figure of the one run there is, as its coordinator tells it. */
  async runInfo(field: 'lost' | 'refused' | 'duplicates'): Promise<number> {
    const text = (await this.client.hvals('cma-stress:runs')).at(0);
    return text === undefined ? 0 : (JSON.parse(text) as RunInfo)[field];
  }

  /** Stops a worker (SIGSTOP) at a moment at which it holds a job of the one run there is. */
  async stopWithJob({ child }: Started): Promise<void> {
    await this.until('a run', async () => (await this.client.hlen('cma-stress:runs')) > 0);
    const { active } = await this.onlyRun();
    await this.until('a worker that holds a job', async () => {
      child.kill('SIGSTOP');
      // What it had asked for is answered by then.
      await sleep(20);
      if ((await this.client.llen(active)) > 0) return true;
      child.kill('SIGCONT');
      return false;
    });
  }

  /** Sends once more what waits to be read of the one run there is; `change` makes it another result. */
  async sendAgain(change: boolean): Promise<void> {
    const { results } = await this.onlyRun();
    await this.until('results', async () => (await this.client.xlen(results)) > 0);
    for (const [, fields] of await this.client.xrangeBuffer(results, '-', '+')) {
      const entry = readEntry(fields);
      const delivery = readDelivery(entry);
      if (delivery.kind !== 'results') throw new Error(delivery.why);
      const lines = delivery.results.map(({ cell, reply }) =>
        resultLine({ cell, reply: reply.ok && change ? changed(reply) : reply }),
      );
      await this.client.xadd(results, '*', ...entryFields(resultsEntry('w-double', entry.job, lines)));
    }
  }

  /** Ends whatever still runs, and empties Redis. */
  async clear(): Promise<void> {
    await this.endProcesses();
    if (!this.redis.isRunning()) await this.redis.restart();
    await this.client.flushall();
  }

  /** Workers and coordinators; Redis stays as it is. */
  async endProcesses(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.splice(0).map(({ finished }) => finished));
  }

  /** Ends whatever still runs, and Redis. */
  async end(): Promise<void> {
    await this.endProcesses();
    this.client.disconnect();
    await this.redis.stop();
  }
}

function changed(reply: Extract<WorkerReply, { ok: true }>): WorkerReply {
  return { ...reply, record: { ...reply.record, deviceSeconds: reply.record.deviceSeconds + 1 } };
}

/** What it said on stderr so far. */
const said = new WeakMap<Started, string>();

/** From here on `says` knows what it says. */
export function listen(started: Started): void {
  said.set(started, '');
  started.child.stderr!.on('data', (chunk: Buffer) => said.set(started, said.get(started)! + chunk.toString()));
}

/** Resolves as soon as its stderr has said `text`. */
export async function says(started: Started, text: string): Promise<void> {
  const ended = started.finished.then(() => true);
  while (!said.get(started)!.includes(text)) {
    if (await Promise.race([ended, sleep(10).then(() => false)])) {
      if (said.get(started)!.includes(text)) return;
      throw new Error(`it ended without saying ${text}: ${said.get(started)!}`);
    }
  }
}
