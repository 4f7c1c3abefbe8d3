/**
 * Counts the steps of scenes, in a process of its own (askProcess.ts). V8 counts blocks only in what is loaded after it
 * was told to, so the model is imported last.
 */
import { Session } from 'node:inspector';
import { answerQuestion } from '../askProcess.ts';
import type { Sharing } from './scenes.ts';

export type Scene =
  /** alloc_contig_range of `pages` free pages in an area of `area` pages. */
  | { readonly kind: 'request'; readonly area: number; readonly pages: number }
  /** Both reverse walks of the migration of a page. */
  | { readonly kind: 'walk'; readonly mappings: number; readonly how: Sharing }
  /** A sixteenth of fork-heavy for so long, boot not counted. */
  | { readonly kind: 'cell'; readonly seconds: number };

/** From the URL of a script to its name under dist/sim. */
const MODEL = /\/dist\/sim\/(.*)$/;

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { runCellBySeconds } = await import('../../../sim/index.ts');
const { allocateAndFree, cellOf, emptyDevice, ofSize, sharedPage, walkTwice } = await import('./scenes.ts');

/** Sets the scene; what it hands back is counted. */
function set(scene: Scene): () => void {
  if (scene.kind === 'request') {
    const world = emptyDevice(scene.area);
    return () => {
      allocateAndFree(world, scene.pages);
    };
  }
  if (scene.kind === 'walk') {
    const page = sharedPage(scene.mappings, scene.how);
    return () => {
      walkTwice(page);
    };
  }
  const seconds = runCellBySeconds(ofSize(cellOf('fork-heavy', ['warm_up=0s'], scene.seconds), 1 / 16));
  seconds.next();
  return () => {
    while (seconds.next().done !== true);
  };
}

/** Entries of blocks since the last call, by file of the model. */
function take(): Record<string, number> {
  const counts: Record<string, number> = {};
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    for (const { url, functions } of result) {
      const file = MODEL.exec(url)?.[1];
      if (file === undefined) continue;
      for (const { ranges } of functions) for (const { count } of ranges) counts[file] = (counts[file] ?? 0) + count;
    }
  });
  return counts;
}

answerQuestion((scenes: readonly Scene[]): Record<string, number>[] =>
  scenes.map((scene) => {
    const act = set(scene);
    take();
    act();
    return take();
  }),
);
