/** `--redis`: where Redis is and who we are there. Passwords stay inside: nothing here that is shown has one. */
import { readFileSync } from 'node:fs';
import { UsageError, messageOf } from '../errors.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly tls: boolean;
  /** PEM of the authority that signed the server's certificate; null: those that Node knows. */
  readonly ca: string | null;
  readonly user: string | null;
  readonly password: string | null;
}

/** Options of the commands that talk to Redis, as commander hands them over. */
export interface RedisOptions {
  readonly redis?: string;
  readonly redisPasswordFile?: string;
  readonly redisCa?: string;
  readonly prefix?: string;
  readonly connectTimeout?: string;
}

const PASSWORD_VARIABLE = 'CMA_STRESS_REDIS_PASSWORD';
const CA_VARIABLE = 'CMA_STRESS_REDIS_CA';
const EXPECTED = 'expected redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], or rediss:// for TLS';
/** Passwords are a line; whatever is longer is another file. */
const MOST_PASSWORD_BYTES = 4096;
/** A certificate has some 2 kB; this holds every authority there is. */
const MOST_CA_BYTES = 1024 ** 2;

/** Throws UsageError for what is no address, and when the password is given twice. */
export function redisAddress(options: RedisOptions, env: NodeJS.ProcessEnv = process.env): RedisAddress {
  const { redis, redisPasswordFile } = options;
  if (redis === undefined)
    throw new UsageError('--redis is missing: where the queue is', '--redis rediss://USER@HOST:PORT');
  const url = parseUrl(redis);
  const database = /^\/?(\d{0,3})$/.exec(url.pathname);
  if (database === null || url.search !== '' || url.hash !== '')
    throw new UsageError(`--redis: behind the host only a database number is allowed`, EXPECTED);
  const inUrl = url.password === '' ? null : decoded(url.password);
  if (inUrl !== null && redisPasswordFile !== undefined)
    throw new UsageError('the password is given twice: in --redis and with --redis-password-file');
  const fromFile = redisPasswordFile === undefined ? null : passwordIn(redisPasswordFile);
  const caFile = options.redisCa ?? env[CA_VARIABLE] ?? '';
  const tls = url.protocol === 'rediss:';
  if (options.redisCa !== undefined && !tls)
    throw new UsageError('--redis-ca is for TLS', 'write rediss:// in --redis');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    database: database[1] === '' ? 0 : Number(database[1]),
    tls,
    ca: caFile === '' || !tls ? null : readWhole('--redis-ca', caFile, MOST_CA_BYTES),
    user: url.username === '' ? null : decoded(url.username),
    password: fromFile ?? inUrl ?? env[PASSWORD_VARIABLE] ?? null,
  };
}

/** The address as people and logs may see it. */
export function shownAddress({ tls, user, host, port, database }: RedisAddress): string {
  const name = user === null ? '' : `${encodeURIComponent(user)}@`;
  const place = host.includes(':') ? `[${host}]` : host;
  return `redis${tls ? 's' : ''}://${name}${place}:${port}${database === 0 ? '' : `/${database}`}`;
}

/** Words of a command line without the password in a URL of Redis. */
export function withoutPasswords(words: readonly string[]): string[] {
  // Up to the last @: whoever forgot to encode one in the password must not see the rest of it in a log.
  return words.map((word) => word.replace(/(rediss?:\/\/[^:@/]*):.*@/i, '$1:***@'));
}

/** Why the password is in danger, or null. */
export function passwordWarning({ tls, password, host }: RedisAddress): string | null {
  if (tls || password === null || /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host)) return null;
  return `the password goes to ${host} over the network as it is; rediss:// encrypts it`;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '')
    throw new UsageError(
      '--redis is not the address of a Redis server',
      `${EXPECTED}; what is special in a URL is written as %40 (@), %3A (:), %2F (/)`,
    );
  return url;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UsageError('--redis: a % in the user or the password is written as %25');
  }
}

function passwordIn(file: string): string {
  const password = readWhole('--redis-password-file', file, MOST_PASSWORD_BYTES).replace(/\r?\n$/, '');
  if (password === '' || password.includes('\n'))
    throw new UsageError(`--redis-password-file: ${file} has to hold one line, the password`);
  return password;
}

function readWhole(option: string, file: string, most: number): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(thrown)}`);
  }
  if (text.length > most) throw new UsageError(`${option}: ${file} is longer than ${most} bytes`);
  return text;
}
