/** Many machines: workers and coordinators that die, stop, or are ended. */
import assert from 'node:assert/strict';
import { EXIT } from '../errors.ts';
import type { Started } from '../testing/command.ts';
import { momentOf, type Fault, type Turn } from './fault.ts';
import { PLAN, startQueued, type QueuedRun } from './queued.ts';
import { CELLS, type Site } from './site.ts';

/** A run on the queue with one worker, at the moment of this turn. */
async function begun(site: Site, turn: Turn): Promise<{ readonly queued: QueuedRun; readonly worker: Started }> {
  const queued = await startQueued(site);
  const worker = queued.scene.worker();
  await queued.hasLines(momentOf(turn, CELLS));
  return { queued, worker };
}

export const QUEUE_WORKERS: readonly Fault[] = [
  {
    name: 'worker-kill',
    done: '`kill -9` of a worker with a job',
    outcome: 'another worker takes the job over',
    async inject(site, turn) {
      const { queued, worker: first } = await begun(site, turn);
      await queued.scene.stopWithJob(first);
      first.child.kill('SIGKILL');
      await first.finished;
      queued.scene.worker();
      // Not always said to be lost: what it had may have been under way by then, with only its end left to tell.
      return queued.ended();
    },
  },
  {
    name: 'worker-pause',
    done: 'a worker stops (SIGSTOP) for longer than its lock, then goes on',
    outcome: 'another one takes the job over; what comes late is dropped as equal',
    async inject(site, turn) {
      const { queued, worker: first } = await begun(site, turn);
      await queued.scene.stopWithJob(first);
      queued.scene.worker();
      const { child } = queued.coordinator;
      // Its results may have been under way by then: so the run may end without them.
      await queued.scene.until(
        'the job to be taken over',
        async () => child.exitCode !== null || (await queued.scene.runInfo('lost')) > 0,
      );
      first.child.kill('SIGCONT');
      return queued.ended();
    },
  },
  {
    name: 'worker-term',
    done: 'SIGTERM of a worker',
    outcome: 'it ends what it runs, exit 0; no job is lost',
    async inject(site, turn) {
      const { queued, worker: first } = await begun(site, turn);
      const { code, stderr } = await queued.scene.stop(first);
      assert.equal(code, EXIT.done, stderr);
      queued.scene.worker();
      return queued.ended((ended) => assert.doesNotMatch(ended.stderr, /lost with their worker|refused/));
    },
  },
  {
    name: 'coordinator-kill',
    done: '`kill -9` of the coordinator',
    outcome: 'continued with `--resume`, with what workers brought meanwhile',
    async inject(site, turn) {
      const { scene, run, coordinator } = (await begun(site, turn)).queued;
      coordinator.child.kill('SIGKILL');
      await coordinator.finished;
      const { results } = await scene.onlyRun();
      await scene.until('results that nobody reads', async () => (await scene.client.xlen(results)) > 0);
      const toll = await site.continued(PLAN, run, () => scene.coordinator('run', '--resume', run, '--no-report'));
      await scene.leavesNoKey();
      return toll;
    },
  },
  {
    name: 'coordinator-int',
    done: 'Ctrl-C (SIGINT) of the coordinator',
    outcome: 'what workers run is waited for, exit 130; continued with `--resume`',
    async inject(site, turn) {
      const { scene, run, coordinator } = (await begun(site, turn)).queued;
      coordinator.child.kill('SIGINT');
      const { code, stderr } = await coordinator.finished;
      assert.equal(code, EXIT.interrupted, stderr);
      return site.continued(PLAN, run, () => scene.coordinator('run', '--resume', run, '--no-report'));
    },
  },
];
