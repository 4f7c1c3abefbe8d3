/** The connection to Redis, on a server of the test's own. */
import { EventEmitter, once } from 'node:events';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { needsRedis, startRedis, whyNoRedis, type TestRedis } from '../testing/redis.ts';
import { connect, type Connection } from './connect.ts';
import { redisAddress } from './redisUrl.ts';
import { PACE_VARIABLE, timesOf } from './times.ts';

/** Longer than anything here takes: what is not said by then never will be. */
const PATIENCE_MS = 30_000;

const test = needsRedis(suiteInScratch('connection'));
let redis: TestRedis | null = null;

test.before(async ({ dir }) => {
  if (whyNoRedis() === null) redis = await startRedis(dir);
});
test.after(() => redis?.stop());

/** A connection that is given up after half a second of silence; `hears` resolves when it says a line like that. */
async function connected(): Promise<{
  connection: Connection;
  said: string[];
  hears: (line: RegExp) => Promise<void>;
}> {
  const said: string[] = [];
  const lines = new EventEmitter();
  const say = (line: string): void => {
    said.push(line);
    lines.emit('line');
  };
  const address = redisAddress({ redis: redis!.url }, redis!.env);
  const connection = await connect(address, { timeout: 10_000, times: timesOf({ [PACE_VARIABLE]: '30' }), say });
  const hears = async (line: RegExp): Promise<void> => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!said.some((one) => line.test(one))) await once(lines, 'line', { signal });
  };
  return { connection, said, hears };
}

test('a server that falls silent is told of, by whichever connection waits for it', async () => {
  const { connection, said, hears } = await connected();
  const other = connection.another();
  try {
    await other.ping();
    process.kill(redis!.pid(), 'SIGSTOP');
    // Nothing is asked through the first one, which therefore hears of nothing.
    const answer = other.ping();
    await hears(/^lost the connection to /);
    process.kill(redis!.pid(), 'SIGCONT');
    await hears(/^connected to .* again$/);
    assert.is(await answer, 'PONG');
    assert.is(connection.losses(), 1);
    assert.is(said.length, 2, said.join('\n'));
  } finally {
    process.kill(redis!.pid(), 'SIGCONT');
    connection.close();
  }
});

test('one that is closed is not lost', async () => {
  const { connection, said } = await connected();
  const other = connection.another();
  await other.ping();
  const ended = once(other, 'end');
  other.disconnect();
  await ended;
  const over = once(connection.redis, 'end');
  connection.close();
  await over;
  assert.equal([said, connection.losses()], [[], 0]);
});

test.run();
