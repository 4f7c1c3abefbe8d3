/**
 * `cma-stress worker`: takes jobs of whatever runs there are at a Redis server, higher priorities first, and runs their
 * cells on threads of its own. It has as many jobs at a time as threads; nothing is asked for while all of them are
 * busy, and while there is nothing to do the worker waits to be woken.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { counted } from '../report/units.ts';
import type { CellLimits } from '../run/limits.ts';
import { cellPool } from '../run/pool.ts';
import { connect } from './connect.ts';
import { keysUnder } from './keys.ts';
import type { WorkerMetrics } from './metricsWorker.ts';
import { sayOnce } from './once.ts';
import { readJob, reasonOf, type JobCell } from './protocol.ts';
import type { RedisAddress } from './redisUrl.ts';
import { Registry, THIS_VERSION, type WorkerInfo } from './registry.ts';
import { ENTRY_BYTES, notRunEntry, resultLine, resultsEntry } from './results.ts';
import { RunList } from './runList.ts';
import type { TakenJob, TakenRun } from './takenRun.ts';
import { timesOf } from './times.ts';

export interface WorkerOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  /** For the first connection, ms. */
  readonly connectTimeout: number;
  readonly threads: number;
  /** Of a cell. */
  readonly limits: CellLimits;
  readonly allowPlugins: boolean;
  /** Ends by itself when there was nothing to do for so long, ms; null: never. */
  readonly idleExit: number | null;
  /** Is told what happens; null: nobody asks. */
  readonly metrics: WorkerMetrics | null;
  /** Aborted: what runs is ended, nothing more is taken. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

type CellPool = ReturnType<typeof cellPool>;

/** Runs until stopped. Throws UsageError when there is no way to Redis. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const times = timesOf();
  const keys = keysUnder(options.prefix);
  const connection = await connect(options.address, { timeout: options.connectTimeout, times, say: options.say });
  const registry = new Registry(connection.redis, keys, times);
  const started = performance.now();
  const id = `w${randomBytes(6).toString('hex')}`;
  const counts = { done: 0, failed: 0, running: 0 };
  const info = (): WorkerInfo => ({
    id,
    host: hostname(),
    pid: process.pid,
    threads: options.threads,
    ...THIS_VERSION,
    allowPlugins: options.allowPlugins,
    ...counts,
    age: Math.round((performance.now() - started) / 1e3),
  });
  const runs = new RunList(info(), registry, {
    connection,
    keys,
    times,
    token: id,
    say: options.say,
    sayOnce: sayOnce(options.say),
  });
  // Joined with the signal: idleness ends the worker in the same way.
  const idle = new AbortController();
  const stop = AbortSignal.any([options.signal, idle.signal]);
  options.metrics?.begin({ connection, keys, registry, running: () => counts.running, stop });
  let lastWork = performance.now();
  const beat = setInterval(
    () => {
      if (counts.running > 0) lastWork = performance.now();
      if (options.idleExit !== null && performance.now() - lastWork >= options.idleExit) idle.abort();
      registry.putWorker(info()).catch(() => undefined);
    },
    Math.min(times.heartbeat, options.idleExit ?? Infinity),
  );
  await registry.putWorker(info());
  await runs.watch();
  options.say(`worker ${id}: ${counted(options.threads, 'thread')} for the runs at ${connection.shown}`);
  // Running cells are always ended; a second Ctrl-C ends the process.
  const signal = new AbortController().signal;
  const pool = cellPool({ threads: options.threads, limits: options.limits, signal, onCell: () => undefined });
  // As many jobs at a time as there are threads.
  const lane = async (): Promise<void> => {
    for (let taken = await runs.next(stop); taken !== null; taken = await runs.next(stop)) {
      counts.running++;
      try {
        await work(taken.run, taken.job, pool, id, counts, options.metrics);
      } finally {
        counts.running--;
        lastWork = performance.now();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: options.threads }, lane));
  } finally {
    clearInterval(beat);
    await pool.close();
    await Promise.race([
      runs.close().then(() => registry.dropWorker(id)),
      new Promise((resolve) => setTimeout(resolve, times.retry).unref()),
    ]).catch(() => undefined);
    connection.close();
  }
  options.say(`worker ${id}: ${counts.done + counts.failed} cells, ${counts.failed} of them failed`);
}

/** One job: its cells are run and sent, then it is over. */
async function work(
  run: TakenRun,
  job: TakenJob,
  pool: CellPool,
  worker: string,
  counts: { done: number; failed: number },
  metrics: WorkerMetrics | null,
): Promise<void> {
  const jobId = job.id!;
  let places: JobCell[] = [];
  try {
    places = readJob(job.data);
    if (job.stalledCounter > 0) {
      // Whoever had it died, and perhaps of it: the coordinator decides how it goes on.
      metrics?.job('taken_over');
      await run.send(notRunEntry(worker, jobId, 'lost', places, 'the worker that ran it went away'));
      return;
    }
    const cells = run.cells(places);
    const byId = new Map(places.map((place) => [place.id, place]));
    let lines: string[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (lines.length === 0) return;
      const entry = resultsEntry(worker, jobId, lines);
      lines = [];
      bytes = 0;
      await run.send(entry);
    };
    await pool.run(cells, async ({ id }, reply) => {
      counts[reply.ok ? 'done' : 'failed']++;
      metrics?.cell(reply);
      const line = resultLine({ cell: byId.get(id)!, reply });
      lines.push(line);
      bytes += line.length;
      if (bytes >= ENTRY_BYTES) await flush();
    });
    await flush();
    metrics?.job('run');
  } catch (thrown) {
    metrics?.job('refused');
    if (places.length === 0) return;
    await run.send(notRunEntry(worker, jobId, 'refused', places, reasonOf(thrown)));
  } finally {
    await run.end(job);
  }
}
