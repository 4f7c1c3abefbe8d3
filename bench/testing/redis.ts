/**
 * A Redis server of a test's own: Debian's, on loopback, with a user and a password, TLS with a private authority, and
 * an append-only file, so that it can be killed and started again on the same data.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Test } from 'uvu';

export interface TestRedis {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Path of the authority's certificate. */
  readonly ca: string;
  /** Path of a file with the password. */
  readonly passwordFile: string;
  /** `rediss://user@127.0.0.1:port`. */
  readonly url: string;
  /** The same by another way: through a proxy. */
  urlAt(host: string, port: number): string;
  /** Environment in which commands need nothing but `--redis url`. */
  readonly env: NodeJS.ProcessEnv;
  /** Words of an option list: `--redis url`. */
  readonly words: readonly string[];
  /** A client of the test itself, to be closed by it. */
  client(): Redis;
  pid(): number;
  isRunning(): boolean;
  /** SIGKILL: nothing is saved that was not yet. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data; with 'empty' on none. */
  restart(data?: 'kept' | 'empty'): Promise<void>;
  stop(): Promise<void>;
}

/** Why there can be none; null when there can. A test that skips prints it behind `skipped: `. */
export function whyNoRedis(): string | null {
  for (const [program, argument] of [
    ['redis-server', '--version'],
    ['openssl', 'version'],
  ]) {
    try {
      execFileSync(program, [argument], { stdio: 'ignore' });
    } catch {
      return `no ${program} here`;
    }
  }
  return null;
}

/** May do what docs/how-to/run-on-a-cluster.md says a user has to be allowed. */
const USER = 'tester';
/** Of the test itself. */
const ADMIN = 'admin';
const PASSWORD = 'p@ss:w/rd %41';

/** Where a test's network namespace sees this machine, if it makes one; from the block for such tests (RFC 2544). */
export const NAMESPACE_HOST = '198.18.77.1';

/** Starts one whose files lie in `dir`. */
export async function startRedis(dir: string): Promise<TestRedis> {
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  makeCertificates(dir);
  const passwordFile = join(dir, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const config = join(dir, 'redis.conf');
  writeFileSync(
    config,
    `bind 127.0.0.1
port 0
tls-port ${port}
tls-cert-file ${join(dir, 'server.pem')}
tls-key-file ${join(dir, 'server.key')}
tls-ca-cert-file ${join(dir, 'ca.pem')}
tls-auth-clients no
dir ${dir}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
user default off
user ${USER} on #${sha256(PASSWORD)} ~cma-stress:* &cma-stress:* +@all -@dangerous +info
user ${ADMIN} on #${sha256(PASSWORD)} ~* &* +@all
`,
  );
  const ca = join(dir, 'ca.pem');
  let server = await launch(config, port);
  const urlAt = (host: string, at: number): string => `rediss://${USER}@${host}:${at}`;
  const url = urlAt('127.0.0.1', port);
  return {
    port,
    user: USER,
    password: PASSWORD,
    ca,
    passwordFile,
    url,
    urlAt,
    env: { CMA_STRESS_REDIS_PASSWORD: PASSWORD, CMA_STRESS_REDIS_CA: ca },
    words: ['--redis', url],
    client: () =>
      new Redis({
        host: '127.0.0.1',
        port,
        username: ADMIN,
        password: PASSWORD,
        tls: { ca: readFileSync(ca, 'utf8') },
        maxRetriesPerRequest: null,
      }).on('error', () => undefined),
    pid: () => server.pid!,
    isRunning: () => !hasEnded(server),
    kill: () => end(server, 'SIGKILL'),
    async restart(data = 'kept') {
      await end(server, 'SIGKILL');
      if (data === 'empty') rmSync(join(dir, 'appendonlydir'), { recursive: true, force: true });
      server = await launch(config, port);
    },
    stop: () => end(server, 'SIGKILL'),
  };
}

function sha256(text: string): string {
  return execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: text, encoding: 'utf8' }).split(' ')[0];
}

/** An authority, and a certificate of it for 127.0.0.1. */
function makeCertificates(dir: string): void {
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: dir, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(join(dir, 'names'), `subjectAltName=IP:127.0.0.1,IP:${NAMESPACE_HOST},DNS:localhost\n`);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '2'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signed);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Resolves when it accepts connections. */
function launch(config: string, port: number): Promise<ChildProcess> {
  const server = spawn('redis-server', [config], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ready to accept connections')) resolve(server);
    });
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`redis-server on port ${port} ended: ${said}`)));
  });
}

function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(server)) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill(signal);
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The tests of a suite that need a server: skipped, with the reason, where there is none. */
export function needsRedis<C>(made: Test<C>): Test<C> {
  const missing = whyNoRedis();
  if (missing === null) return made;
  console.log(`skipped: ${missing}`);
  return Object.assign(made.skip.bind(made), made, { run: () => made.run() });
}
