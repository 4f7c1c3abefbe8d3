/**
 * One process at a time works on a folder of results.
 *
 * On Linux the kernel keeps the lock: a socket in the abstract namespace, named after the folder's device and inode, goes
 * with its process however that ends, so there is no stale lock to guess about. A file `lock` beside the results says who
 * it is, for people and for other machines on a shared disk, which cannot see the socket. Where there are no such sockets
 * the file alone counts, as long as its process lives.
 */
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StorageError, UsageError } from '../errors.ts';

interface Holder {
  readonly host: string;
  readonly pid: number;
}

/** Takes the lock of the folder `path` until this process ends. Throws UsageError when another process has it. */
export async function lockFolder(path: string): Promise<void> {
  const file = join(path, 'lock');
  const before = holderIn(file);
  if (before !== null && before.host !== hostname()) {
    throw new UsageError(
      `${path} is being worked on by process ${before.pid} on ${before.host}`,
      `wait for it; if that process is gone, delete ${file}`,
    );
  }
  const server = process.platform === 'linux' ? await listen(path, before) : null;
  if (server === null && before !== null && isAlive(before.pid)) throw taken(path, before);
  const own: Holder = { host: hostname(), pid: process.pid };
  try {
    writeFileSync(file, `${JSON.stringify(own)}\n`);
  } catch (thrown) {
    server?.close();
    throw new StorageError(file, thrown);
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

/** null where there are no such sockets. Throws UsageError when somebody listens. */
async function listen(path: string, holder: Holder | null): Promise<Server | null> {
  const { dev, ino } = statSync(path, { bigint: true });
  const server = createServer();
  try {
    server.listen(`\0cma-stress:${dev}:${ino}`);
    await once(server, 'listening');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') throw taken(path, holder);
    // A sandbox may forbid them.
    return null;
  }
  // Holding it is no reason to stay alive.
  server.unref();
  return server;
}

function taken(path: string, holder: Holder | null): UsageError {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  return new UsageError(
    `${path} is being worked on by ${who}`,
    `wait for it, or watch it with: cma-stress show ${path} --watch`,
  );
}

/** null when there is no lock, or nothing that says whose. */
function holderIn(file: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder> | null;
    return typeof holder?.host === 'string' && typeof holder.pid === 'number'
      ? { host: holder.host, pid: holder.pid }
      : null;
  } catch {
    // Not there, or torn as it was written: then its process is gone, or the socket tells.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Alive, but somebody else's.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
