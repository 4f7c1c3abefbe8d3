/** `cma-stress worker --metrics`: what the worker does, for Prometheus. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { WorkerReply } from '../run/worker.ts';
import type { Connection } from './connect.ts';
import type { Keys } from './keys.ts';
import { processMetrics, QueueMetrics } from './metricsBase.ts';
import { serveMetrics, type MetricsAddress, type MetricsServer } from './metricsServer.ts';
import type { Registry } from './registry.ts';
import { Looker } from './statusLook.ts';

/** How a job ended: its cells were run, it was handed back after its worker had died, or it is none that can be run. */
export type JobOutcome = 'run' | 'taken_over' | 'refused';

/** What there is to measure once there is a connection. */
export interface Measured {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly registry: Registry;
  /** Jobs that run now. */
  readonly running: () => number;
  /** Aborted: nothing more is taken. */
  readonly stop: AbortSignal;
}

/** Wall seconds of cells: from those of tests to the default limit of a cell, 10 min. */
const CELL_SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600];

export class WorkerMetrics {
  readonly #metrics = processMetrics();
  readonly #cells: Counter<'outcome'>;
  readonly #seconds: Histogram;
  readonly #jobs: Counter<'outcome'>;
  readonly #running: Gauge;
  #server: MetricsServer | null = null;
  #measured: Measured | null = null;
  #queue: QueueMetrics | null = null;
  #looker: Looker | null = null;

  constructor(threads: number) {
    const registers = [this.#metrics];
    this.#cells = new Counter({
      name: 'cma_stress_worker_cells_total',
      help: 'Cells that this worker ended: with a result, or failed',
      labelNames: ['outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'cma_stress_worker_cell_seconds',
      help: 'Wall time of a cell with a result',
      buckets: CELL_SECONDS,
      registers,
    });
    this.#jobs = new Counter({
      name: 'cma_stress_worker_jobs_total',
      help: 'Jobs that this worker ended: run, taken over from a worker that died and handed back, or refused',
      labelNames: ['outcome'],
      registers,
    });
    this.#running = new Gauge({
      name: 'cma_stress_worker_jobs_running',
      help: 'Jobs that run now',
      registers,
    });
    new Gauge({ name: 'cma_stress_worker_threads', help: 'Threads that run cells', registers }).set(threads);
    // A counter that is not there until something happens hides the first time.
    for (const outcome of ['done', 'failed']) this.#cells.inc({ outcome }, 0);
    for (const outcome of ['run', 'taken_over', 'refused'] satisfies JobOutcome[]) this.#jobs.inc({ outcome }, 0);
  }

  /** Takes the port. Throws UsageError when it cannot be had. */
  async serve(address: MetricsAddress, say: (text: string) => void): Promise<void> {
    this.#server = await serveMetrics(address, {
      contentType: this.#metrics.contentType,
      text: () => this.#text(),
      trouble: () => this.#trouble(),
    });
    say(`metrics at ${this.#server.url}`);
  }

  /** From now on there is something to measure. */
  begin(measured: Measured): void {
    const { connection, keys, registry } = measured;
    this.#measured = measured;
    this.#looker = new Looker(connection.redis, keys, registry);
    this.#queue = new QueueMetrics(this.#metrics, connection, this.#looker);
  }

  cell(reply: WorkerReply): void {
    this.#cells.inc({ outcome: reply.ok ? 'done' : 'failed' });
    if (reply.ok) this.#seconds.observe(reply.wallSeconds);
  }

  job(outcome: JobOutcome): void {
    this.#jobs.inc({ outcome });
  }

  /** Frees the port. */
  async close(): Promise<void> {
    await this.#server?.close();
    await this.#looker?.close();
  }

  async #text(): Promise<string> {
    this.#running.set(this.#measured?.running() ?? 0);
    await this.#queue?.refresh();
    return this.#metrics.metrics();
  }

  #trouble(): string | null {
    if (this.#queue === null) return 'not connected yet';
    return this.#measured?.stop.aborted === true ? 'draining' : this.#queue.trouble();
  }
}
