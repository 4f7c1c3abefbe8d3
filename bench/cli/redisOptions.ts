/** The options of every command that talks to Redis, and what comes of them. */
import type { Command } from 'commander';
import { parseMinutes } from '../plan/units.ts';
import { passwordWarning, redisAddress } from '../queue/redisUrl.ts';
import type { RedisAddress, RedisOptions } from '../queue/redisUrl.ts';
import { DEFAULT_ROOT } from '../queue/keys.ts';
import { UsageError } from '../errors.ts';
import { say } from './stderr.ts';

const DEFAULT_CONNECT_TIMEOUT = '30s';
/** Longer than this nobody waits for an error. */
const LONGEST_TIMEOUT_MS = 24 * 3600e3;

/** Names of the options as commander has them. */
export const REDIS_OPTIONS = ['redis', 'redisPasswordFile', 'redisCa', 'prefix', 'connectTimeout'] as const;

export interface RedisSettings {
  readonly address: RedisAddress;
  readonly prefix: string;
  /** ms */
  readonly connectTimeout: number;
}

export function addRedisOptions(command: Command): Command {
  return command
    .option(
      '--redis <url>',
      'where the queue is: redis://USER@HOST:PORT, or rediss:// for TLS; everybody on this machine sees a password in it (ps), so better take one of the next',
    )
    .option('--redis-password-file <file>', 'the password, in a file (or in CMA_STRESS_REDIS_PASSWORD)')
    .option('--redis-ca <file>', 'certificate of a private authority, PEM (or its path in CMA_STRESS_REDIS_CA)')
    .option('--prefix <text>', `what keys in Redis begin with (default: ${DEFAULT_ROOT})`)
    .option('--connect-timeout <time>', `how long to try the first connection (default: ${DEFAULT_CONNECT_TIMEOUT})`);
}

/** Throws UsageError. Warns of a password that anybody on the way can read. */
export function redisSettings(options: RedisOptions): RedisSettings {
  const address = redisAddress(options);
  const warning = passwordWarning(address);
  if (warning !== null) say(`warning: ${warning}`);
  const prefix = options.prefix ?? DEFAULT_ROOT;
  return {
    address,
    prefix,
    connectTimeout: milliseconds('--connect-timeout', options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT),
  };
}

/** A time such as 30s, in ms. Throws UsageError. */
export function milliseconds(option: string, text: string): number {
  const ms = parseMinutes(text) / 1e6;
  if (!(ms >= 1 && ms <= LONGEST_TIMEOUT_MS))
    throw new UsageError(`${option} lies between 1 ms and 24 h, not '${text}'`);
  return ms;
}
