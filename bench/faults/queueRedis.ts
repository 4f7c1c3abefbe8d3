/** Many machines: Redis dies, forgets, or cannot be reached. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACE_VARIABLE, timesOf } from '../queue/times.ts';
import type { Started } from '../testing/command.ts';
import { startProxy, type Proxy } from '../testing/proxy.ts';
import type { QueueScene } from '../testing/queue.ts';
import { momentOf, type Fault, type Toll, type Turn } from './fault.ts';
import { whyNoNamespace, withNamespace } from './namespace.ts';
import { startQueued } from './queued.ts';
import { CELLS, PACE, type Site } from './site.ts';

/** Twice the silence after which connections are given up. */
const AWAY_MS = 2 * timesOf({ [PACE_VARIABLE]: String(PACE) }).silence;

/** Long enough for its connection to be given up, however busy the machine is. */
async function untilGivenUp(command: Started): Promise<void> {
  await Promise.all([sleep(AWAY_MS), command.says(/lost the connection/)]);
}

const RECONNECTED = /lost the connection .*connected to /s;

/** A run with a worker, to whose Redis something happens. */
async function duringRun(
  site: Site,
  turn: Turn,
  happens: (scene: QueueScene, coordinator: Started) => Promise<void>,
): Promise<Toll> {
  const queued = await startQueued(site);
  queued.scene.worker();
  await queued.hasLines(momentOf(turn, CELLS));
  await happens(queued.scene, queued.coordinator);
  return queued.ended(({ stderr }) => assert.match(stderr, RECONNECTED));
}

/** A run whose coordinator and worker reach Redis through a proxy. */
async function throughProxy(
  site: Site,
  turn: Turn,
  happens: (proxy: Proxy, coordinator: Started) => Promise<void>,
): Promise<Toll> {
  const { redis } = await site.queue();
  const proxy = await startProxy(redis.port);
  try {
    const url = ['--redis', redis.urlAt('127.0.0.1', proxy.port)];
    const queued = await startQueued(site, ...url);
    queued.scene.worker(...url);
    await queued.hasLines(momentOf(turn, CELLS));
    await happens(proxy, queued.coordinator);
    return await queued.ended(({ stderr }) => assert.match(stderr, RECONNECTED));
  } finally {
    await site.clear();
    await proxy.close();
  }
}

export const QUEUE_REDIS: readonly Fault[] = [
  {
    name: 'redis-kill',
    done: '`kill -9` of Redis, started again on its append-only file',
    outcome: 'both sides connect again and go on',
    inject: (site, turn) =>
      duringRun(site, turn, async ({ redis }) => {
        await redis.kill();
        await redis.restart();
      }),
  },
  {
    name: 'redis-empty',
    done: '`kill -9` of Redis, started again without any data',
    outcome: 'plan and jobs are put there again',
    inject: (site, turn) =>
      duringRun(site, turn, async ({ redis }) => {
        await redis.kill();
        await redis.restart('empty');
      }),
  },
  {
    name: 'redis-away',
    done: 'Redis is gone for a while',
    outcome: 'both sides wait for it',
    inject: (site, turn) =>
      duringRun(site, turn, async ({ redis }) => {
        await redis.kill();
        await sleep(AWAY_MS);
        await redis.restart();
      }),
  },
  {
    name: 'redis-hangs',
    done: 'Redis answers nothing for a while (SIGSTOP)',
    outcome: 'silent connections are given up and made anew',
    inject: (site, turn) =>
      duringRun(site, turn, async ({ redis }, coordinator) => {
        process.kill(redis.pid(), 'SIGSTOP');
        try {
          await untilGivenUp(coordinator);
        } finally {
          process.kill(redis.pid(), 'SIGCONT');
        }
      }),
  },
  {
    name: 'network-swallows',
    done: 'the network swallows everything for a while (a proxy)',
    outcome: 'silent connections are given up and made anew',
    inject: (site, turn) =>
      throughProxy(site, turn, async (proxy, coordinator) => {
        proxy.set('swallows');
        await untilGivenUp(coordinator);
        proxy.set('passes');
      }),
  },
  {
    name: 'network-resets',
    done: 'every connection is reset, and new ones are refused for a while (a proxy)',
    outcome: 'both sides connect again and go on',
    inject: (site, turn) =>
      throughProxy(site, turn, async (proxy) => {
        proxy.set('refuses');
        await sleep(AWAY_MS / 4);
        proxy.set('passes');
      }),
  },
  {
    name: 'network-down',
    done: "the worker's network interface is down for a while (a network namespace)",
    outcome: 'the worker connects again and goes on',
    whyNot: whyNoNamespace,
    inject: async (site, turn) => {
      const { redis } = await site.queue();
      return withNamespace(async (namespace) => {
        const proxy = await startProxy(redis.port, namespace.host);
        try {
          const queued = await startQueued(site);
          const worker = queued.scene.workerIn(namespace.command, '--redis', redis.urlAt(namespace.host, proxy.port));
          await queued.hasLines(momentOf(turn, CELLS));
          namespace.down();
          await untilGivenUp(worker);
          namespace.up();
          const toll = await queued.ended();
          assert.match((await queued.scene.stop(worker)).stderr, RECONNECTED);
          return toll;
        } finally {
          await site.clear();
          await proxy.close();
        }
      });
    },
  },
];
