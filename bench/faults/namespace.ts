/**
 * A network namespace with one cable to this machine, which can be taken down. Needs the rights of root, and iproute2.
 */
import { execFileSync } from 'node:child_process';
import { NAMESPACE_HOST } from '../testing/redis.ts';

export interface Namespace {
  /** This machine's address, as the namespace sees it. */
  readonly host: string;
  /** What a command line begins with that is to run inside. */
  readonly command: readonly string[];
  down(): void;
  up(): void;
}

const PEER = NAMESPACE_HOST.replace(/\d+$/, '2');

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Why there can be none; null when there can. */
export function whyNoNamespace(): string | null {
  const name = `cma-try-${process.pid}`;
  const cable = `cmat${process.pid}`;
  try {
    ip('netns', 'add', name);
    try {
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', `${cable}b`);
      ip('link', 'del', cable);
    } finally {
      ip('netns', 'del', name);
    }
    return null;
  } catch {
    return 'no right to make a network namespace, or no iproute2';
  }
}

/** Makes one for as long as `use` takes. */
export async function withNamespace<T>(use: (namespace: Namespace) => Promise<T>): Promise<T> {
  const name = `cma-stress-${process.pid}`;
  // Names of interfaces have 15 characters at most.
  const [here, there] = [`cmaa${process.pid}`, `cmab${process.pid}`];
  ip('netns', 'add', name);
  try {
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there);
    ip('link', 'set', there, 'netns', name);
    ip('addr', 'add', `${NAMESPACE_HOST}/30`, 'dev', here);
    ip('link', 'set', here, 'up');
    ip('-n', name, 'addr', 'add', `${PEER}/30`, 'dev', there);
    ip('-n', name, 'link', 'set', there, 'up');
    return await use({
      host: NAMESPACE_HOST,
      command: ['ip', 'netns', 'exec', name],
      // Its far end, so that the address of this one stays.
      down: () => ip('-n', name, 'link', 'set', there, 'down'),
      up: () => ip('-n', name, 'link', 'set', there, 'up'),
    });
  } finally {
    // The cable goes with it.
    ip('netns', 'del', name);
  }
}
