/** `cma-stress status`: a look at a queue, looks again and again, or an exporter of what it sees. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { redrawOn } from '../report/redraw.ts';
import { terminalOf } from '../report/terminal.ts';
import { timeOfDay } from '../run/follow.ts';
import { connect, insist, type Connection } from './connect.ts';
import { keysUnder, type Keys } from './keys.ts';
import type { RedisAddress } from './redisUrl.ts';
import { Registry } from './registry.ts';
import { statusDocument, type StatusDocument } from './statusDocument.ts';
import { Looker } from './statusLook.ts';
import { Pace } from './statusPace.ts';
import { statusLines, totalsText } from './statusText.ts';
import { timesOf, type Times } from './times.ts';

export interface StatusOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  /** For the first connection, ms. */
  readonly connectTimeout: number;
  readonly say: (text: string) => void;
}

export interface StatusConnection {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly times: Times;
  readonly looker: Looker;
  /** Looks, once more after the last time. Waits for a Redis that is away. */
  look(): Promise<StatusDocument>;
  close(): Promise<void>;
}

/** Throws UsageError when there is no way to Redis. */
export async function connectStatus({
  address,
  prefix,
  connectTimeout,
  say,
}: StatusOptions): Promise<StatusConnection> {
  const keys = keysUnder(prefix);
  const times = timesOf();
  const connection = await connect(address, { timeout: connectTimeout, times, say });
  const looker = new Looker(connection.redis, keys, new Registry(connection.redis, keys, times));
  const pace = new Pace();
  let isOver = false;
  return {
    connection,
    keys,
    times,
    looker,
    async look() {
      const seen = await insist(() => looker.look(), { say, times, isOver: () => isOver });
      pace.see(seen, performance.now() / 1e3);
      return statusDocument(seen, pace, connection.shown);
    },
    async close() {
      isOver = true;
      await looker.close();
      connection.close();
    },
  };
}

/** Shows what there is until the signal: redrawn on a terminal, a line each time anywhere else. */
export async function watchStatus(
  connected: StatusConnection,
  { stream, intervalMs, signal }: { stream: NodeJS.WriteStream; intervalMs: number; signal: AbortSignal },
): Promise<void> {
  const redraw = redrawOn(stream);
  const over = aborted(signal);
  try {
    for (;;) {
      // A Redis that is away is waited for, but not by whoever presses Ctrl-C.
      const status = await Promise.race([connected.look(), over]);
      if (status === null) return;
      if (redraw === null) stream.write(`${timeOfDay(Date.now())} ${totalsText(status)}\n`);
      else redraw.draw(statusLines(status, terminalOf(stream)).slice(0, redraw.rows()));
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  } finally {
    redraw?.end();
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
