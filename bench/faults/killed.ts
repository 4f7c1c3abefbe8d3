/** One machine: the process is killed, interrupted, or has a rival. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../errors.ts';
import { command, type Started } from '../testing/command.ts';
import { momentOf, type Fault } from './fault.ts';
import { CELLS, planWords, type Site } from './site.ts';
import { tollOf } from './toll.ts';

const PLAN = planWords();
/** From one late injection to the next: ordering lines and writing the summary takes some tens of milliseconds. */
const LATER_MS = 10;

/** A run of the plan whose journal has so many lines. */
async function begun(site: Site, lines: number): Promise<{ readonly run: string; readonly started: Started }> {
  const run = site.newRun();
  const started = site.local(...PLAN, '--out', run);
  await site.hasLines(run, lines, started);
  return { run, started };
}

export const KILLED: readonly Fault[] = [
  {
    name: 'kill',
    done: '`kill -9` of the run',
    outcome: 'continued with `--resume`',
    async inject(site, turn) {
      const { run, started } = await begun(site, momentOf(turn, CELLS));
      started.child.kill('SIGKILL');
      await started.finished;
      return site.resumeHere(PLAN, run);
    },
  },
  {
    name: 'kill-late',
    done: '`kill -9` after the last cell, while results are put in order',
    outcome: 'continued with `--resume`, which runs no cell again',
    async inject(site, turn) {
      const { run, started } = await begun(site, CELLS);
      await sleep(turn.index * LATER_MS);
      started.child.kill('SIGKILL');
      await started.finished;
      return site.resumeHere(PLAN, run);
    },
  },
  {
    name: 'interrupt',
    done: 'Ctrl-C (SIGINT)',
    outcome: 'running cells end, exit 130; continued with `--resume`',
    async inject(site, turn) {
      const { run, started } = await begun(site, momentOf(turn, CELLS));
      started.child.kill('SIGINT');
      const { code, stderr } = await started.finished;
      assert.equal(code, EXIT.interrupted, stderr);
      return site.resumeHere(PLAN, run);
    },
  },
  {
    name: 'rival',
    done: 'a second process on the same run directory',
    outcome: 'the second is refused, exit 2; the first goes on',
    async inject(site, turn) {
      const { run, started } = await begun(site, momentOf(turn, CELLS));
      // It must not end before the second has looked.
      started.child.kill('SIGSTOP');
      const second = await command(['run', '--resume', run, '--no-report'], site.dir);
      started.child.kill('SIGCONT');
      assert.equal(second.code, EXIT.badInput, second.stderr);
      assert.match(second.stderr, new RegExp(`is being worked on by process ${started.child.pid}`));
      const { code, stderr } = await started.finished;
      assert.equal(code, EXIT.done, stderr);
      return tollOf(await site.reference(PLAN), site.path(run));
    },
  },
];
