/**
 * Metrics that workers and `status --metrics` both have: of the process, of the connection, and of the queue's depth.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry as Metrics } from 'prom-client';
import { sum } from '../stats/sums.ts';
import type { Connection } from './connect.ts';
import { isThisVersion, THIS_VERSION } from './registry.ts';
import type { Looker, QueueLook } from './statusLook.ts';

/** Prometheus gives up a scrape after 10 s; without an answer of Redis for so long its metrics are left out, ms. */
const LOOK_TIMEOUT = 3_000;

/** Metrics of this process alone, with its version. */
export function processMetrics(): Metrics {
  const metrics = new Metrics();
  collectDefaultMetrics({ register: metrics });
  new Gauge({
    name: 'cma_stress_build_info',
    help: 'Version of cma-stress; always 1',
    labelNames: ['version', 'model'],
    registers: [metrics],
  }).set({ version: THIS_VERSION.tool, model: THIS_VERSION.model }, 1);
  return metrics;
}

/** Of the queue, looked at once a scrape. */
export class QueueMetrics {
  readonly #connection: Connection;
  readonly #looker: Looker;
  readonly #up: Gauge;
  readonly #losses: Counter;
  readonly #jobs: Gauge<'run' | 'state'>;
  readonly #depth: Gauge;
  #toldLosses = 0;
  /** A look that has no answer yet: scrapes that come meanwhile do not ask again. */
  #looking: Promise<QueueLook> | null = null;

  constructor(metrics: Metrics, connection: Connection, looker: Looker) {
    this.#connection = connection;
    this.#looker = looker;
    const registers = [metrics];
    this.#up = new Gauge({
      name: 'cma_stress_redis_up',
      help: 'Whether Redis answered during this scrape',
      registers,
    });
    this.#losses = new Counter({
      name: 'cma_stress_redis_connection_losses_total',
      help: 'How often the connection to Redis was lost and made again',
      registers,
    });
    this.#jobs = new Gauge({
      name: 'cma_stress_queue_jobs',
      help: 'Jobs of a run, each of some cells: those that no worker has begun, and those that run',
      labelNames: ['run', 'state'],
      registers,
    });
    this.#depth = new Gauge({
      name: 'cma_stress_queue_depth',
      help: 'Jobs that wait or run, of all runs of this version',
      registers,
    });
  }

  /** Looks, and sets what comes of it. null when Redis does not answer: then nothing is said of the queue. */
  async refresh(): Promise<QueueLook | null> {
    this.#losses.inc(this.#connection.losses() - this.#toldLosses);
    this.#toldLosses = this.#connection.losses();
    const look = await this.#look();
    this.#up.set(look === null ? 0 : 1);
    this.#jobs.reset();
    this.#depth.remove();
    if (look === null) return null;
    for (const { key: run, jobs } of look.runs) {
      this.#jobs.set({ run, state: 'waiting' }, jobs.waiting);
      this.#jobs.set({ run, state: 'active' }, jobs.active);
    }
    // Workers that are started for others would run none of them.
    const mine = look.runs.filter(isThisVersion);
    this.#depth.set(sum(mine, ({ jobs }) => jobs.waiting + jobs.active));
    return look;
  }

  /** Why nothing can be done at the moment, for a probe; null when all is well. */
  trouble(): string | null {
    return this.#connection.redis.status === 'ready' ? null : `no connection to ${this.#connection.shown}`;
  }

  async #look(): Promise<QueueLook | null> {
    // Commands wait for a Redis that is away, however long.
    if (this.trouble() !== null) return null;
    this.#looking ??= this.#looker.look().finally(() => (this.#looking = null));
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), LOOK_TIMEOUT).unref());
    return Promise.race([this.#looking, late]).catch(() => null);
  }
}
