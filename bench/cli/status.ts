/** `cma-stress status`: runs and workers at a Redis server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import type { RedisOptions } from '../queue/redisUrl.ts';
import type { StatusConnection } from '../queue/status.ts';
import { terminalOf } from '../report/terminal.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { addMetricsOptions, metricsAddress } from './metricsOptions.ts';
import type { MetricsOptions } from './metricsOptions.ts';
import { JSON_DOCUMENT } from './options.ts';
import type { SetExitCode } from './program.ts';
import { addRedisOptions, milliseconds, redisSettings } from './redisOptions.ts';
import { say } from './stderr.ts';

interface Options extends RedisOptions, MetricsOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly interval?: string;
}

const DEFAULT_INTERVAL = '2s';

const HELP: HelpParts = {
  notes: [
    'Without --interval cells a second are means since the workers were started. Workers write their counts every 5 s.',
  ],
  exits: {
    0: 'shown, whatever it says',
    2: 'bad usage, or Redis or the port of --metrics cannot be had',
    130: '--watch was interrupted',
  },
  examples: [
    { command: 'cma-stress status --redis rediss://me@queue:6380' },
    { command: 'cma-stress status --redis rediss://me@queue:6380 --watch' },
    { command: 'cma-stress status --redis redis://localhost --json --interval 12s | jq .totals.cellsPerSecond' },
    { command: 'cma-stress status --redis redis://localhost --metrics 9401', about: 'for Prometheus' },
  ],
  page: 'reference/status.md',
};

export function addStatusCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('status')
    .description('the runs and workers at a Redis server: progress, throughput, queue depth, failures');
  addMetricsOptions(
    addRedisOptions(command)
      .option(...JSON_DOCUMENT)
      .option('--watch', 'show it again and again, until Ctrl-C')
      .option(
        '--interval <time>',
        `how often to look with --watch; without, look twice so far apart and measure cells a second in between (default with --watch: ${DEFAULT_INTERVAL})`,
      ),
    'serve it to Prometheus at this port (0 for any that is free) until stopped; needs no worker',
  ).action(async (options: Options) => {
    setExitCode(await status(options));
  });
  addHelp(command, HELP);
}

async function status(options: Options): Promise<number> {
  const address = metricsAddress(options);
  const given = (['json', 'watch'] as const).filter((name) => options[name] === true);
  if (given.length > 1) throw new UsageError('--json is one document, --watch has no end', 'take one of them');
  if (address !== null && (given.length > 0 || options.interval !== undefined))
    throw new UsageError(`--metrics does not go with --${given[0] ?? 'interval'}`, 'start a second one');
  const interval = options.interval === undefined ? null : milliseconds('--interval', options.interval);
  const settings = redisSettings(options);
  const { connectStatus, watchStatus } = await import('../queue/status.ts');
  const interrupt = onInterrupt();
  let connected: StatusConnection | null = null;
  try {
    connected = await connectStatus({ ...settings, say });
    const { signal } = interrupt;
    if (address !== null) {
      const { exportStatus } = await import('../queue/metricsStatus.ts');
      await exportStatus(connected, address, { signal, say });
      return EXIT.done;
    }
    if (options.watch === true) {
      const intervalMs = interval ?? milliseconds('--interval', DEFAULT_INTERVAL);
      await watchStatus(connected, { stream: process.stdout, intervalMs, signal });
      return EXIT.interrupted;
    }
    return await once(connected, interval, options.json === true, signal);
  } finally {
    interrupt.release();
    await connected?.close();
  }
}

async function once(
  connected: StatusConnection,
  interval: number | null,
  json: boolean,
  signal: AbortSignal,
): Promise<number> {
  let seen = await connected.look();
  if (interval !== null) {
    await sleep(interval, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return EXIT.interrupted;
    seen = await connected.look();
  }
  if (json) process.stdout.write(`${JSON.stringify(seen)}\n`);
  else {
    const { statusLines } = await import('../queue/statusText.ts');
    process.stdout.write(`${statusLines(seen, terminalOf(process.stdout)).join('\n')}\n`);
  }
  return EXIT.done;
}
