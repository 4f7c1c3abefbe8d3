/**
 * One process at a time works on a folder of results.
 *
 * On Linux the kernel keeps the lock: a socket in the abstract namespace, named after the folder's device and inode,
 * goes with its process however that ends, so there is no stale lock to guess about. A file `lock` beside the results
 * says who it is, for people and for other machines (and containers) on a shared disk, which cannot see the socket:
 * they believe it as long as it is touched now and then. Where there are no such sockets the file alone counts, as long
 * as its process lives.
 */
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, statSync, write, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StorageError, UsageError } from '../errors.ts';

/** How often the holder shows that it lives, and after how long without it another machine takes the lock. */
const TOUCH_MS = 10_000;
const DEAD_MS = 60_000;

interface Holder {
  readonly host: string;
  readonly pid: number;
}

/**
 * Takes the lock of the folder `path` until this process ends, or what it returns is called. Throws UsageError when
 * another process has it.
 */
export async function lockFolder(path: string): Promise<() => void> {
  const file = join(path, 'lock');
  const before = holderIn(file);
  if (before !== null && before.host !== hostname() && ageOf(file) < DEAD_MS) {
    throw new UsageError(
      `${path} is being worked on by process ${before.pid} on ${before.host}`,
      `wait for it; when that process is gone, its lock counts for ${DEAD_MS / 1e3} s more, or delete ${file}`,
    );
  }
  const server = process.platform === 'linux' ? await listen(path, before) : null;
  const isElsewhere = before !== null && before.host !== hostname();
  if (server === null && before !== null && !isElsewhere && isAlive(before.pid)) throw taken(path, before);
  const own: Holder = { host: hostname(), pid: process.pid };
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w');
    writeSync(descriptor, JSON.stringify(own), 0);
  } catch (thrown) {
    server?.close();
    throw new StorageError(file, thrown);
  }
  // The same bytes again: never a torn file, and a time by the clock of the disk. When that fails the lock only grows
  // old.
  let isWriting = false;
  let isReleased = false;
  const touch = (): void => {
    isWriting = true;
    write(descriptor, JSON.stringify(own), 0, () => {
      isWriting = false;
      if (isReleased) closeSync(descriptor);
    });
  };
  const touching = setInterval(touch, TOUCH_MS).unref();
  const remove = (): void => rmSync(file, { force: true });
  process.once('exit', remove);
  return () => {
    isReleased = true;
    process.off('exit', remove);
    clearInterval(touching);
    // Not under a write: it would go to whatever file has the number next.
    if (!isWriting) closeSync(descriptor);
    remove();
    server?.close();
  };
}

/** ms since the file was touched, by the clock of its disk: machines need not agree on the time. */
function ageOf(file: string): number {
  const probe = `${file}.probe`;
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(file).mtimeMs;
  } catch {
    // Gone meanwhile, or a disk that nothing can be written to: whoever goes on will be told.
    return Infinity;
  } finally {
    rmSync(probe, { force: true });
  }
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
