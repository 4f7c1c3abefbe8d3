/** For tests of the queue: a Redis server, workers and coordinators as real processes, with all times shortened. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { QUEUE } from '../queue/keys.ts';
import { PACE_VARIABLE } from '../queue/times.ts';
import { command, start, type Finished, type Started } from './command.ts';
import type { TestRedis } from './redis.ts';

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

export class QueueScene {
  readonly dir: string;
  readonly redis: TestRedis;
  readonly client: Redis;
  readonly #env: NodeJS.ProcessEnv;
  readonly #started: Started[] = [];

  constructor(dir: string, redis: TestRedis) {
    this.dir = dir;
    this.redis = redis;
    this.client = redis.client();
    this.#env = { ...redis.env, [PACE_VARIABLE]: String(PACE) };
  }

  /** A worker with one thread. */
  worker(...words: readonly string[]): Started {
    return this.#start(['worker', ...this.redis.words, '--threads', '1', ...words]);
  }

  /** A run whose cells the workers run; `words` are those of the command. */
  coordinator(...words: readonly string[]): Started {
    return this.#start([...words, '--engine', 'bullmq', ...this.redis.words]);
  }

  /** The same command on threads of its own. */
  local(...words: readonly string[]): Promise<Finished> {
    return command([...words, '--threads', '1'], this.dir);
  }

  #start(words: readonly string[]): Started {
    const started = listen(start(words, this.dir, this.#env));
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

  /** Ends whatever still runs. */
  async end(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ finished }) => finished));
    this.client.disconnect();
    await this.redis.stop();
  }
}

/** What it said on stderr so far. */
const said = new WeakMap<Started, string>();

function listen(started: Started): Started {
  said.set(started, '');
  started.child.stderr!.on('data', (chunk: Buffer) => said.set(started, said.get(started)! + chunk.toString()));
  return started;
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
