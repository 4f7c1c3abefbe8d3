/** A worker that is told to end while Redis is away. */
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { says, suiteOnRedis, TINY_RUN, type QueueScene } from '../testing/queue.ts';

/** Longer than a worker waits for Redis when it is to end. */
const PATIENCE_MS = 20_000;

let scene: QueueScene;

const test = suiteOnRedis('Redis is gone', (begun) => {
  scene = begun;
});

/** Jobs of all runs that wait or are run. */
async function jobs(): Promise<number> {
  const lists = await Promise.all(['wait', 'active'].map((name) => scene.client.keys(`cma-stress:*:cells:${name}`)));
  const lengths = await Promise.all(lists.flat().map((key) => scene.client.llen(key)));
  return lengths.reduce((sum, length) => sum + length, 0);
}

test('a worker without a job ends at once, also when it knows a run', async () => {
  const worker = scene.worker();
  await says(worker, ' for the runs at ');
  const run = scene.coordinator(...TINY_RUN, '--seeds', '200', '--out', 'held');
  while ((await jobs()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // Nobody hands out any more: the worker ends the jobs there are, and waits.
  run.child.kill('SIGSTOP');
  while ((await jobs()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(scene.redis.pid(), 'SIGKILL');
  worker.child.kill('SIGTERM');
  const timer = setTimeout(() => worker.child.kill('SIGKILL'), PATIENCE_MS);
  const { code, stderr } = await worker.finished;
  clearTimeout(timer);
  run.child.kill('SIGKILL');
  await once(run.child, 'exit');
  assert.is(code, 0, stderr);
  assert.match(stderr, / cells, 0 of them failed/);
});

test.run();
