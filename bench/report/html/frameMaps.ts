/** The frame maps of a report: cells of the run, replayed on worker threads. */
import { entryModule } from '../../plan/packageRoot.ts';
import type { Cell } from '../../plan/types.ts';
import { nameOfCell } from '../../run/replay.ts';
import { planOf } from '../../run/rounds.ts';
import type { Progress } from '../../run/progress.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { runTasks } from '../../run/tasks.ts';
import type { StartThreads } from '../../run/threads.ts';
import { MODEL_HASH } from '../../run/tool.ts';
import { listed } from '../listed.ts';
import { chooseMaps } from './chooseMaps.ts';
import type { EmbeddedMap } from './frameMapData.ts';
import type { MapReply, MapTask } from './frameMapWorker.ts';

export interface ReplayOptions {
  readonly threads: number;
  /** As in TaskOptions. */
  readonly start?: StartThreads;
  /** Aborting rejects with its reason. */
  readonly signal: AbortSignal;
  /** Shown while cells are replayed; asked for only when some are. */
  readonly progress: (total: number) => Progress;
}

export interface FrameMaps {
  readonly maps: readonly EmbeddedMap[];
  /** Sentences: what is not shown, and why. */
  readonly notes: readonly string[];
}

/** Replays the cells that the report shows. What cannot be replayed is told in the notes. */
export async function frameMapsOf(run: StoredRun, options: ReplayOptions): Promise<FrameMaps> {
  const { manifest, groups, summary } = run;
  if (groups.length === 0) return { maps: [], notes: ['No cell finished.'] };
  if (manifest.model !== MODEL_HASH) {
    const note = `There is no frame map: it comes from running cells again, and this run is of model ${manifest.model}, while the tool that wrote this page has model ${MODEL_HASH}.`;
    return { maps: [], notes: [note] };
  }
  const programs = manifest.workloads.filter(({ description }) => description.program !== undefined);
  const isWatchable = ({ workload }: { workload: string }): boolean => !programs.some(({ name }) => name === workload);
  const watchable = summary.filter(isWatchable);
  const unwatched = programs.map(
    ({ name }) =>
      `There is no frame map of ${name}: it runs the recorded program, which nobody can watch event by event.`,
  );
  if (watchable.length === 0) return { maps: [], notes: unwatched };
  const { cells, leftOut, calm } = chooseMaps(watchable, run.cellsOf);
  const wanted = new Set(cells.map(({ record }) => record.id));
  const planned = new Map<string, Cell>();
  for (const cell of planOf(manifest)) if (wanted.has(cell.id)) planned.set(cell.id, cell);
  const notes = [...unwatched, ...leftOut.map((workload) => `${workload} is left out: the page would grow too large.`)];
  if (calm.length > 0) notes.push(`Nothing failed under the baseline in ${listed(calm)}: there is no picture of that.`);
  const tasks = cells.flatMap(({ record, failures, left }): MapTask[] => {
    const title = `${record.workload} under ${record.strategy}, seed ${record.seed}`;
    const cell = planned.get(record.id);
    if (cell === undefined) {
      notes.push(`${title} is left out: run.json does not describe it.`);
      return [];
    }
    if (left > 0) {
      const unknown = record.attemptLog === undefined;
      const more = `${left} ${unknown ? '' : 'more '}failed ${left === 1 ? 'request is' : 'requests are'} not shown`;
      notes.push(`${title}: ${more}${unknown ? ', as this run did not keep its requests one by one' : ''}.`);
    }
    const { attempts, failures: failed } = record.cma;
    const { input, plugins = [] } = cell;
    return [{ title, cell: nameOfCell(record), input, plugins, requests: failures, attempts, failures: failed }];
  });
  if (tasks.length === 0) return { maps: [], notes };
  const maps = new Map<MapTask, EmbeddedMap>();
  const progress = options.progress(tasks.length);
  try {
    await runTasks<MapTask, MapReply>(tasks, {
      worker: entryModule('bench/report/html/frameMapWorker'),
      threads: options.threads,
      start: options.start,
      signal: options.signal,
      onDone: (task, reply) => {
        progress.step(!reply.ok);
        if (reply.ok) maps.set(task, reply.map);
        else notes.push(`${task.title} is left out: ${reply.message}.`);
      },
      whenLost: (error) => ({ ok: false, message: `worker thread: ${error.message}` }),
    });
  } finally {
    progress.stop();
  }
  options.signal.throwIfAborted();
  return { maps: tasks.flatMap((task) => maps.get(task) ?? []), notes: notes.sort() };
}
