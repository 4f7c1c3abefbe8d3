/** Many machines: what comes through Redis is doubled, wrong, garbage, or of strangers. */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { Queue } from 'bullmq';
import { EXIT } from '../errors.ts';
import { QUEUE } from '../queue/keys.ts';
import { entryFields, resultsEntry } from '../queue/results.ts';
import { command } from '../testing/command.ts';
import { forgedRun, forgedWorker } from '../testing/forged.ts';
import type { QueueScene } from '../testing/queue.ts';
import { momentOf, type Fault, type Turn } from './fault.ts';
import { PLAN, startQueued, type QueuedRun } from './queued.ts';
import { CELLS, type Site } from './site.ts';

/** What no job of ours is: each turn takes the next. Sizes and depth are what a stranger may try, too. */
const NO_JOBS: readonly unknown[] = [
  {},
  { cells: 'all of them' },
  { cells: [[0, 0, 1, 'not an id']] },
  { cells: [[7, 7, 7, '0123456789abcdef']] },
  { cells: [[0, 0, 1, '0123456789abcdef']], more: 'than there should be' },
  { cells: Array.from({ length: 5000 }, (_, seed) => [0, 0, seed, '0123456789abcdef']) },
  'no map at all',
];

/** Less than the silence after which a connection is given up: a refusal is none. */
const AT_ONCE_MS = 10_000;

/** A run with a worker, whose coordinator is stopped at the moment at which `happens` and results wait to be read. */
async function behindItsBack(
  site: Site,
  turn: Turn,
  happens: (queued: QueuedRun) => Promise<void>,
): Promise<QueuedRun> {
  const queued = await startQueued(site);
  const { scene, coordinator } = queued;
  scene.worker();
  await queued.hasLines(momentOf(turn, CELLS));
  coordinator.child.kill('SIGSTOP');
  await happens(queued);
  coordinator.child.kill('SIGCONT');
  return queued;
}

async function addJobs(scene: QueueScene, payloads: readonly unknown[]): Promise<void> {
  const [key] = await scene.client.hkeys('cma-stress:runs');
  const queue = new Queue(QUEUE, {
    connection: scene.client,
    prefix: `cma-stress:${key}`,
    skipVersionCheck: true,
  });
  for (const [index, payload] of payloads.entries())
    await queue.add('cells', payload, { jobId: `forged-${index}`, removeOnComplete: true });
  await queue.close();
  await scene.client.publish('cma-stress:wake', key);
}

export const QUEUE_FORGED: readonly Fault[] = [
  {
    name: 'duplicates',
    done: 'results are delivered twice',
    outcome: 'found equal, and dropped',
    async inject(site, turn) {
      const queued = await behindItsBack(site, turn, ({ scene }) => scene.sendAgain(false));
      return queued.ended(({ stderr }) => assert.match(stderr, /\d+ results came twice and were equal/));
    },
  },
  {
    name: 'duplicates-differ',
    done: 'a second result of a cell, with other bytes',
    outcome: 'ALARM with both hashes, exit 5; continued on one machine',
    async inject(site, turn) {
      const { run, coordinator } = await behindItsBack(site, turn, ({ scene }) => scene.sendAgain(true));
      const { code, stderr } = await coordinator.finished;
      assert.equal(code, EXIT.invariantBroken, stderr);
      assert.match(stderr, /^ALARM: cell [0-9a-f]{16} has two results/m);
      return site.resumeHere(PLAN, run);
    },
  },
  {
    name: 'no-results',
    done: 'garbage among the results',
    outcome: 'refused and counted',
    async inject(site, turn) {
      const queued = await behindItsBack(site, turn, async ({ scene }) => {
        const { results } = await scene.onlyRun();
        await scene.client.xadd(results, '*', 'garbage', 'of no known kind');
        await scene.client.xadd(results, '*', ...entryFields(resultsEntry('w-garbage', 'no-job', ['{"cells":[]}'])));
        const torn = { ...resultsEntry('w-torn', 'no-job', ['{}']), sum: 'of another' };
        await scene.client.xadd(results, '*', ...entryFields(torn));
      });
      return queued.ended(({ stderr }) => assert.match(stderr, /3 were refused/));
    },
  },
  {
    name: 'malformed-job',
    done: 'jobs that are no jobs',
    outcome: 'workers drop them and go on',
    async inject(site, turn) {
      const queued = await behindItsBack(site, turn, ({ scene }) => addJobs(scene, NO_JOBS));
      return queued.ended();
    },
  },
  {
    name: 'other-version',
    done: 'a worker and a run of another version at the same Redis',
    outcome: 'both are refused and named; the run goes on with its own workers',
    async inject(site) {
      const { client } = await site.queue();
      const worker = forgedWorker('wother');
      await client.set('cma-stress:worker:wother', JSON.stringify(worker));
      await client.sadd('cma-stress:workers', 'wother');
      const queued = await startQueued(site);
      await queued.scene.until('the run', async () => (await client.hlen('cma-stress:runs')) > 0);
      await client.hset('cma-stress:runs', 'strange', JSON.stringify(forgedRun('strange')));
      const own = queued.scene.worker();
      const toll = await queued.ended(({ stderr }) =>
        assert.match(stderr, /worker elsewhere\/7 takes nothing of this run: the run is of cma-stress/),
      );
      assert.match((await queued.scene.stop(own)).stderr, /refused: run theirs \(strange\): the run is of cma-stress/);
      return toll;
    },
  },
  {
    name: 'wrong-password',
    done: 'a worker with a wrong password',
    outcome: 'exit 2 at once; the run goes on with the others',
    async inject(site, turn) {
      const queued = await startQueued(site);
      queued.scene.worker();
      await queued.hasLines(momentOf(turn, CELLS));
      const { words, env, password } = queued.scene.redis;
      const wrong = { ...env, CMA_STRESS_REDIS_PASSWORD: 'wr0ng' };
      const begin = performance.now();
      const { code, stderr } = await command(['worker', ...words], site.dir, wrong);
      assert.ok(performance.now() - begin < AT_ONCE_MS, 'the worker took its time to end');
      assert.equal(code, EXIT.badInput, stderr);
      assert.match(stderr, /refuses the user or the password/);
      const toll = await queued.ended((ended) => assert.ok(!ended.stderr.includes(password)));
      assert.ok(!stderr.includes('wr0ng') && !queued.scene.everything(queued.run).includes(password));
      return toll;
    },
  },
];
