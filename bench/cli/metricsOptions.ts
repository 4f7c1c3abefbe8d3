/** `--metrics` and `--metrics-host`: where figures for Prometheus are served. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { MetricsAddress } from '../queue/metricsServer.ts';
import { wholeNumber } from './options.ts';

export interface MetricsOptions {
  readonly metrics?: string;
  readonly metricsHost?: string;
}

/** Nobody but this machine, unless asked for: the figures tell names of runs and hosts. */
const DEFAULT_HOST = '127.0.0.1';

export function addMetricsOptions(command: Command, about: string): Command {
  return command
    .option('--metrics <port>', about)
    .option(
      '--metrics-host <address>',
      `address that --metrics listens on; 0.0.0.0 lets every machine read them (default: ${DEFAULT_HOST})`,
    );
}

/** null without `--metrics`. Throws UsageError. */
export function metricsAddress({ metrics, metricsHost }: MetricsOptions): MetricsAddress | null {
  if (metrics === undefined) {
    if (metricsHost !== undefined) throw new UsageError('--metrics-host is for --metrics', 'add --metrics PORT');
    return null;
  }
  return { host: metricsHost ?? DEFAULT_HOST, port: wholeNumber('--metrics', metrics, 0, 65_535) };
}
