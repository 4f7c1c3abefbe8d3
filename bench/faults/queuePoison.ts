/** Many machines: a cell that kills whoever runs it. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../errors.ts';
import { BESIDE, failedCells, planBeside, writeBadPlugin } from './badCells.ts';
import type { Fault } from './fault.ts';
import type { Site } from './site.ts';
import { tollOf } from './toll.ts';

/** A plug-in is kept from this by name only, and runs in a child of its worker. */
const KILL_WORKER = "const its = (() => 0).constructor('return process')(); its.kill(its.ppid, 'SIGKILL');";

/** Starts a worker again each time it dies, as an operator's supervisor would, until `over`. Returns how many died. */
async function superviseWorker(site: Site, over: () => boolean): Promise<number> {
  const scene = await site.queue();
  for (let deaths = 0; ; deaths++) {
    const { child } = scene.worker('--allow-plugins');
    while (child.exitCode === null && child.signalCode === null) {
      if (over()) return deaths;
      await sleep(20);
    }
  }
}

export const QUEUE_POISON: readonly Fault[] = [
  {
    name: 'poison',
    done: 'a cell that kills every worker that runs it',
    outcome: 'given up after three workers and recorded as failed (`WorkerLost`), the others unharmed, exit 4',
    // Each time three workers have to be missed.
    most: 2,
    async inject(site) {
      const words = planBeside(writeBadPlugin(site, 'poison', KILL_WORKER));
      const reference = await site.reference(planBeside(BESIDE));
      const scene = await site.queue();
      const run = site.newRun();
      const { finished } = scene.coordinator(...words, '--out', run);
      let isOver = false;
      void finished.then(() => (isOver = true));
      const deaths = await superviseWorker(site, () => isOver);
      const { code, stderr } = await finished;
      assert.equal(code, EXIT.cellsFailed, stderr);
      assert.match(JSON.stringify(failedCells(site.path(run))), /WorkerLost.*no worker ended it in 3 attempts/);
      assert.ok(deaths >= 3, `${deaths} workers died`);
      return tollOf(reference, site.path(run), { failed: 1 });
    },
  },
];
