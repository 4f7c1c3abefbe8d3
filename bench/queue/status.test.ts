/** `status` and the metrics of workers, on a real Redis server with real processes. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { command, start } from '../testing/command.ts';
import type { Finished, Started } from '../testing/command.ts';
import { says, suiteOnRedis, TINY_RUN, type QueueScene } from '../testing/queue.ts';
import type { StatusDocument } from './statusDocument.ts';
import { PACE_VARIABLE } from './times.ts';

let scene: QueueScene;

const test = suiteOnRedis('status', (begun) => {
  scene = begun;
});

function status(...words: readonly string[]): Promise<Finished> {
  return command(['status', ...scene.redis.words, ...words], scene.dir, scene.redis.env);
}

async function document(...words: readonly string[]): Promise<StatusDocument> {
  const { code, stdout, stderr } = await status('--json', ...words);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as StatusDocument;
}

/** Address of the metrics that the command serves. */
async function servedBy(started: Started): Promise<string> {
  let said = '';
  started.child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await scene.until('metrics are served', () => Promise.resolve(/metrics .*at http\S+\n/.test(said)));
  return /http:\S+/.exec(said)![0];
}

async function fetched(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

/** The value of a metric, by its whole name with labels. */
function valueOf(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`no ${name} in:\n${text}`);
  return Number(line.slice(name.length));
}

test('a run before there is a worker, while one works, and afterwards', async ({ dir }) => {
  const mine = scene.coordinator(...TINY_RUN, '--seeds', '3', '--out', 'seen');
  const exporter = start(['status', ...scene.redis.words, '--metrics', '0'], dir, scene.redis.env);
  const exported = await servedBy(exporter);
  await scene.until('jobs in the queue', async () =>
    (await fetched(exported)).text.includes('\ncma_stress_queue_depth 4\n'),
  );

  const waiting = await document();
  assert.is(waiting.schema, 'cma-stress/status/1');
  const [run] = waiting.runs;
  assert.equal(
    { name: run.name, cells: run.cells, done: run.done, jobs: run.jobs, workers: run.workers, left: run.secondsLeft },
    { name: 'tiny', cells: 6, done: 0, jobs: { waiting: 4, active: 0 }, workers: 0, left: null },
  );
  assert.ok(run.coordinated);
  assert.equal(waiting.warnings, [`no worker takes run tiny (${run.key}): there is none`]);
  const shown = await status();
  assert.match(shown.stdout, new RegExp(`^${run.key} +tiny +50 +0/6 +4\\+0 +0 +0 +- +lives$`, 'm'));
  assert.match(shown.stdout, 'no workers\n');
  assert.match(shown.stdout, '\nwarning: no worker takes run tiny');
  const before = (await fetched(exported)).text;
  assert.is(valueOf(before, `cma_stress_queue_jobs{run="${run.key}",state="waiting"}`), 4);
  assert.is(valueOf(before, `cma_stress_run_cells{run="${run.key}"}`), 6);
  assert.match(before, `cma_stress_run_info{run="${run.key}",name="tiny",`);
  assert.is(valueOf(before, 'cma_stress_workers'), 0);

  const worker = scene.worker('--metrics', '0');
  const metrics = await servedBy(worker);
  assert.is((await mine.finished).code, 0);
  const { status: code, text } = await fetched(metrics);
  assert.is(code, 200);
  assert.is(valueOf(text, 'cma_stress_worker_cells_total{outcome="done"}'), 6);
  assert.is(valueOf(text, 'cma_stress_worker_cells_total{outcome="failed"}'), 0);
  assert.is(valueOf(text, 'cma_stress_worker_cell_seconds_count'), 6);
  assert.ok(valueOf(text, 'cma_stress_worker_jobs_total{outcome="run"}') >= 4);
  assert.is(valueOf(text, 'cma_stress_worker_threads'), 1);
  assert.is(valueOf(text, 'cma_stress_redis_up'), 1);
  assert.is(valueOf(text, 'cma_stress_queue_depth'), 0);
  assert.match(text, /^process_cpu_seconds_total /m);
  assert.not.match(text, scene.redis.password);
  assert.equal(await fetched(metrics.replace('/metrics', '/healthz')), { status: 200, text: 'ok\n' });
  for (const path of ['/', '/metrics/x', '/..%2fmetrics'])
    assert.is((await fetched(metrics.replace('/metrics', path))).status, 404, path);

  await scene.until('the worker wrote what it did', async () => (await document()).workers[0]?.done === 6);
  const after = await document();
  assert.equal(after.runs, []);
  assert.is(after.workers[0].threads, 1);
  assert.ok(after.totals.cellsPerSecond > 0);
  assert.is(valueOf((await fetched(exported)).text, 'cma_stress_workers_cells_done'), 6);

  const ended = await scene.stop(worker);
  assert.is(ended.code, 0, ended.stderr);
  assert.not.ok(await fetch(metrics).then(Boolean, () => false), 'the port is still served');
  assert.is((await scene.stop(exporter)).code, 0);
  assert.not.ok(await fetch(exported).then(Boolean, () => false), 'the port is still served');
  await scene.until('no key of the run is left', async () => (await scene.runKeys()).length === 0);
});

