/**
 * Runs on a real Redis server, with TLS and a password: coordinators and workers are processes of their own. What goes
 * wrong in the middle of a run is in bench/faults.
 */
import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { command } from '../testing/command.ts';
import { forgedRun, forgedWorker } from '../testing/forged.ts';
import { pluginText, write } from '../testing/plugins.ts';
import { says, suiteOnRedis, TINY_RUN, type QueueScene } from '../testing/queue.ts';

let scene: QueueScene;

const test = suiteOnRedis('queue', (begun) => {
  scene = begun;
});

test('two workers: the same bytes as here, no key is left, no password anywhere', async ({ dir }) => {
  const words = [...TINY_RUN, '--seeds', '12'];
  const local = await scene.local(...words, '--out', 'local');
  assert.is(local.code, 0, local.stderr);
  const workers = [scene.worker(), scene.worker()];
  await Promise.all(workers.map((worker) => says(worker, ' for the runs at ')));
  const { code, stdout, stderr } = await scene.coordinator(...words, '--out', 'two').finished;
  assert.is(code, 0, stderr);
  assert.is(scene.cells('two'), scene.cells('local'));
  const digests = ['local', 'two'].map(
    (run) => (JSON.parse(readFileSync(join(dir, run, 'run.json'), 'utf8')) as { digest: string }).digest,
  );
  assert.is(digests[0], digests[1]);
  await scene.leavesNoKey();
  const ended = await Promise.all(workers.map((worker) => scene.stop(worker)));
  assert.equal(
    ended.map((worker) => worker.code),
    [0, 0],
  );
  const said = ended.map((worker) => worker.stderr).join('');
  const ran = [...said.matchAll(/: (\d+) cells, 0 of them failed/g)].map((match) => Number(match[1]));
  assert.is(ran[0] + ran[1], 24, said);
  assert.ok(Math.min(...ran) > 0, said);
  assert.equal(await scene.client.smembers('cma-stress:workers'), []);
  const { password } = scene.redis;
  assert.not.ok([said, stdout, stderr, scene.everything('two')].join('').includes(password));
});

test('wrong passwords, hosts and authorities: exit 2 at once, nothing is made', async ({ dir }) => {
  const { port, ca, url } = scene.redis;
  const cases: [string[], NodeJS.ProcessEnv, RegExp][] = [
    [
      ['--redis', `rediss://tester:wr0ng@127.0.0.1:${port}`],
      { CMA_STRESS_REDIS_CA: ca },
      /refuses the user or the password \(WRONGPASS\)/,
    ],
    [['--redis', url], { CMA_STRESS_REDIS_CA: ca }, /refuses the user or the password/],
    [['--redis', url], { CMA_STRESS_REDIS_PASSWORD: 'x', CMA_STRESS_REDIS_CA: '' }, /no TLS with .*--redis-ca/s],
    [
      ['--redis', `redis://127.0.0.1:${port}`, '--connect-timeout', '300ms'],
      {},
      /cannot reach .* within .*rediss:\/\//s,
    ],
  ];
  const commands = [['worker'], [...TINY_RUN, '--out', 'never', '--engine', 'bullmq']];
  for (const [index, [words, env, expected]] of cases.entries()) {
    const { code, stderr } = await command([...commands[index % 2], ...words], dir, env);
    assert.is(code, 2, stderr);
    assert.match(stderr, expected);
    assert.not.match(stderr, 'wr0ng');
  }
  assert.not.ok(existsSync(join(dir, 'never')));
});

test('two runs side by side: the one of higher priority is served first', async () => {
  const words = [...TINY_RUN, '--seeds', '2'];
  const low = scene.coordinator(...words, '--out', 'low', '--priority', '10');
  await says(low, 'no worker takes this run');
  const high = scene.coordinator(...words, '--out', 'high', '--priority', '90');
  await says(high, 'no worker takes this run (cma-stress');
  // All that there are, handed out while there is no worker. Later ones would come as fast as each coordinator is, and
  // a worker that finds none of the run that goes first rightly takes one of the other.
  const ready = 4;
  await scene.until(`${ready} jobs of both runs`, async () => {
    const waiting = await scene.waitingJobs();
    return waiting.length === 2 && waiting.every((jobs) => jobs === ready);
  });
  const priorities = await scene.priorities();
  const served = await scene.watchResults();
  const worker = scene.worker();
  const outcomes = await Promise.all([low.finished, high.finished]);
  assert.equal(
    outcomes.map(({ code }) => code),
    [0, 0],
    outcomes.map(({ stderr }) => stderr).join(),
  );
  const order = served.stop().map((key) => priorities.get(key));
  assert.is(new Set(order).size, 2, 'results of both runs went by');
  assert.equal(
    order,
    [...order].sort((a, b) => Number(b) - Number(a)),
  );
  assert.is(scene.cells('low'), scene.cells('high'));
  assert.match(outcomes[0].stderr, /start one with: .* worker --redis rediss:\/\/tester@127\.0\.0\.1:\d+\n/);
  await scene.stop(worker);
});

test('another version: worker and coordinator say so, and nothing is run', async () => {
  await scene.client.set('cma-stress:worker:wother', JSON.stringify(forgedWorker('wother')));
  await scene.client.sadd('cma-stress:workers', 'wother');
  await scene.client.hset('cma-stress:runs', 'strange', JSON.stringify(forgedRun('strange')));
  const mine = scene.coordinator(...TINY_RUN, '--seeds', '1', '--out', 'versions');
  await says(mine, 'worker elsewhere/7 takes nothing of this run: the run is of cma-stress');
  const here = scene.worker();
  await says(here, 'refused: run theirs (strange): the run is of cma-stress 9.9.9 (model feedfeedfeedfeed)');
  assert.is((await mine.finished).code, 0);
  await scene.stop(here);
  await scene.client.del('cma-stress:runs', 'cma-stress:workers', 'cma-stress:worker:wother');
});

test('plug-ins run on workers that allow it, and on no others; one that throws fails as it does here', async ({
  dir,
}) => {
  write(dir, 'nothing.ts', pluginText('nothing'));
  write(dir, 'throws.ts', pluginText('throws', { attach: "() => { throw new Error('boom'); }" }));
  const words = [
    'run',
    './tiny.yaml',
    '--strategy',
    './nothing.ts,./throws.ts',
    '--seeds',
    '2',
    '--duration',
    '200ms',
    '--no-report',
  ];
  const mine = scene.coordinator(...words, '--out', 'plugin');
  const careful = scene.worker();
  await says(careful, 'the worker runs them when it is started with --allow-plugins');
  await says(mine, 'start one with: ');
  const willing = scene.worker('--allow-plugins');
  const { code, stderr } = await mine.finished;
  assert.is(code, 4, stderr);
  assert.match(stderr, 'takes nothing of this run: the run has plug-ins');
  assert.match(stderr, ' --allow-plugins\n');
  const ended = await Promise.all([scene.stop(careful), scene.stop(willing)]);
  assert.match(ended[0].stderr, ': 0 cells');
  assert.is((await scene.local(...words, '--out', 'plugin-local')).code, 4);
  assert.match(scene.cells('plugin'), '"attempts":2,"error":{"name":"PluginError"');
  assert.is(scene.cells('plugin'), scene.cells('plugin-local'));
});

test.run();
