/** `cma-stress worker`: runs cells of whatever runs are at a Redis server. */
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import type { WorkerMetrics } from '../queue/metricsWorker.ts';
import type { RedisOptions } from '../queue/redisUrl.ts';
import { parseLimits } from '../run/limits.ts';
import type { LimitOptions } from '../run/limits.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { addMetricsOptions, metricsAddress } from './metricsOptions.ts';
import type { MetricsOptions } from './metricsOptions.ts';
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, THREADS, threadsOf } from './options.ts';
import type { SetExitCode } from './program.ts';
import { addRedisOptions, milliseconds, redisSettings } from './redisOptions.ts';
import { say } from './stderr.ts';

interface Options extends RedisOptions, LimitOptions, MetricsOptions {
  readonly threads?: string;
  readonly allowPlugins?: boolean;
  readonly idleExit?: string;
}

const HELP: HelpParts = {
  notes: [
    'Runs until it is stopped: the first Ctrl-C or SIGTERM ends what runs and takes nothing more, the second ends at once. Everything is said on stderr.',
  ],
  exits: {
    0: 'stopped, or nothing to do for --idle-exit',
    2: 'bad usage, or Redis or the port of --metrics cannot be had',
  },
  examples: [
    { command: 'cma-stress worker --redis rediss://worker@queue:6380 --redis-password-file /run/secrets/redis' },
    { command: 'cma-stress worker --redis redis://localhost --threads 4' },
    { command: 'cma-stress worker --redis redis://localhost --metrics 9400', about: 'for Prometheus' },
    { command: 'cma-stress worker --redis redis://localhost --idle-exit 10min', about: 'batch job' },
  ],
  page: 'reference/worker.md',
};

export function addWorkerCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('worker')
    .description('run cells for the runs at a Redis server (run --engine bullmq), on any number of machines');
  addMetricsOptions(addRedisOptions(command), 'figures for Prometheus at this port, 0 for any that is free')
    .option(...THREADS)
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--allow-plugins', 'also take runs with plug-ins: code that comes with the run is executed here')
    .option('--idle-exit <time>', 'end when there was nothing to do for so long, for example 10min')
    .action(async (options: Options) => {
      setExitCode(await worker(options));
    });
  addHelp(command, HELP);
}

async function worker(options: Options): Promise<number> {
  const threads = threadsOf(options);
  const idleExit = options.idleExit === undefined ? null : milliseconds('--idle-exit', options.idleExit);
  const settings = redisSettings(options);
  const limits = parseLimits(options);
  const metrics = await openMetrics(options, threads);
  const { runWorker } = await import('../queue/worker.ts');
  const interrupt = onInterrupt();
  try {
    await runWorker({
      ...settings,
      threads,
      limits,
      allowPlugins: options.allowPlugins === true,
      idleExit,
      metrics,
      signal: interrupt.signal,
      say,
    });
  } finally {
    interrupt.release();
    await metrics?.close();
  }
  return EXIT.done;
}

/** Before there is a connection: a port that is in use is found out at once. null without `--metrics`. */
async function openMetrics(options: MetricsOptions, threads: number): Promise<WorkerMetrics | null> {
  const address = metricsAddress(options);
  if (address === null) return null;
  const { WorkerMetrics } = await import('../queue/metricsWorker.ts');
  const metrics = new WorkerMetrics(threads);
  await metrics.serve(address, say);
  return metrics;
}
