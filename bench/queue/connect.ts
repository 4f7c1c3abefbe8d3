/**
 * The connection to Redis. At first a wrong address or password is an error; once it stood, it is made again for as
 * long as it takes, and what was asked for in the meantime waits.
 */
import type { Redis, RedisOptions as ClientOptions } from 'ioredis';
import { asError, UsageError } from '../errors.ts';
import { formatDuration } from '../plan/index.ts';
import { shownAddress, type RedisAddress } from './redisUrl.ts';
import type { Times } from './times.ts';

export interface Connection {
  readonly redis: Redis;
  /** How it may be named to people. */
  readonly shown: string;
  /** One more connection to the same server: for commands that block, and for subscriptions. */
  another(): Redis;
  /** How often it, or another, was made again. */
  readonly losses: () => number;
  /** Ends it and all others at once: commands that wait are rejected. */
  close(): void;
}

export interface ConnectOptions {
  /** For the first time, ms. */
  readonly timeout: number;
  readonly times: Times;
  /** Prints a line for people. */
  readonly say: (text: string) => void;
}

/** BullMQ needs 5; streams that do not make themselves anew (XADD NOMKSTREAM) came with 6.2. */
const OLDEST = [6, 2];

/** Throws UsageError when there is no way to talk to that server. */
export async function connect(address: RedisAddress, options: ConnectOptions): Promise<Connection> {
  const { times, say } = options;
  const shown = shownAddress(address);
  const RedisClient = await loadClient();
  const redis = withoutLeftTimer(new RedisClient(clientOptions(address, times)));
  try {
    await firstReady(redis, shown, address.tls, options.timeout);
    await checkServer(redis, shown, say);
  } catch (thrown) {
    redis.disconnect();
    throw thrown;
  }
  let losses = 0;
  const all: Redis[] = [];
  const lost = new Set<Redis>();
  // All of them are told of: what waits for one asks nothing of the others, so that they need not notice.
  const watch = (one: Redis): Redis => {
    all.push(one);
    one.on('reconnecting', () => {
      if (lost.size === 0) say(`lost the connection to ${shown}; trying again`);
      lost.add(one);
    });
    one.on('ready', () => {
      if (!lost.delete(one) || lost.size > 0) return;
      losses++;
      say(`connected to ${shown} again`);
    });
    one.on('end', () => lost.delete(one));
    return one;
  };
  watch(redis);
  return {
    redis,
    shown,
    losses: () => losses,
    another() {
      const other = withoutLeftTimer(redis.duplicate());
      other.on('error', () => undefined);
      return watch(other);
    },
    close() {
      for (const one of all) one.disconnect();
    },
  };
}

/** With DEBUG set ioredis prints every command, AUTH with its password among them. It looks once, when it is loaded. */
async function loadClient(): Promise<typeof Redis> {
  const debug = process.env['DEBUG'];
  delete process.env['DEBUG'];
  try {
    return (await import('ioredis')).Redis;
  } finally {
    if (debug !== undefined) process.env['DEBUG'] = debug;
  }
}

function clientOptions({ host, port, database, tls, ca, user, password }: RedisAddress, times: Times): ClientOptions {
  return {
    host,
    port,
    db: database,
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: ca === null ? {} : { ca } } : {}),
    lazyConnect: true,
    // Commands wait until Redis is back.
    maxRetriesPerRequest: null,
    disableClientInfo: true,
    keepAlive: times.silence,
    connectTimeout: times.silence,
    socketTimeout: times.silence,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), times.retry),
  };
}

/**
 * ioredis leaves the timer of `socketTimeout` behind when a connection closes before an answer came: it would keep the
 * process from ending, and cut the next connection.
 */
function withoutLeftTimer(redis: Redis): Redis {
  const client = redis as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
  return redis.on('close', () => {
    clearTimeout(client.socketTimeoutTimer);
    client.socketTimeoutTimer = undefined;
  });
}

/** Resolves when the server answers. */
function firstReady(redis: Redis, shown: string, tls: boolean, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error | null = null;
    const timer = setTimeout(() => end(unreachable(shown, tls, timeout, last)), timeout);
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      if (error === null) resolve();
      else reject(error);
    };
    // Stays for as long as the connection: an error nobody listens to would be printed.
    redis.on('error', (error: Error) => {
      last = error;
      const refusal = refusalOf(error, shown);
      if (refusal !== null) end(refusal);
    });
    redis.once('ready', () => end(null));
    // It goes on trying after the first attempt, which is what is rejected here.
    redis.connect().catch(() => undefined);
  });
}

function unreachable(shown: string, tls: boolean, timeout: number, last: Error | null): UsageError {
  const why = last === null ? 'it closes the connection' : last.message;
  const hint = tls ? 'check host and port' : 'check host and port; a server that wants TLS needs rediss://';
  return new UsageError(`cannot reach ${shown} within ${formatDuration(timeout * 1e6)}: ${why}`, hint);
}

const AUTH = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password)|wrong number of arguments for 'auth'/i;
const TLS_CODES = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|INVALID_CA|HOSTNAME_MISMATCH)/;

/** What no further attempt mends; null when one may. */
function refusalOf(error: Error, shown: string): UsageError | null {
  const message = error.message.replace(/^Ready check failed: /, '');
  if (AUTH.test(message))
    return new UsageError(
      `${shown} refuses the user or the password (${message.split(' ')[0]})`,
      'the user stands in --redis; the password too, or in --redis-password-file or CMA_STRESS_REDIS_PASSWORD',
    );
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!TLS_CODES.test(code)) return null;
  const plain = /wrong version number|packet length too long/i.test(message);
  const hint = plain
    ? 'the server does not speak TLS there: another port, or redis://'
    : 'a private authority is named with --redis-ca FILE; the certificate has to name this host';
  return new UsageError(`no TLS with ${shown}: ${plain ? 'it answers without TLS' : message}`, hint);
}

async function checkServer(redis: Redis, shown: string, say: (text: string) => void): Promise<void> {
  const info = await redis.info();
  const version = /^redis_version:(\d+)\.(\d+)/m.exec(info);
  if (version !== null) {
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
      throw new UsageError(`${shown} is Redis ${major}.${minor}; ${OLDEST.join('.')} or later is needed`);
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy !== 'noeviction')
    say(`warning: ${shown} throws keys away when memory is short (maxmemory-policy ${policy}); noeviction keeps them`);
}

/** Errors after which the same command may well succeed: Redis starts, is short of memory or disk, or was cut off. */
const PASSING =
  /^(?:LOADING|MISCONF|OOM|READONLY|BUSY |MASTERDOWN|TRYAGAIN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED|NOAUTH|WRONGPASS)|Connection is closed|aborted due to connection close|Socket timeout/;

/** Asks until there is an answer. Rejects with errors that stay, and once `isOver`. */
export async function insist<T>(
  ask: () => Promise<T>,
  { say, times, isOver }: { say: (text: string) => void; times: Times; isOver: () => boolean },
): Promise<T> {
  for (let told = false; ;) {
    try {
      return await ask();
    } catch (thrown) {
      const error = asError(thrown);
      if (error.message.startsWith('NOPERM'))
        throw new UsageError(
          `Redis: ${error.message}`,
          'docs/how-to/run-on-a-cluster.md says what a user has to be allowed',
        );
      if (isOver() || !PASSING.test(error.message)) throw error;
      if (!told) say(`Redis: ${error.message}; trying again`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, times.retry));
    }
  }
}
