/** What injections into runs on the queue have in common. */
import assert from 'node:assert/strict';
import { EXIT } from '../errors.ts';
import type { Finished, Started } from '../testing/command.ts';
import type { QueueScene } from '../testing/queue.ts';
import type { Toll } from './fault.ts';
import { planWords, type Site } from './site.ts';
import { tollOf } from './toll.ts';

export const PLAN = planWords();

/** A run on the queue, and what it takes to judge it. */
export interface QueuedRun {
  readonly scene: QueueScene;
  readonly run: string;
  readonly coordinator: Started;
  /** Resolves when the journal has so many lines. */
  readonly hasLines: (least: number) => Promise<void>;
  /** Waits for its end, which has to be exit 0. What it lost; `check`: of what it said. */
  readonly ended: (check?: (ended: Finished) => void) => Promise<Toll>;
}

/** Starts a run of PLAN; `words` are further ones. Workers are started by whoever injects. */
export async function startQueued(site: Site, ...words: readonly string[]): Promise<QueuedRun> {
  // Not while something else runs.
  const reference = await site.reference(PLAN);
  const scene = await site.queue();
  const run = site.newRun();
  const coordinator = scene.coordinator(...PLAN, '--out', run, ...words);
  return {
    scene,
    run,
    coordinator,
    hasLines: (least) => site.hasLines(run, least, coordinator),
    async ended(check = () => undefined) {
      const ended = await coordinator.finished;
      assert.equal(ended.code, EXIT.done, ended.stderr);
      check(ended);
      return tollOf(reference, site.path(run));
    },
  };
}