test('a run that no worker takes: why; what others wrote cannot steer the terminal', async () => {
  const none = { done: 0, failed: 0, outstanding: 0, duplicates: 0, refused: 2, lost: 0, again: 0 };
  const other = { tool: '9.9.9', model: 'feedfeedfeedfeed' };
  const run = { key: 'strange', name: 'th\u001b[2Jeirs', plan: 'p', priority: 7, plugins: false, cells: 1, ...none };
  await scene.client.hset('cma-stress:runs', 'strange', JSON.stringify({ ...run, ...other }));
  const worker = scene.worker();
  await says(worker, 'refused: run');
  const { stdout, code } = await status();
  assert.is(code, 0);
  assert.match(stdout, /^strange +th\?\[2Jeirs +7 +0\/1 +0\+0 +0 +0 +- +gone +9\.9\.9 feedfeedfeedfeed$/m);
  assert.match(stdout, 'strange: 2 refused\n');
  assert.match(
    stdout.replaceAll(/\n {2}/g, ' '),
    /warning: no worker takes run .*: the run is of cma-stress 9\.9\.9 \(model/,
  );
  assert.match(stdout, 'has no coordinator');
  assert.not.ok(stdout.includes('\u001b'));
  // Looking makes no keys.
  assert.equal(await scene.runKeys(), ['cma-stress:runs']);
  await scene.stop(worker);
  await scene.client.del('cma-stress:runs');
});

test('--watch in a pipe says a line each time, until Ctrl-C', async ({ dir }) => {
  const words = ['status', ...scene.redis.words, '--watch', '--interval', '50ms'];
  const watch = start(words, dir, scene.redis.env);
  let said = '';
  watch.child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await scene.until('two lines', () => Promise.resolve(said.split('\n').length > 2));
  watch.child.kill('SIGINT');
  assert.is((await watch.finished).code, 130);
  assert.match(
    said,
    /^\d\d:\d\d:\d\d 0 runs, 0 workers with 0 threads; queue: 0 jobs waiting, 0 running; 0 of 0 cells/,
  );
});

test('a Redis that goes away: said at once, and counted once it is back', async ({ dir }) => {
  const env = { ...scene.redis.env, [PACE_VARIABLE]: '20' };
  const exporter = start(['status', ...scene.redis.words, '--metrics', '0'], dir, env);
  const exported = await servedBy(exporter);
  const isUp = async (value: number): Promise<boolean> =>
    valueOf((await fetched(exported)).text, 'cma_stress_redis_up') === value;
  assert.ok(await isUp(1));
  await scene.redis.kill();
  await scene.until('it noticed', () => isUp(0));
  const { status: code, text } = await fetched(exported.replace('/metrics', '/healthz'));
  assert.is(code, 503);
  assert.match(text, /^no connection to rediss:/);
  assert.not.match((await fetched(exported)).text, /^cma_stress_(?:queue_depth|workers) /m);
  await scene.redis.restart();
  await scene.until('it is back', () => isUp(1));
  assert.is(valueOf((await fetched(exported)).text, 'cma_stress_redis_connection_losses_total'), 1);
  assert.is((await scene.stop(exporter)).code, 0);
});

test('refused: a port in use, no Redis, options that do not go together', async ({ dir }) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const cases: [string[], RegExp][] = [
    [['worker', ...scene.redis.words, '--metrics', `${port}`], /error: --metrics: 127\.0\.0\.1:\d+ is in use\n/],
    [['status', ...scene.redis.words, '--metrics', `${port}`], /error: --metrics: 127\.0\.0\.1:\d+ is in use\n/],
    [['worker', ...scene.redis.words, '--metrics', '70000'], /--metrics expects a whole number from 0 to 65535/],
    [['worker', ...scene.redis.words, '--metrics-host', '0.0.0.0'], /--metrics-host is for --metrics/],
    [
      ['worker', ...scene.redis.words, '--metrics', '0', '--metrics-host', '192.0.2.1'],
      /cannot listen on 192\.0\.2\.1/,
    ],
    [['status', ...scene.redis.words, '--json', '--watch'], /--json is one document/],
    [['status', ...scene.redis.words, '--metrics', '0', '--json'], /--metrics does not go with --json/],
    [['status'], /--redis is missing/],
    [['status', '--redis', `redis://127.0.0.1:${port}`, '--connect-timeout', '200ms'], /cannot reach redis:/],
  ];
  taken.on('connection', (socket) => socket.destroy());
  try {
    for (const [words, expected] of cases) {
      const { code, stdout, stderr } = await command(words, dir, scene.redis.env);
      assert.is(code, 2, stderr);
      assert.match(stderr, expected);
      assert.is(stdout, '');
    }
  } finally {
    taken.close();
  }
});

test.run();
